"""Which reminders are due for one person: the week's check-in, and a planned visit 14, 3 and 1 days before (pure).

Each occasion has a slot; a slot is told once. Times are wall times in the person's own zone, outside quiet hours.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.protocol import NO_ANCHORS, Anchors, CheckInRule, is_last_day
from notifications.local_time import local_date, to_utc
from notifications.quiet_hours import QuietHours, next_waking

DAYS_BEFORE_VISIT = (14, 3, 1)
VISIT_HOUR = 9
VALIDITY = timedelta(days=1)
"""What nobody could tell within this time after it was due is not told any more: no flood after a week down."""
CHECK_IN_AHEAD = timedelta(hours=2)
"""Short, so that somebody who has just moved to another zone is reminded in the new one's evening."""
VISIT_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Listener:
    """A person's clock and the hours in which they are not disturbed."""

    zone: ZoneInfo
    quiet: QuietHours

    def instant(self, day: date, hour: int) -> datetime:
        """That hour on that day, or the end of the quiet hours it lies in."""
        return next_waking(to_utc(datetime.combine(day, time(hour)), self.zone), self.zone, self.quiet)


@dataclass(frozen=True)
class Occasion:
    slot: str
    due_at: datetime


def check_in_occasion(
    rule: CheckInRule, listener: Listener, now: datetime, anchors: Anchors = NO_ANCHORS
) -> Occasion | None:
    """The newest check-in reminder that is due, or will be shortly; `anchors` are the participant's doses."""
    today = local_date(now, listener.zone)
    days = (today + timedelta(days=shift) for shift in (1, 0, -1, -2))
    occasions = (check_in_of(rule, listener, day) for day in days if is_last_day(rule, day, anchors))
    return next((o for o in occasions if now - VALIDITY <= o.due_at <= now + CHECK_IN_AHEAD), None)


def check_in_of(rule: CheckInRule, listener: Listener, last_day: date) -> Occasion:
    return Occasion(last_day.isoformat(), listener.instant(last_day, rule.remind_at_hour))


def visit_occasions(visit_on: date, listener: Listener, now: datetime) -> list[Occasion]:
    """The reminders of this visit that are due, or will be within a week."""
    occasions = (visit_of(visit_on, days, listener) for days in DAYS_BEFORE_VISIT)
    return [o for o in occasions if now - VALIDITY <= o.due_at <= now + VISIT_AHEAD]


def visit_of(visit_on: date, days: int, listener: Listener) -> Occasion:
    """The slot names the date: a visit that is moved is a new occasion, and the old one is void."""
    due_at = listener.instant(visit_on - timedelta(days=days), VISIT_HOUR)
    return Occasion(f"{visit_on.isoformat()}/{days}d", due_at)


def visit_slot(slot: str) -> tuple[date, int]:
    """The date and the days before it in a visit's slot."""
    day, _, days = slot.partition("/")
    return date.fromisoformat(day), int(days.removesuffix("d"))
