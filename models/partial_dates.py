"""Partial dates (EDTF level 0, ISO 8601-2) in the phone's local time: 2026, 2026-11, 2026-11-20, 2026-11-20T14:30, a
week 2026-W47, an interval of two of them (A/B), open (../B, A/..), or `unknown`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from models.vocabulary import Precision

UNKNOWN, OPEN = "unknown", ".."
PART_OF_DAY = {"night": (0, 6), "morning": (6, 11), "midday": (11, 14), "afternoon": (14, 18), "evening": (18, 24)}
A_MOMENT = timedelta(microseconds=1)
FIRST_YEAR, LAST_YEAR = 100, 9900
"""Other years are no dates: what is reckoned from one (a month before, six weeks after) must be one, too."""
Span = tuple[datetime, datetime]
_POINT = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}))?)?)?")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Told:
    """What a partial date says by itself (UTC); an end it leaves open is None."""

    earliest: datetime | None
    latest: datetime | None
    is_reversed: bool = False
    """It was told as B/A."""


def told(text: str, zone: ZoneInfo, part_of_day: Any = None) -> Told | None:
    """None when the text is no partial date."""
    return _told(text, zone, part_of_day if isinstance(part_of_day, str) else None)


@lru_cache(maxsize=2048)
def _told(text: str, zone: ZoneInfo, part_of_day: str | None) -> Told | None:
    """(Every check of an entry asks about the same few dates.)"""
    if text == UNKNOWN:
        return Told(None, None)
    if "/" in text:
        return _interval(text, zone)
    found = _point(text, zone, part_of_day)
    return Told(*found) if found else None


def span(text: str, zone: ZoneInfo, part_of_day: Any = None) -> Span | None:
    """Earliest and latest instant (UTC); None for what is no partial date or leaves an end open."""
    found = told(text, zone, part_of_day)
    if found is None or found.earliest is None or found.latest is None:
        return None
    return found.earliest, found.latest


def precision(text: Any, part_of_day: Any = None) -> Precision:
    """How exactly it was told; what is no date was not told."""
    if not isinstance(text, str) or text == UNKNOWN or told(text, ZoneInfo("UTC")) is None:
        return Precision.UNKNOWN
    if "/" in text or "W" in text:
        return Precision.RANGE
    if len(text) == len("2026-11-20") and part_of_day in PART_OF_DAY:
        return Precision.PART_OF_DAY
    return {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}.get(len(text), Precision.MINUTE)


def precision_of(data: dict[str, Any]) -> Precision:
    """Of an entry's answers; days from … to … are a range."""
    if "occurred" not in data and ("from" in data or "to" in data):
        return Precision.RANGE
    return precision(data.get("occurred"), data.get("part_of_day"))


def _interval(text: str, zone: ZoneInfo) -> Told | None:
    """Told the wrong way round it spans both all the same."""
    first, *others = text.split("/")
    if len(others) != 1 or first == others[0] == OPEN:
        return None
    ends = [None if end == OPEN else _point(end, zone, None) for end in (first, others[0])]
    if any(found is None and end != OPEN for found, end in zip(ends, (first, others[0]), strict=True)):
        return None
    start, end = ends
    if start and end:
        return Told(min(start[0], end[0]), max(start[1], end[1]), is_reversed=start[0] > end[1])
    return Told(start[0] if start else None, end[1] if end else None)


def _point(text: str, zone: ZoneInfo, part_of_day: str | None) -> Span | None:
    try:
        found = _week(text) or _day_or_so(text, part_of_day)
        if found is None or not FIRST_YEAR <= found[0].year <= LAST_YEAR:
            return None
        return min(_readings(found[0], zone)), max(_readings(found[1], zone)) - A_MOMENT
    except (ValueError, OverflowError):
        return None


def _week(text: str) -> Span | None:
    found = _WEEK.fullmatch(text)
    if not found:
        return None
    monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    start = datetime(monday.year, monday.month, monday.day)  # noqa: DTZ001 - local, zoned later
    return start, start + timedelta(weeks=1)


def _day_or_so(text: str, part_of_day: str | None) -> Span | None:
    found = _POINT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
    if month == 0 or day == 0:
        return None
    start = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0)  # noqa: DTZ001 - local, zoned later
    end = _end(start, month, day, hour)
    if day and hour is None and part_of_day in PART_OF_DAY:
        first, last = PART_OF_DAY[part_of_day]
        return start + timedelta(hours=first), start + timedelta(hours=last)
    return start, end


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
