"""What stands around an entry under review: its site, who has taken it, and entries that may tell of the same event."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q

from backend.access import scope
from backend.access.actor import Actor
from backend.errors import NotFound
from models import DiaryEntry
from models.vocabulary import EntryState

MOST = 20
NEAR = timedelta(days=3)
"""Two people may remember the day differently (domain: earliest − 3 d, latest + 3 d)."""


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
    await scope.participant_for(actor, entry.participant_id)
    found = await _alike(entry)
    return Surroundings(
        entry.site_id, entry.assignee_id, entry.duplicate_of_id,
        [Alike(e.id, e.state, e.data.get("occurred") or e.data.get("from"), e.relation, e.received_at) for e in found],
    )


async def _alike(entry: DiaryEntry) -> list[DiaryEntry]:
    """The same kind of thing around the same time, or at a time nobody told; what was received last comes first."""
    others = DiaryEntry.filter(participant_id=entry.participant_id, kind=entry.kind).exclude(id=entry.id)
    if entry.occurred_from and entry.occurred_to:
        around = Q(occurred_from__lte=entry.occurred_to + NEAR, occurred_to__gte=entry.occurred_from - NEAR)
        others = others.filter(Q(occurred_from__isnull=True) | around)
    return await others.order_by("-received_at", "-id").limit(MOST)
