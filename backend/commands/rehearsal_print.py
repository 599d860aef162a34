"""A rehearsal as lines to read, as JSON, and as a calendar."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
from icalendar import Calendar, Event

from notifications.local_time import local_date, to_utc, zone_named

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One notice on one channel."""

    at: datetime
    """UTC."""
    local: str
    """As this person's clock shows it."""
    timezone: str
    who: str
    kind: str
    slot: str
    visit: str
    channel: str
    channels: tuple[str, ...]
    """All that reach this person for it, in the order in which their turn comes while nobody looks."""
    is_fallback: bool = False
    clocks_move: int = 0
    """Minutes by which clocks are moved on that day; negative = back."""


class Script(msgspec.Struct, frozen=True):
    participant: str
    study: str
    version: str
    protocol_hash: str
    first: datetime
    last: datetime
    assumed: Sequence[str]
    reminders: Sequence[Line]


def clocks_move(day: date, zone: ZoneInfo) -> int:
    """Minutes that this local day is short of 24 hours."""
    length = to_utc(datetime.combine(day + DAY, time()), zone) - to_utc(datetime.combine(day, time()), zone)
    return (DAY - length) // MINUTE


def as_wall_time(at: datetime, zone: str) -> tuple[str, int]:
    """What the clock shows, with its offset, and by how many minutes it is moved on that day."""
    known = zone_named(zone)
    return at.astimezone(known).strftime("%a %Y-%m-%d %H:%M %z"), clocks_move(local_date(at, known), known)


def as_lines(script: Script) -> Iterable[str]:
    yield f"{script.participant} in {script.study} {script.version} ({script.protocol_hash[:12]})"
    yield f"{script.first:%Y-%m-%d} to {script.last:%Y-%m-%d}: {_told(script)}"
    yield "Assumed:"
    yield from (f"- {sentence}" for sentence in script.assumed)
    yield ""
    widths = [max([len(cells[i]) for cells in map(_cells, script.reminders)], default=0) for i in range(6)]
    for line in script.reminders:
        cells = "  ".join(cell.ljust(width) for cell, width in zip(_cells(line), widths, strict=True))
        yield f"{cells}  {_by(line)}{_mark(line)}".rstrip()


def _told(script: Script) -> str:
    notices = sum(not line.is_fallback for line in script.reminders)
    marked = sum(bool(line.clocks_move) for line in script.reminders)
    return f"{notices:,} reminders, {len(script.reminders):,} messages; {marked:,} on days when clocks change"


def _cells(line: Line) -> tuple[str, ...]:
    kind = f"{line.kind} {line.visit}".rstrip()
    return (line.local, line.timezone, f"{line.at.astimezone(UTC):%Y-%m-%dT%H:%MZ}", line.who, kind, line.slot)


def _by(line: Line) -> str:
    left = line.channels[line.channels.index(line.channel) + 1:]
    later = f" (then {', '.join(left)})" if left and not line.is_fallback else ""
    return f"{'again by ' if line.is_fallback else 'by '}{line.channel}{later}"


def _mark(line: Line) -> str:
    if not line.clocks_move:
        return ""
    direction = "forward" if line.clocks_move > 0 else "back"
    return f"  << clocks go {direction} {abs(line.clocks_move)} min"


def as_calendar(script: Script) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//rehearsal//EN")
    calendar.add("version", "2.0")
    for number, line in enumerate(script.reminders):
        event = Event()
        event.add("uid", f"{script.participant}-{number}-{line.at:%Y%m%dT%H%M%S}@rehearsal")
        event.add("dtstamp", script.first)
        event.add("dtstart", line.at)
        event.add("summary", f"{line.kind} {line.visit}".rstrip() + f" to {line.who}")
        event.add("description", f"{line.slot}, {line.local} {line.timezone}, {_by(line)}{_mark(line)}")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content.decode()
