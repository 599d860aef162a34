"""Every act of review carries the change it saw; a second reviewer is told what happened since."""

from typing import Any
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.errors import IllegalState, Stale
from models import AuditEvent, DiaryEntry, Participant
from models.vocabulary import EntryState


async def entry_as_seen(actor: Actor, entry_id: UUID, seen: int) -> tuple[Participant, DiaryEntry]:
    """The locked participant and the entry, unchanged since `seen`. Raises NotFound or Stale."""
    participant, entry = await scope.entry_for(actor, entry_id)
    if entry.seq != seen:
        raise Stale(seq=entry.seq, changed_since=await changes_after(entry_id, seen))
    return participant, entry


async def changes_after(entry_id: UUID, seen: int) -> list[dict[str, Any]]:
    """What happened to the entry after that change: act, role, time, fields before and after."""
    events = await AuditEvent.filter(subject_id=entry_id, seq__gt=seen).order_by("seq")
    return [{"action": e.action, "actor_role": e.actor_role, "at": e.at, "changes": e.changes} for e in events]


def require_state(entry: DiaryEntry, *allowed: EntryState) -> None:
    """Raises IllegalState."""
    if entry.state not in allowed:
        raise IllegalState(f"The entry is {entry.state.replace('_', ' ')}", state=entry.state)
