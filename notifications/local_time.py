"""Wall-clock time → instant, with the written rule for the nights when clocks change (pure).

Gap (the wall time does not exist): forward to the first instant that does. Overlap (it exists twice): the first one.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.zones import known_zone

SECOND = timedelta(seconds=1)


def zone_named(name: str) -> ZoneInfo:
    """The zone, or UTC for a name nobody knows: one odd account must not stop everybody's reminders."""
    return known_zone(name) or ZoneInfo("UTC")


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which clocks in `zone` show the naive time `wall`; its `fold` picks the second of two."""
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(fold=0):
        return instant
    return _end_of_gap(wall.replace(fold=0), zone)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """When clocks jumped over `wall`; PEP 495: fold 0 reads it with the offset before, fold 1 with the one after."""
    late = wall.replace(tzinfo=zone).astimezone(UTC)
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset_before = early.astimezone(zone).utcoffset()
    while late - early > SECOND:
        middle = early + timedelta(seconds=(late - early) // SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset_before:
            early = middle
        else:
            late = middle
    return late


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()
