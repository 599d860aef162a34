"""Anchor day + the protocol's visit rule → target day and window (pure).

Each visit counts from the anchor, never from another day that was clipped to the end of a shorter month.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from models.protocol import VisitRule, plus_period


@dataclass(frozen=True)
class Window:
    """Without window days in the protocol there is only a target, and the visit is never overdue."""

    target_on: date
    opens_on: date | None
    closes_on: date | None


def window_for(rule: VisitRule, anchor_on: date) -> Window:
    return window_about(rule, plus_period(anchor_on, rule.offset))


def window_about(rule: VisitRule, target: date) -> Window:
    opens = target - timedelta(days=rule.window_before) if rule.window_before is not None else None
    closes = target + timedelta(days=rule.window_after) if rule.window_after is not None else None
    return Window(target, opens, closes)

