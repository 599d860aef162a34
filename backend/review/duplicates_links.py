"""Linking a report as a duplicate of another, and taking the link back. Both reports stay readable for everybody.

No chains: whoever is linked to a linked report is linked to the one that stands for it, and a report that is linked
brings those along that were linked to it. Unlinking takes back exactly what the linking did.
"""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.audit import Changes
from backend.diary.consequences import close_queries
from backend.errors import IllegalState, NotFound
from backend.forwarding import outbox
from backend.review.decisions import UNDECIDED, change_state
from backend.review.seen import entry_as_seen, require_state
from models import AuditEvent, DiaryEntry, Participant
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import EntryState, LinkReason, UnlinkReason

S = EntryState


@atomic
async def mark_duplicate(
    actor: Actor, entry_id: UUID, seen: int, of: UUID, reason: LinkReason, now: datetime
) -> DiaryEntry:
    """Link the entry to another of the same participant that tells of the same event. What had left is voided."""
    participant, entry = await entry_as_seen(actor, entry_id, seen)
    require_state(entry, *UNDECIDED, S.VALIDATED)
    head = await _head(participant, entry, of)
    await close_queries(actor, participant, entry, now)
    for follower in await DiaryEntry.filter(duplicate_of_id=entry.id).order_by("received_at", "id"):
        await _link(actor, participant, follower, head, reason, now)
    await _link(actor, participant, entry, head, reason, now)
    await outbox.withdraw(participant, entry, now)
    return entry


@atomic
async def unlink(actor: Actor, entry_id: UUID, seen: int, reason: UnlinkReason, now: datetime) -> DiaryEntry:
    """The entry stands for itself again, with those that had come with it, and is reviewed anew."""
    participant, entry = await entry_as_seen(actor, entry_id, seen)
    if entry.duplicate_of_id is None:
        raise IllegalState("The entry is not linked", state=entry.state)
    for follower in await _came_with(entry):
        changes: Changes = {"duplicate_of": [str(follower.duplicate_of_id), str(entry.id)]}
        follower.duplicate_of_id = entry.id
        await change_state(actor, participant, follower, follower.state, now, reason=reason, changes=changes)
    changes = {"duplicate_of": [str(entry.duplicate_of_id), None]}
    entry.duplicate_of_id = None
    state = S.IN_REVIEW if entry.state is S.DUPLICATE else entry.state
    return await change_state(actor, participant, entry, state, now, reason=reason, changes=changes)


async def _head(participant: Participant, entry: DiaryEntry, of: UUID) -> UUID:
    """The report that stands for that one. Raises NotFound or IllegalState."""
    other = await DiaryEntry.get_or_none(id=of, participant_id=participant.id, kind=entry.kind)
    if other is None or other.id == entry.id:
        raise NotFound
    head = await DiaryEntry.get(id=other.duplicate_of_id) if other.duplicate_of_id else other
    if head.id == entry.id:
        raise IllegalState("That one is linked to this one already", state=other.state)
    if head.state in (S.RETRACTED, S.REJECTED):
        raise IllegalState("That one was taken back or rejected", state=head.state)
    return head.id


async def _link(
    actor: Actor, participant: Participant, entry: DiaryEntry, head: UUID, reason: LinkReason, now: datetime
) -> None:
    before = str(entry.duplicate_of_id) if entry.duplicate_of_id else None
    entry.duplicate_of_id = head
    # a follower that its family has taken back stays so
    state = entry.state if entry.state is S.RETRACTED else S.DUPLICATE
    changes: Changes = {"duplicate_of": [before, str(head)]}
    await change_state(actor, participant, entry, state, now, reason=reason, changes=changes)


async def _came_with(entry: DiaryEntry) -> list[DiaryEntry]:
    """Those that were linked to the entry when it was linked itself, and not moved since: the trail says so."""
    moved = [str(entry.id), str(entry.duplicate_of_id)]
    found = []
    for other in await DiaryEntry.filter(duplicate_of_id=entry.duplicate_of_id).exclude(id=entry.id):
        links = AuditEvent.filter(
            subject_id=other.id, action__in=[Action.ENTRY_MARK_DUPLICATE, Action.ENTRY_UNLINK],
        )
        last = await links.order_by("-seq").first()
        if last and last.changes.get("duplicate_of") == moved:
            found.append(other)
    return found
