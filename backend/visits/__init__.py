"""The schedule: planned contacts between a participant and the site, counted by the protocol from the days that are
known, and visits outside that plan.

A visit has a target day and, where the protocol gives one, a window. Families see it; staff agree the appointment,
cancel it, and note that it took place. What passes its window unattended is marked as missed by the timetable.
"""
