"""Data queries: staff ask about one field, the family answers or corrects, staff close."""

from datetime import date, datetime, timedelta
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.audit import next_seq, record
from backend.diary.consequences import answer_query, note_closed
from backend.errors import IllegalState, Stale
from backend.review.decisions import UNDECIDED, change_state
from backend.review.seen import changes_after, entry_as_seen, require_state
from models import DataQuery, DiaryEntry, Guardianship, Notice, Participant, SafetyCase
from models.actions import Action
from models.fields import new_id
from models.spans import speaks
from models.transaction import atomic
from models.vocabulary import Capability, CaseState, EntryState, NoticeKind, NoticeRank, QueryState
from notifications.slots import opened_slot

ANSWER_WITHIN = timedelta(days=14)


@atomic
async def open_query(
    actor: Actor, entry_id: UUID, seen: int, question: tuple[str, str, date | None], now: datetime
) -> DataQuery:
    """Ask (field, question, due date) the family; every guardian who may answer is told, without the question."""
    participant, entry = await entry_as_seen(actor, entry_id, seen)
    require_state(entry, *UNDECIDED)
    field, text, due_on = question
    query = DataQuery(
        id=new_id(), entry_id=entry.id, participant_id=participant.id, field=field, question=text,
        state=QueryState.OPEN, entry_version=entry.version, opened_by_id=actor.account, opened_at=now,
        due_on=due_on or (now + ANSWER_WITHIN).date(), seq=await next_seq(participant),
    )
    await query.save(force_create=True)
    await record(actor, Action.QUERY_OPEN, query, now, participant=participant, seq=query.seq)
    entry.open_queries += 1
    await change_state(actor, participant, entry, EntryState.QUERY_OPEN, now)
    await _tell_guardians(participant, query, now)
    return query


@atomic
async def reply_to_query(actor: Actor, query_id: UUID, text: str, now: datetime) -> DataQuery:
    """The family's answer; the entry returns to the worklist. Raises IllegalState when it is closed."""
    participant, query = await scope.query_for(actor, query_id)
    if query.state is QueryState.CLOSED:
        raise IllegalState("This question is closed", state=query.state)
    entry = await DiaryEntry.get(id=query.entry_id)
    await answer_query(actor, participant, entry, query, now, text=text)
    is_last = entry.state is EntryState.QUERY_OPEN and not entry.open_queries
    await change_state(actor, participant, entry, EntryState.ANSWERED if is_last else entry.state, now)
    return query


@atomic
async def close_query(actor: Actor, query_id: UUID, seen: int, now: datetime) -> DataQuery:
    """Staff are content, or need no answer any more. Raises Stale when the thread has moved on since `seen`."""
    participant, query = await scope.query_for(actor, query_id)
    if query.seq != seen:
        raise Stale(seq=query.seq, changed_since=await changes_after(query.id, seen))
    if query.state is QueryState.CLOSED:
        raise IllegalState("This question is closed", state=query.state)
    entry = await DiaryEntry.get(id=query.entry_id)
    if query.state is QueryState.OPEN:
        entry.open_queries -= 1
    await note_closed(actor, participant, query, now)
    is_last = entry.state is EntryState.QUERY_OPEN and not entry.open_queries
    await change_state(actor, participant, entry, EntryState.IN_REVIEW if is_last else entry.state, now)
    return query


async def _tell_guardians(participant: Participant, query: DataQuery, now: datetime) -> None:
    """About an entry that somebody must look at soon it is told whatever else was told that day."""
    is_urgent = await SafetyCase.filter(entry_id=query.entry_id).exclude(state=CaseState.CLOSED).exists()
    for link in await Guardianship.filter(speaks(now), participant_id=participant.id):
        if Capability.ANSWER in link.capabilities:
            await Notice.create(
                account_id=link.account_id, participant_id=participant.id, kind=NoticeKind.QUERY_WAITING,
                subject_id=query.id, slot=opened_slot(), due_at=now, visible_at=now, created_at=now,
                rank=NoticeRank.SAFETY if is_urgent else NoticeRank.OTHER,
            )
