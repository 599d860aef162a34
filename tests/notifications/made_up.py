"""Leo's family as facts, without a database: Mia asked for him first, Ben a month later."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from models.protocol import load_protocol
from notifications.planning.facts import Child, Guardian
from notifications.planning.occasions import Reminder, reminders_of
from notifications.planning.reminders import Listener
from notifications.quiet_hours import QuietHours

LEO, MIA, BEN, VISIT, FRACTURE, QUERY = (UUID(int=number) for number in range(1, 7))
NAMES = {MIA: "mia", BEN: "ben"}
FILE = load_protocol().file


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def listener(zone: str = "Europe/Stockholm", quiet: tuple[int, int] = (20, 8), **wishes) -> Listener:
    return Listener(ZoneInfo(zone), QuietHours(*quiet), **wishes)


def leo(mia: Listener | None = None, ben: Listener | None = None, **facts) -> Child:
    guardians = (Guardian(MIA, mia or listener(), at("2026-01-01")), Guardian(BEN, ben or listener(), at("2026-02-01")))
    return Child(LEO, guardians, **facts)


def without_ben(child: Child) -> Child:
    return replace(child, guardians=child.guardians[:1])


def told(child: Child, first: str, last: str, file=FILE) -> list[str]:
    """`mia 2026-05-10 2026-05-10T18:00`: who, which slot, when by their own clock."""
    return [_line(child, reminder) for reminder in reminders_of(file, child, at(first), at(last))]


def _line(child: Child, reminder: Reminder) -> str:
    clock = next(one.listener for one in child.guardians if one.account_id == reminder.account_id)
    wall = reminder.occasion.due_at.astimezone(clock.zone).strftime("%Y-%m-%dT%H:%M")
    return f"{NAMES[reminder.account_id]} {reminder.occasion.slot} {wall}"
