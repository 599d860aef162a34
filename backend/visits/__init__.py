"""The schedule: planned contacts between a participant and the site, counted from the first or the last dose.

A visit has a target day and, where the protocol gives one, a window. Families see it; staff agree the appointment and
note that it took place. What passes its window unattended is marked as missed by the timetable.
"""
