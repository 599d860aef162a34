"""A study in one file: made while families write, sealed with a passphrase, tried out before it is called good, and
put back into an empty database of either kind.
"""
