"""Whether a participant's record is whole: nothing lost, nothing doubled, no number missing."""

from collections import Counter
from typing import Any
from uuid import UUID

from models import AuditEvent, DataQuery, DiaryEntry, EntryRevision, Participant, QuarantinedItem, Visit
from models.vocabulary import RevisionState


async def require_whole(participant_id: UUID) -> None:
    """Entry, revision and audit event are all there or none is; numbers run 1, 2, 3 … without a gap."""
    participant = await Participant.get(id=participant_id)
    events = await AuditEvent.filter(participant_id=participant_id).order_by("seq")
    assert [event.seq for event in events] == list(range(1, participant.seq + 1))
    entries = await DiaryEntry.filter(participant_id=participant_id)
    revisions = await EntryRevision.filter(entry__participant_id=participant_id)
    accepted = Counter(r.entry_id for r in revisions if r.state is RevisionState.ACCEPTED)
    assert accepted == {entry.id: entry.version for entry in entries}
    told = {(event.subject_id, event.seq) for event in events}
    assert {(r.entry_id, r.seq) for r in revisions} <= told
    assert {(entry.id, entry.seq) for entry in entries} <= told
    numbers = [row.seq for table in (DiaryEntry, DataQuery, Visit)
               for row in await table.filter(participant_id=participant_id)]
    assert len(numbers) == len(set(numbers)), "two records share a number: a page could end between them"


async def kept_texts(participant_id: UUID) -> str:
    """Everything ever handed in about the participant that can still be found."""
    revisions = await EntryRevision.filter(entry__participant_id=participant_id)
    items = await QuarantinedItem.filter(participant_id=participant_id)
    return " ".join([*(str(r.sent) for r in revisions), *(item.body for item in items)])


def state_of(changes: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(change["collection"], change["id"]): change for change in changes}
