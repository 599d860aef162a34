"""Until when a planned visit is waited for (pure)."""

from datetime import datetime, timedelta

from models import Visit
from models.vocabulary import VisitState
from notifications.local_time import local_date, zone_named

MISSED_AFTER_APPOINTMENT = timedelta(days=7)


def is_overdue(visit: Visit, now: datetime) -> bool:
    """Planned, and the window has closed at the site, or the appointment was a week ago."""
    if visit.state is not VisitState.PLANNED:
        return False
    zone = zone_named(visit.timezone)
    last = visit.closes_on
    if visit.agreed_at:
        last = local_date(visit.agreed_at, zone) + MISSED_AFTER_APPOINTMENT
    return last is not None and local_date(now, zone) > last
