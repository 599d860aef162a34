"""A zone's clocks as a VTIMEZONE: when they change, from which offset to which (pure).

The library's own has every spring an hour late (onset in the new time; RFC 5545 asks for the old one).
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from notifications.local_time import zone_named

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NONE = timedelta(0)


class Clocks(NamedTuple):
    """How a zone's clocks go for a while."""

    offset: timedelta
    name: str
    is_summer: bool


class Change(NamedTuple):
    before: Clocks
    after: Clocks


@lru_cache(maxsize=200)
def zone_component(name: str, first_year: int, last_year: int) -> Timezone:
    """Good for all appointments of these years. `name` is a known zone's."""
    start = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    found = _changes(name, start, datetime(last_year + 2, 1, 1, tzinfo=UTC))
    component = Timezone()
    component.add("tzid", name)
    if not found:
        now = _clocks(name, start)
        found = {Change(now, now): [start.replace(tzinfo=None)]}
    for change, walls in found.items():
        component.add_component(_observance(change, walls))
    return component


def _changes(name: str, start: datetime, end: datetime) -> dict[Change, list[datetime]]:
    """Each sort of change → when, by the clocks before it."""
    found: dict[Change, list[datetime]] = {}
    day = start
    while day < end:
        change = Change(_clocks(name, day), _clocks(name, day + DAY))
        if change.before != change.after:
            moment = _moment(name, day, day + DAY)
            found.setdefault(change, []).append((moment + change.before.offset).replace(tzinfo=None))
        day += DAY
    return found


def _clocks(name: str, instant: datetime) -> Clocks:
    wall = instant.astimezone(zone_named(name))
    return Clocks(wall.utcoffset() or NONE, wall.tzname() or name, (wall.dst() or NONE) > NONE)


def _moment(name: str, before: datetime, after: datetime) -> datetime:
    old = _clocks(name, before)
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        before, after = (middle, after) if _clocks(name, middle) == old else (before, middle)
    return after


def _observance(change: Change, walls: list[datetime]) -> TimezoneDaylight | TimezoneStandard:
    observance = TimezoneDaylight() if change.after.is_summer else TimezoneStandard()
    observance.add("dtstart", walls[0])
    if rule := _yearly(walls):
        observance.add("rrule", rule)
    elif walls[1:]:
        observance.add("rdate", walls[1:])
    observance.add("tzoffsetfrom", change.before.offset)
    observance.add("tzoffsetto", change.after.offset)
    observance.add("tzname", change.after.name)
    return observance


def _yearly(walls: list[datetime]) -> dict[str, str | int] | None:
    """"Each last Sunday in March", where that is how it goes: some calendars know no lists of days."""
    days = {(wall.month, wall.weekday(), wall.time()) for wall in walls}
    if len(days) != 1 or [wall.year for wall in walls] != list(range(walls[0].year, walls[0].year + len(walls))):
        return None
    which = {-1} if all(_is_last(wall) for wall in walls) else {(wall.day - 1) // 7 + 1 for wall in walls}
    if len(walls) < 2 or len(which) != 1:
        return None
    return {"freq": "yearly", "bymonth": walls[0].month, "byday": f"{which.pop()}{WEEKDAYS[walls[0].weekday()]}"}


def _is_last(day: date) -> bool:
    return (day + timedelta(days=7)).month != day.month
