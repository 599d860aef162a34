"""How a visit stands to its window: today, as it was agreed, and as it took place (pure)."""

from datetime import date, datetime

from models import Visit
from models.vocabulary import VisitStanding, VisitState
from notifications.local_time import local_date, zone_named


def standing_of(visit: Visit, now: datetime) -> VisitStanding | None:
    """Of a visit to come, on the site's calendar. Without a window there is an agreed date, and nothing is overdue."""
    if visit.state is not VisitState.PLANNED or visit.opens_on is None or visit.closes_on is None:
        return None
    today = local_date(now, zone_named(visit.timezone))
    if today < visit.opens_on:
        return VisitStanding.AHEAD
    if today > visit.closes_on:
        return VisitStanding.CLOSED
    return VisitStanding.OPEN if today < visit.target_on else VisitStanding.TARGET


def is_agreed_outside_window(visit: Visit) -> bool:
    """Its window may have moved since."""
    if visit.state is not VisitState.PLANNED or visit.agreed_at is None:
        return False
    return is_in_window(visit, local_date(visit.agreed_at, zone_named(visit.timezone))) is False


def days_from_target(visit: Visit) -> int | None:
    """Of a visit that took place: how many days after its target, negative before. Outside the plan there is none."""
    if visit.attended_on is None or visit.unscheduled:
        return None
    return (visit.attended_on - visit.target_on).days


def was_in_window(visit: Visit) -> bool | None:
    return is_in_window(visit, visit.attended_on) if visit.attended_on else None


def is_in_window(visit: Visit, day: date) -> bool | None:
    """Nothing is said where there is no window."""
    if visit.opens_on is None or visit.closes_on is None:
        return None
    return visit.opens_on <= day <= visit.closes_on
