"""Anchor day + the protocol's visit rule → target day and window (pure).

Years and months are added first and clipped to the end of a shorter month, then weeks and days: 31 August + P6M is
28 February, and each visit counts from the anchor, never from another clipped day.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from models.protocol import ISO_PERIOD, VisitRule


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


def plus_period(day: date, period: str) -> date:
    """`P1Y2M3W4D` after the day. Raises ValueError for anything else."""
    found = ISO_PERIOD.match(period)
    if not found or period == "P":
        raise ValueError(f"{period} is no ISO 8601 period")
    years, months, weeks, days = (int(number or 0) for number in found.groups())
    return _plus_months(day, years * 12 + months) + timedelta(weeks=weeks, days=days)


def _plus_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
