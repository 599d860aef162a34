"""The day a visit is reminded of: the agreed day at its site, else the day the plan aims at."""

from datetime import date

from models import Visit
from notifications.local_time import local_date, zone_named


def date_of(visit: Visit) -> date:
    if visit.agreed_at:
        return local_date(visit.agreed_at, zone_named(visit.timezone))
    return visit.target_on
