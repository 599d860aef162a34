"""When clocks change in twelve zones, and a search minute by minute for what they show: it knows only UTC → local,
which is never ambiguous."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

ZONES = (
    "Europe/Stockholm", "Europe/London", "Europe/Lisbon", "Atlantic/Azores", "America/New_York", "America/St_Johns",
    "America/Santiago", "Australia/Lord_Howe", "Pacific/Auckland", "Africa/Casablanca", "Africa/Cairo", "Asia/Beirut",
)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@cache
def changes(name: str, year: int) -> tuple[datetime, ...]:
    """The instants of that year at which the zone's offset changes, to the minute."""
    zone = ZoneInfo(name)
    found, hour = [], datetime(year, 1, 1, tzinfo=UTC)
    while hour.year == year:
        if hour.astimezone(zone).utcoffset() != (hour + HOUR).astimezone(zone).utcoffset():
            minutes = (hour + MINUTE * number for number in range(1, 61))
            before = hour.astimezone(zone).utcoffset()
            found.append(next(m for m in minutes if m.astimezone(zone).utcoffset() != before))
        hour += HOUR
    return tuple(found)


@cache
def shown(name: str, about: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Instant and what clocks show, for each minute of the five days around an instant."""
    zone = ZoneInfo(name)
    instants = (about - 2.5 * DAY + MINUTE * number for number in range(5 * 24 * 60))
    return tuple((instant, instant.astimezone(zone).replace(tzinfo=None, fold=0)) for instant in instants)


def searched(name: str, about: datetime, wall: datetime) -> datetime:
    """The first minute at which clocks show `wall`; where they jump over it, the first after the jump."""
    minutes = shown(name, about)
    exact = next((instant for instant, clock in minutes if clock == wall), None)
    if exact:
        return exact
    return next(late for (_, before), (late, after) in pairwise(minutes) if before < wall < after)


def nights(name: str, year: int) -> Iterator[tuple[datetime, date]]:
    """Each change with the local days that touch it."""
    zone = ZoneInfo(name)
    for change in changes(name, year):
        for day in sorted({(change - 6 * HOUR).astimezone(zone).date(), change.astimezone(zone).date(),
                           (change + 6 * HOUR).astimezone(zone).date()}):
            yield change, day
