"""Reminders that could never be sent, come in the wrong order, or more often than anybody should be disturbed."""

from collections.abc import Iterator
from itertools import pairwise

from models.protocol.file import ProtocolFile
from models.protocol.lines import Path
from models.protocol.shape import Fault

LADDER = ("again_after_days", "others_after_days", "site_after_days")
FALLBACK = ("second_channel_after_hours", "third_channel_after_hours")
FARTHEST = 60
"""Days: reminders are planned no further ahead."""


def reminder_faults(content: ProtocolFile) -> Iterator[Fault]:
    rule = content.reminders
    for names in (LADDER, FALLBACK):
        for one, next_ in pairwise(names):
            if getattr(rule, next_) <= getattr(rule, one):
                yield ("reminders", next_), f"must come after {one} ({getattr(rule, one)})"
    for name in (LADDER[0], FALLBACK[0], "follow_up_again_after_days", "most_a_day"):
        if getattr(rule, name) < 1:
            yield ("reminders", name), "must be 1 or more"
    if rule.most_a_week < rule.most_a_day:
        yield ("reminders", "most_a_week"), f"is less than most_a_day ({rule.most_a_day})"
    for name in ("visit_days", "query_again_after_days", "consent_days"):
        yield from _days(getattr(rule, name), ("reminders", name))


def _days(days: tuple[int, ...], path: Path) -> Iterator[Fault]:
    for index, day in enumerate(days):
        if not 1 <= day <= FARTHEST:
            yield (*path, index), f"must be 1 to {FARTHEST} days"
        elif day in days[:index]:
            yield (*path, index), f"{day} stands twice"
