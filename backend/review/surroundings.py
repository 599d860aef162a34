"""What stands around an entry under review: its site, who has taken it, and entries that may tell of the same event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.errors import NotFound
from models import DiaryEntry
from models.vocabulary import EntryState

MOST = 20


@dataclass(frozen=True)
class Alike:
    """Another entry of the same participant and kind."""

    id: UUID
    state: EntryState
    occurred: object
    relation: str
    received_at: datetime


@dataclass(frozen=True)
class Surroundings:
    site_id: UUID
    assignee_id: UUID | None
    duplicate_of: UUID | None
    alike: list[Alike]


async def surroundings_of(actor: Actor, entry_id: UUID) -> Surroundings:
    """Raises NotFound."""
    entry = await DiaryEntry.get_or_none(id=entry_id)
    if entry is None:
        raise NotFound
    participant = await scope.participant_for(actor, entry.participant_id)  # type: ignore[attr-defined]
    others = DiaryEntry.filter(participant_id=participant.id, kind=entry.kind).exclude(id=entry_id)
    found = await others.order_by("-received_at", "-id").limit(MOST)
    return Surroundings(
        entry.site_id, entry.assignee_id, entry.duplicate_of_id,  # type: ignore[attr-defined]
        [Alike(e.id, e.state, e.data.get("occurred") or e.data.get("from"), e.relation, e.received_at) for e in found],
    )
