"""How often a family is asked on a given day: the protocol's rhythm and, after a dose, what follows it (pure)."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date

from models.protocol.periods import plus_period
from models.protocol.rhythm import Anchor, CheckInRule

Anchors = Mapping[Anchor, date | None]
"""The day from which each anchor counts; without one, nothing that follows it has begun."""
NO_ANCHORS: Anchors = {}


def rhythm_at(rule: CheckInRule, day: date, anchors: Anchors = NO_ANCHORS) -> int:
    """Every so many days a check-in is due on this day."""
    phases = _phases(rule, anchors)
    return phases[bisect_right(phases, day, key=lambda phase: phase[0]) - 1][1]


def is_last_day(rule: CheckInRule, day: date, anchors: Anchors = NO_ANCHORS) -> bool:
    """Whether the period that is attested ends on this day. (Day 1 of the calendar was a Monday, as ISO counts.)"""
    return (day.toordinal() - rule.weekday) % rhythm_at(rule, day, anchors) == 0


def last_days(rule: CheckInRule, first: date, last: date, anchors: Anchors = NO_ANCHORS) -> Iterator[tuple[date, int]]:
    """The days on which a period ends, between two days, each with the length of its period."""
    phases = _phases(rule, anchors)
    ends = [start for start, _ in phases[1:]] + [date.max]
    for (start, every_days), end in zip(phases, ends, strict=True):
        day = max(start, first).toordinal()
        day += (rule.weekday - day) % every_days
        while day <= last.toordinal() and day < end.toordinal():
            yield date.fromordinal(day), every_days
            day += every_days


def _phases(rule: CheckInRule, anchors: Anchors) -> list[tuple[date, int]]:
    """Since when which rhythm; the protocol lists them in order of time."""
    phases = [(date.min, rule.every_days)]
    for later in rule.later:
        anchor_on = anchors.get(later.anchor)
        if anchor_on:
            since = plus_period(anchor_on, later.offset)
            phases = [phase for phase in phases if phase[0] < since] + [(since, later.every_days)]
    return phases
