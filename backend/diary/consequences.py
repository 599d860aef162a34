"""What a correction or a retraction sets in motion: back to review, questions answered, the study team told."""

from datetime import datetime

from backend.access.actor import Actor
from backend.audit import next_seq, record
from backend.diary.uploads import Sender
from backend.forwarding import outbox
from models import DataQuery, DiaryEntry, Participant, QueryReply
from models.actions import Action
from models.vocabulary import EntrySource, EntryState, QueryState

AFTER_CORRECTION = {
    EntryState.RECEIVED: EntryState.RECEIVED,
    EntryState.QUERY_OPEN: EntryState.ANSWERED,
    EntryState.ANSWERED: EntryState.ANSWERED,
}
"""A correction puts the entry back before staff: everything else becomes in_review."""


async def after_correction(sender: Sender, participant: Participant, entry: DiaryEntry) -> None:
    """A correction answers every open question about its entry."""
    entry.state = AFTER_CORRECTION.get(entry.state, EntryState.IN_REVIEW)
    for query in await DataQuery.filter(entry_id=entry.id, state=QueryState.OPEN):
        by_staff = sender.source is not EntrySource.APP
        await answer_query(sender.actor, participant, entry, query, sender.now, from_staff=by_staff)


async def after_retraction(sender: Sender, participant: Participant, entry: DiaryEntry) -> None:
    """The study team learns of a retraction at once; open questions about it are over."""
    entry.state = EntryState.RETRACTED
    await close_queries(sender.actor, participant, entry, sender.now)
    await outbox.withdraw(participant, entry, sender.now)


async def close_queries(actor: Actor, participant: Participant, entry: DiaryEntry, now: datetime) -> None:
    """Whatever was asked about the entry is settled. The caller saves the entry."""
    for query in await DataQuery.filter(entry_id=entry.id).exclude(state=QueryState.CLOSED):
        await note_closed(actor, participant, query, now)
    entry.open_queries = 0


async def note_closed(actor: Actor, participant: Participant, query: DataQuery, now: datetime) -> None:
    """One question is closed, under its own change number."""
    query.state, query.closed_at, query.seq = QueryState.CLOSED, now, await next_seq(participant)
    await query.save()
    await record(actor, Action.QUERY_CLOSE, query, now, participant=participant, seq=query.seq)


async def answer_query(
    actor: Actor, participant: Participant, entry: DiaryEntry, query: DataQuery, now: datetime, *, text: str = "",
    from_staff: bool = False,
) -> None:
    """One reply of the family, in words or as a correction (on behalf: of staff). The caller saves the entry."""
    if query.state is QueryState.OPEN:
        entry.open_queries -= 1
    query.state, query.answered_at, query.seq = QueryState.ANSWERED, now, await next_seq(participant)
    await query.save()
    await QueryReply.create(
        query_id=query.id, author_id=actor.account, from_staff=from_staff, text=text,
        entry_version=entry.version, at=now,
    )
    await record(actor, Action.QUERY_ANSWER, query, now, participant=participant, seq=query.seq)
