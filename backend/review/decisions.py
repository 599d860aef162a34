"""What staff decide on an entry: take it, validate it, reject it, re-open it. Links: `duplicates_links`."""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.access.permissions import allows
from backend.audit import Changes, next_seq, record
from backend.diary.consequences import close_queries
from backend.errors import DoesNotFit, IllegalState, OpenConflicts, OpenQueries
from backend.failpoints import reach
from backend.forwarding import outbox
from backend.review.seen import entry_as_seen, require_state
from models import DiaryEntry, Participant, StaffRole
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import EntryState, RejectionReason

S = EntryState
UNDECIDED = (S.RECEIVED, S.IN_REVIEW, S.QUERY_OPEN, S.ANSWERED)


@atomic
async def assign_entry(actor: Actor, entry_id: UUID, seen: int, assignee_id: UUID | None, now: datetime) -> DiaryEntry:
    """Take an entry (or hand it to a colleague); a received one is in review from then on."""
    participant, entry = await entry_as_seen(actor, entry_id, seen)
    require_state(entry, *UNDECIDED)
    if assignee_id and not await _reviews_at(assignee_id, participant, now):
        raise DoesNotFit(errors=[{"pointer": "/assignee_id", "detail": "reviews no entries at this site"}])
    before = entry.assignee_id
    entry.assignee_id = assignee_id
    changes = {"assignee": [str(before) if before else None, str(assignee_id) if assignee_id else None]}
    state = S.IN_REVIEW if entry.state is S.RECEIVED and assignee_id else entry.state
    return await change_state(actor, participant, entry, state, now, changes=changes)


@atomic
async def validate_entry(actor: Actor, entry_id: UUID, seen: int, now: datetime) -> DiaryEntry:
    """Accept the entry as study data and hand it to every destination. Answered questions are closed with it.

    One that was linked and corrected since stands for itself from then on.
    """
    participant, entry = await entry_as_seen(actor, entry_id, seen)
    require_state(entry, S.RECEIVED, S.IN_REVIEW, S.ANSWERED, S.QUERY_OPEN)
    if entry.open_queries:
        raise OpenQueries
    if entry.open_conflicts:
        raise OpenConflicts
    if entry.pending:
        raise IllegalState("The entry it belongs to has not arrived yet", state="pending")
    reach("review.after_lock")
    await close_queries(actor, participant, entry, now)
    changes: Changes = {"validated_version": [entry.validated_version, entry.version]}
    if entry.duplicate_of_id:
        changes["duplicate_of"] = [str(entry.duplicate_of_id), None]
    entry.validated_version, entry.duplicate_of_id = entry.version, None
    await change_state(actor, participant, entry, S.VALIDATED, now, changes=changes)
    reach("review.before_message")
    await outbox.announce(participant, entry, now)
    reach("review.before_commit")
    return entry


@atomic
async def reject_entry(
    actor: Actor, entry_id: UUID, seen: int, reason: RejectionReason, now: datetime
) -> DiaryEntry:
    """Refuse the entry as study data; it stays in the diary. What had left is voided."""
    participant, entry = await entry_as_seen(actor, entry_id, seen)
    require_state(entry, *UNDECIDED)
    await close_queries(actor, participant, entry, now)
    await change_state(actor, participant, entry, S.REJECTED, now, reason=reason)
    await outbox.withdraw(participant, entry, now)
    return entry


@atomic
async def reopen_entry(actor: Actor, entry_id: UUID, seen: int, reason: str, now: datetime) -> DiaryEntry:
    """Take a decision back; nothing leaves until the next one. (A link is taken back by `unlink`.)"""
    participant, entry = await entry_as_seen(actor, entry_id, seen)
    require_state(entry, S.VALIDATED, S.REJECTED)
    return await change_state(actor, participant, entry, S.IN_REVIEW, now, reason=reason)


async def change_state(
    actor: Actor, participant: Participant, entry: DiaryEntry, state: EntryState, now: datetime, *,
    reason: str | None = None, changes: Changes | None = None,
) -> DiaryEntry:
    """Put the entry into its new state under the next change number, with one audit event."""
    changes = dict(changes or {})
    if state is not entry.state:
        changes["state"] = [entry.state, state]
    entry.state, entry.changed_at, entry.seq = state, now, await next_seq(participant)
    await entry.save()
    reach("review.between_entry_and_audit")
    await record(actor, actor.action, entry, now, participant=participant, seq=entry.seq, reason=reason,
                 changes=changes)
    return entry


async def _reviews_at(account_id: UUID, participant: Participant, now: datetime) -> bool:
    roles = await StaffRole.filter(account_id=account_id, starts_at__lte=now)
    return any(
        allows(held.role, Action.ENTRY_VALIDATE) and (held.ends_at is None or held.ends_at > now)
        and held.site_id in (None, participant.site_id)
        for held in roles
    )

