"""What is read while reviewing: an entry with its whole story, the queries of a participant, the audit trail."""

from collections.abc import Sequence
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.diary.single import revisions_of, view_of
from backend.errors import NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_of
from backend.review.blinding import is_blinded, without_what_unblinds
from backend.review.schemas import AuditEventView, QueryReplyView, QueryView, ReviewView
from models import AuditEvent, DataQuery, DiaryEntry, OutboxMessage, QueryReply, Site
from models.protocol import Protocol


async def review_of(actor: Actor, entry_id: UUID) -> ReviewView:
    """Raises NotFound."""
    return (await _review(actor, entry_id))[0]


async def review_for(actor: Actor, entry_id: UUID, protocol: Protocol) -> ReviewView:
    """The same as far as this reader may see it. Raises NotFound."""
    view, site_id = await _review(actor, entry_id)
    return without_what_unblinds(view, protocol) if is_blinded(actor, site_id) else view


async def _review(actor: Actor, entry_id: UUID) -> tuple[ReviewView, UUID]:
    """And the entry's site."""
    entry = await DiaryEntry.get_or_none(id=entry_id)
    if entry is None:
        raise NotFound
    participant = await scope.participant_for(actor, entry.participant_id)
    site = await Site.get(id=participant.site_id)
    revisions = await revisions_of(participant.id, entry_id)
    sent = await OutboxMessage.filter(entry_id=entry_id).order_by("destination", "number")
    return ReviewView(
        view_of(entry), participant.code, site.code,
        revisions,
        await query_views(await DataQuery.filter(entry_id=entry_id).order_by("opened_at")),
        [{"message_id": m.id, "destination": m.destination, "kind": m.kind, "version": m.entry_version,
          "state": m.state, "attempts": m.attempts, "delivered_at": m.delivered_at} for m in sent],
        any(revision.author_id == actor.account for revision in revisions),
    ), entry.site_id


async def queries_of(actor: Actor, participant_id: UUID) -> list[QueryView]:
    """Newest first. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    return await query_views(await DataQuery.filter(participant_id=participant.id).order_by("-opened_at").limit(200))


async def require_query(actor: Actor, query_id: UUID) -> None:
    """Raises NotFound."""
    query = await DataQuery.get_or_none(id=query_id)
    if query is None:
        raise NotFound
    await scope.participant_for(actor, query.participant_id)


async def query_views(queries: Sequence[DataQuery]) -> list[QueryView]:
    replies = await QueryReply.filter(query_id__in=[q.id for q in queries]).order_by("at") if queries else []
    return [
        QueryView(
            q.id, q.entry_id, q.seq, q.field, q.question, q.state, q.entry_version, q.opened_at, q.due_on,
            q.answered_at, q.closed_at,
            [QueryReplyView(r.text, r.from_staff, r.entry_version, r.at) for r in replies if r.query_id == q.id],
        )
        for q in queries
    ]


async def audit_trail_of(
    actor: Actor, participant_id: UUID, cursor: str | None, limit: int
) -> Page[AuditEventView]:
    """A participant's events, newest first. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    events = AuditEvent.filter(participant_id=participant.id)
    if after := decode_cursor(cursor, int):
        events = events.filter(seq__lt=after[0])
    found = [
        AuditEventView(e.seq, e.at, e.action, e.actor_id, e.actor_role, e.session_id, e.subject_type, e.subject_id,
                       e.reason, e.changes)
        for e in await events.order_by("-seq").limit(limit + 1)
    ]
    return page_of(found, limit, lambda last: encode_cursor(last.seq))
