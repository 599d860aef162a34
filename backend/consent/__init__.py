"""Consent: which texts stand for a participant, who has to say yes to them and who has, and what follows: whether new
entries may be taken in. What arrives without a valid consent waits in quarantine and becomes an entry by itself.
"""
