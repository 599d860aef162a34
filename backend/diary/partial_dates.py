"""Partial dates (EDTF level 0, ISO 8601-2): 2026, 2026-11, 2026-11-20, 2026-11-20T14:30 — local time of the phone."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}))?)?)?")
PART_OF_DAY = {"night": (0, 6), "morning": (6, 11), "midday": (11, 14), "afternoon": (14, 18), "evening": (18, 24)}
Span = tuple[datetime, datetime]


def span(text: str, zone: ZoneInfo, part_of_day: Any = None) -> Span | None:
    """Earliest and latest instant (UTC) it can mean; None when the text is no partial date."""
    return _span(text, zone, part_of_day if isinstance(part_of_day, str) else None)


@lru_cache(maxsize=2048)
def _span(text: str, zone: ZoneInfo, part_of_day: str | None) -> Span | None:
    """(Every check of an entry asks about the same few dates.)"""
    found = _FORM.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
    if month == 0 or day == 0:
        return None
    try:
        start = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0)  # noqa: DTZ001 - local, zoned below
        end = _end(start, month, day, hour)
        if day and hour is None and part_of_day in PART_OF_DAY:
            first, last = PART_OF_DAY[part_of_day]
            start, end = start + timedelta(hours=first), start + timedelta(hours=last)
        return min(_readings(start, zone)), max(_readings(end, zone)) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None


def _end(start: datetime, month: int | None, day: int | None, hour: int | None) -> datetime:
    if hour is not None:
        return start + timedelta(minutes=1)
    if day:
        return start + timedelta(days=1)
    if month:
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start.replace(year=start.year + 1)


def _readings(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A local time in the hour that the clocks repeat, or skip, can be read as two instants."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def zone_named(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
