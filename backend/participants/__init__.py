"""The people of the study: site staff enrol a participant under a pseudonym and hand the family a linking code; a
parent, helper or the participant redeems it and may then speak for the participant, until staff end the guardianship.
A guardian may invite others, with no more than their own rights; a court order puts all of that into the site's hands.
Names of families are seen by the staff of the site alone.
"""
