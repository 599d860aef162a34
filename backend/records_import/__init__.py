"""What was there before this server: participants, doses, visits and past fractures, brought in from tables that a
site or the study team prepared. A whole file goes in or none of it, in the name of a member of staff, and whatever
stands already is left as it is."""
