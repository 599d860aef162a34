"""Visits → iCalendar (RFC 5545, RFC 7986), the same bytes for the same visits (pure). Escaping and folding are the
library's.

An entry says neither who nor what. Its id is made from the visit's, so that it stays the same for everybody, and a
change raises its SEQUENCE; what was cancelled stays for a while, since some calendars forget nothing by themselves.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, Event, vDuration

from backend.calendar_feed.zones import zone_component
from models import Visit
from models.vocabulary import VisitState
from notifications.local_time import zone_named
from notifications.words.calendar_words import CalendarDetail, calendar_details, calendar_summary

ENTRY = UUID("5a0e1c0e-2b1f-5d0c-9c41-0b8d3a7f64e2")
"""The namespace of the entries' ids."""
CANCELLED_FOR = timedelta(days=90)
SHOWN_FOR = timedelta(hours=1)
"""Nobody says how long a visit takes; without an end some calendars hide it."""
FETCH_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Reader:
    """For whom the calendar is written."""

    language: str
    timezone: str
    app_name: str
    shows_details: bool


def calendar_of(visits: list[Visit], reader: Reader, now: datetime) -> bytes:
    shown = [visit for visit in visits if is_shown(visit, now)]
    calendar = Calendar()
    calendar.add("prodid", f"-//{reader.app_name}//{reader.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", reader.app_name)
    calendar.add("x-wr-calname", reader.app_name)
    calendar.add("refresh-interval", FETCH_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(FETCH_EVERY))
    for name, years in (_zones_of(shown) or {reader.timezone: {now.year}}).items():  # one with nothing in it is invalid
        calendar.add_component(zone_component(name, min(years), max(years)))
    for visit in shown:
        calendar.add_component(_entry(visit, reader))
    content: bytes = calendar.to_ical()
    return content


def is_shown(visit: Visit, now: datetime) -> bool:
    """An appointment, or a plan with a window to come; what was planned without either has no day yet."""
    has_window = visit.opens_on is not None and visit.closes_on is not None
    if visit.state is VisitState.CANCELLED:
        told = visit.changed_at is not None and now - visit.changed_at <= CANCELLED_FOR
        return told and (visit.agreed_at is not None or has_window)
    return visit.agreed_at is not None or (visit.state is VisitState.PLANNED and has_window)


def _entry(visit: Visit, reader: Reader) -> Event:
    entry, cancelled = Event(), visit.state is VisitState.CANCELLED
    entry.add("uid", str(uuid5(ENTRY, visit.id.hex)))
    entry.add("sequence", visit.sequence)
    # Without METHOD it is by definition when the entry was last revised; so the same visits make the same bytes.
    entry.add("dtstamp", _revised_at(visit))
    entry.add("last-modified", _revised_at(visit))
    entry.add("summary", calendar_summary(reader.language))
    entry.add("class", "PRIVATE")
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED" if visit.agreed_at else "TENTATIVE")
    entry.add("transp", "OPAQUE" if visit.agreed_at and not cancelled else "TRANSPARENT")
    if visit.agreed_at:
        entry.add("dtstart", _wall_time(visit.agreed_at, visit.timezone))
        entry.add("duration", SHOWN_FOR)
    else:
        entry.add("dtstart", visit.target_on)
    if reader.shows_details:
        entry.add("description", _details(visit, reader))
    return entry


def _details(visit: Visit, reader: Reader) -> str:
    if visit.state is VisitState.CANCELLED:
        return calendar_details(CalendarDetail.CANCELLED, reader.language, reader.app_name)
    if visit.agreed_at:
        return calendar_details(CalendarDetail.AGREED, reader.language, reader.app_name)
    window = (visit.opens_on or visit.target_on, visit.closes_on or visit.target_on)
    return calendar_details(CalendarDetail.WINDOW, reader.language, reader.app_name, window)


def _revised_at(visit: Visit) -> datetime:
    """Its id (UUIDv7) tells when it was planned."""
    return visit.changed_at or datetime.fromtimestamp((visit.id.int >> 80) / 1000, UTC)


def _wall_time(instant: datetime, zone: str) -> datetime:
    """As clocks at the site show it. An hour that they show twice has no name for the second one, so that is in UTC."""
    wall = instant.astimezone(zone_named(zone))
    return instant if wall.fold else wall


def _zones_of(shown: list[Visit]) -> dict[str, set[int]]:
    """Zone → the years of the appointments there."""
    years: dict[str, set[int]] = {}
    for visit in shown:
        if visit.agreed_at and str(zone_named(visit.timezone)) != "UTC":
            wall: date = visit.agreed_at.astimezone(zone_named(visit.timezone))
            years.setdefault(visit.timezone, set()).add(wall.year)
    return years
