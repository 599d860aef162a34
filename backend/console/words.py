"""Codes, times and ages in readable English; a code that the dictionary lacks is shown as it is."""

import re
import tomllib
from datetime import date, datetime
from pathlib import Path

from notifications.local_time import zone_named

ENGLISH: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "dictionary" / "en.toml").read_text("utf-8")
)
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say(what: str, code: object) -> str:
    """The word for a code of that list (`field`, `value`, `state` …)."""
    return ENGLISH[what].get(str(code), str(code))


def moment(at: datetime | None, zone: str) -> str:
    """An instant on the reader's own clock."""
    if at is None:
        return "—"
    local = at.astimezone(zone_named(zone))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def day(at: datetime | None, zone: str) -> str:
    """The day of an instant on the reader's own calendar."""
    return moment(at, zone).partition(",")[0]


def remark(code: str) -> str:
    """What a form says about an answer; a machine's own sentence helps nobody who fills one in."""
    return ENGLISH["finding"].get(code, ENGLISH["finding"]["check_this"])


def month(number: int) -> str:
    return MONTHS[number - 1]


def partial_date(text: str) -> str:
    """2026-11-20T14:30 → 20 Nov 2026, 14:30; 2026-11 → Nov 2026; 2026-11-01/.. → 1 Nov 2026 or later."""
    if text == "unknown":
        return "Not known"
    first, is_range, last = text.partition("/")
    if not is_range:
        return _point(text)
    if first == "..":
        return f"{_point(last)} or before"
    return f"{_point(first)} or later" if last == ".." else f"{_point(first)} – {_point(last)}"


def _point(text: str) -> str:
    if week := _WEEK.fullmatch(text):
        return f"week {int(week[2])} of {week[1]}"
    day, _, time = text.partition("T")
    parts = day.split("-")
    if not all(part.isdecimal() for part in parts) or not 1 <= len(parts) <= 3:
        return text
    words = [parts[0]]
    if len(parts) > 1:
        month = int(parts[1])
        if not 1 <= month <= len(MONTHS):
            return text
        words.insert(0, MONTHS[month - 1])
    if len(parts) > 2:
        words.insert(0, str(int(parts[2])))
    return " ".join(words) + (f", {time}" if time else "")


def day_range(first: date, last: date) -> str:
    """9 – 15 Nov 2026; 28 Dec 2026 – 3 Jan 2027."""
    end = partial_date(last.isoformat())
    if first == last:
        return end
    begin = partial_date(first.isoformat()).split(" ")
    same = [first.year == last.year and first.month == last.month, first.year == last.year]
    return f"{' '.join(begin[:1] if same[0] else begin[:2] if same[1] else begin)} – {end}"


def share(part: float | None) -> str:
    """In whole per cent, rounded down: 100 % means all."""
    return "—" if part is None else f"{int(part * 100)} %"


def device_time(text: str | None) -> str:
    """The phone's own time with its offset; odd texts as they were sent."""
    try:
        sent = datetime.fromisoformat(text or "")
    except ValueError:
        return text or "—"
    offset = f"{sent:%z}"
    shown = f"{sent.day} {MONTHS[sent.month - 1]} {sent.year}, {sent:%H:%M}"
    return f"{shown} (UTC{offset[:3]}:{offset[3:5]})" if offset else shown


def age(hours: float) -> str:
    """How long something has waited."""
    if hours < 1:
        return f"{int(hours * 60)} min"
    return f"{int(hours)} h" if hours < 48 else f"{int(hours // 24)} days"


def clock_skew(seconds: int | None) -> str:
    """What the phone's clock was worth."""
    if seconds is None:
        return "not known"
    if abs(seconds) < 60:
        return "right"
    minutes = round(abs(seconds) / 60)
    size = f"{minutes} min" if minutes < 60 else age(round(minutes / 60))
    return f"{size} fast" if seconds > 0 else f"{size} slow"


def fault(error: str | None) -> str:
    """Why the last try of a message failed; a bare status number tells nobody who has to act."""
    kind, _, status = (error or "—").partition(" ")
    if kind != "status" or not status.isdecimal():
        return error or "—"
    return f"{'Has trouble' if status >= '500' else 'Refused it'} (status {status})"


def reach_fault(error: str | None) -> str:
    """Why a notice did not get through on a channel, for staff who want to help; a code nobody foresaw is a fault."""
    code, known = (error or "").partition(" ")[0], ENGLISH["reach_fault"]
    return next((said for part, said in known.items() if part in code), known["other"])
