"""How a fracture's card comes back: 7, 21 and 42 days after it (as the protocol says) until the family says it healed.

Derived from entries and protocol each time, stored nowhere. An answer puts the card away until the next of the days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.diary import DiaryEntry
from models.protocol import FollowUpRule
from models.vocabulary import EntryKind, EntryState

TOLD_NO_LONGER = frozenset({EntryState.RETRACTED, EntryState.REJECTED, EntryState.DUPLICATE})


@dataclass(frozen=True)
class Card:
    fracture_id: UUID
    day: int
    """So many days after the fracture."""
    due_on: date
    last_healed: str | None
    """What the last follow-up said."""


def open_cards(
    rule: FollowUpRule | None, entries: Iterable[DiaryEntry], zone: ZoneInfo, today: date
) -> list[Card]:
    """Of one participant's fractures and follow-ups; the longest due come first. Days are those of `zone`."""
    told = [entry for entry in entries if entry.state not in TOLD_NO_LONGER]
    if rule is None:
        return []
    answers = _answers(told)
    cards = [card for entry in told if entry.kind is EntryKind.FRACTURE
             if (card := _card(rule, entry, answers.get(entry.id, []), zone, today))]
    return sorted(cards, key=lambda card: (card.due_on, card.fracture_id))


def _answers(told: list[DiaryEntry]) -> dict[UUID | None, list[DiaryEntry]]:
    """Fracture → follow-ups that say how it heals, as they were received."""
    found: dict[UUID | None, list[DiaryEntry]] = {}
    for entry in sorted(told, key=lambda entry: (entry.received_at, entry.id)):
        if entry.kind is EntryKind.FOLLOW_UP and isinstance(entry.data.get("healed"), str):
            found.setdefault(entry.parent_id, []).append(entry)
    return found


def _card(
    rule: FollowUpRule, fracture: DiaryEntry, answers: list[DiaryEntry], zone: ZoneInfo, today: date
) -> Card | None:
    last = answers[-1] if answers else None
    healed = last.data["healed"] if last else None
    if fracture.occurred_to is None or healed in rule.closed_by:
        return None
    happened_on = fracture.occurred_to.astimezone(zone).date()
    due = [day for day in sorted(rule.days) if happened_on + timedelta(days=day) <= today]
    if not due:
        return None
    due_on = happened_on + timedelta(days=due[-1])
    if last and last.received_at.astimezone(zone).date() >= due_on:
        return None
    return Card(fracture.id, due[-1], due_on, healed)
