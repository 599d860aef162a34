"""The people of the study: site staff enrol a participant under a pseudonym and hand the family a linking code; a
parent, helper or the participant redeems it with a new or an existing account and may then speak for the
participant, until staff end the guardianship. Names of families are seen by the staff of the site alone.
"""
