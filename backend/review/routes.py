"""The staff's side: worklist, one entry, decisions, questions, audit trail."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from backend import audit
from backend.access.actor import Actor, CurrentActor
from backend.border.etags import IfMatch, change_tag, number_in
from backend.clock import Now
from backend.failpoints import reach
from backend.paging import DEFAULT_LIMIT, Page, page_limit
from backend.review import decisions
from backend.review.data_queries import close_query, open_query
from backend.review.reading import audit_trail_of, query_views, review_for, review_of
from backend.review.schemas import (
    Assignment,
    AuditEventView,
    QueryQuestion,
    QueryView,
    Rejection,
    Reopening,
    ReviewView,
    WorklistItem,
)
from backend.review.worklist import WorklistFilter, with_suggestions, worklist
from backend.wiring import CurrentWiring
from models.actions import Action
from models.vocabulary import EntryKind, EntryState


async def _tagged(actor: Actor, entry_id: UUID) -> Response[ReviewView]:
    view = await review_of(actor, entry_id)
    return Response(view, headers={"ETag": change_tag(view.entry.seq)})


class WorklistController(Controller):
    path = "/api/v1"
    tags = ["review"]

    @get("/worklist", operation_id="ReadWorklist", action=Action.WORKLIST_READ)
    async def read(
        self, actor: CurrentActor, wiring: CurrentWiring, now: Now,
        site: Annotated[str | None, QueryParameter(max_length=10)] = None,
        entry_state: Annotated[EntryState | None, QueryParameter(name="state")] = None,
        kind: Annotated[EntryKind | None, QueryParameter()] = None,
        assignee: Annotated[UUID | None, QueryParameter()] = None,
        cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
        limit: Annotated[int, QueryParameter()] = DEFAULT_LIMIT,
    ) -> Page[WorklistItem]:
        """Entries at my sites, oldest first; without a state those that wait for staff."""
        wanted = WorklistFilter(site, entry_state, kind, assignee, cursor, page_limit(limit))
        return await with_suggestions(await worklist(actor, wanted, now), wiring.protocol)

    @get("/participants/{participant_id:uuid}/audit-events", operation_id="ReadAuditTrail", action=Action.AUDIT_READ)
    async def trail(
        self, participant_id: FromPath[UUID], actor: CurrentActor, now: Now,
        cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
        limit: Annotated[int, QueryParameter()] = DEFAULT_LIMIT,
    ) -> Page[AuditEventView]:
        """Who did what, when, why and with which device, newest first."""
        found = await audit_trail_of(actor, participant_id, cursor, page_limit(limit))
        await audit.note_read(actor, participant_id, now)
        return found


class ReviewController(Controller):
    path = "/api/v1/review/entries/{entry_id:uuid}"
    tags = ["review"]

    @get("/", operation_id="ReviewEntry", action=Action.REVIEW_READ)
    async def read(
        self, entry_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[ReviewView]:
        """One entry with all its revisions, questions and deliveries; the ETag is what an act must carry."""
        view = await review_for(actor, entry_id, wiring.protocol)
        await audit.note_read(actor, view.entry.participant_id, now)
        return Response(view, headers={"ETag": change_tag(view.entry.seq)})

    @post("/assignment", operation_id="AssignEntry", action=Action.ENTRY_ASSIGN, status_code=200)
    async def assign(
        self, entry_id: FromPath[UUID], data: JSONBody[Assignment], actor: CurrentActor, now: Now,
        if_match: IfMatch = None,
    ) -> Response[ReviewView]:
        """Take the entry, or hand it to a colleague."""
        await decisions.assign_entry(actor, entry_id, number_in(if_match, "s"), data.assignee_id, now)
        return await _tagged(actor, entry_id)

    @post("/validation", operation_id="ValidateEntry", action=Action.ENTRY_VALIDATE, status_code=200)
    async def validate(
        self, entry_id: FromPath[UUID], actor: CurrentActor, now: Now, if_match: IfMatch = None
    ) -> Response[ReviewView]:
        """Accept the entry as study data; it leaves for the study team."""
        await decisions.validate_entry(actor, entry_id, number_in(if_match, "s"), now)
        reach("review.after_commit")
        answer = await _tagged(actor, entry_id)
        reach("review.before_answer")
        return answer

    @post("/rejection", operation_id="RejectEntry", action=Action.ENTRY_REJECT, status_code=200)
    async def reject(
        self, entry_id: FromPath[UUID], data: JSONBody[Rejection], actor: CurrentActor, now: Now,
        if_match: IfMatch = None,
    ) -> Response[ReviewView]:
        """Refuse the entry as study data, with a reason."""
        await decisions.reject_entry(actor, entry_id, number_in(if_match, "s"), data.reason, now)
        return await _tagged(actor, entry_id)

    @post("/reopening", operation_id="ReopenEntry", action=Action.ENTRY_REOPEN, status_code=200)
    async def reopen(
        self, entry_id: FromPath[UUID], data: JSONBody[Reopening], actor: CurrentActor, now: Now,
        if_match: IfMatch = None,
    ) -> Response[ReviewView]:
        """Take a decision back."""
        await decisions.reopen_entry(actor, entry_id, number_in(if_match, "s"), data.reason, now)
        return await _tagged(actor, entry_id)

    @post("/data-queries", operation_id="OpenDataQuery", action=Action.QUERY_OPEN)
    async def ask(
        self, entry_id: FromPath[UUID], data: JSONBody[QueryQuestion], actor: CurrentActor, now: Now,
        if_match: IfMatch = None,
    ) -> QueryView:
        """Ask the family about one field."""
        question = (data.field, data.question, data.due_on)
        query = await open_query(actor, entry_id, number_in(if_match, "s"), question, now)
        return (await query_views([query]))[0]


class QueryClosureController(Controller):
    path = "/api/v1/data-queries/{query_id:uuid}/closure"
    tags = ["review"]

    @post("/", operation_id="CloseDataQuery", action=Action.QUERY_CLOSE, status_code=200)
    async def close(
        self, query_id: FromPath[UUID], actor: CurrentActor, now: Now, if_match: IfMatch = None
    ) -> QueryView:
        """The question is settled; If-Match carries the query's own seq."""
        return (await query_views([await close_query(actor, query_id, number_in(if_match, "s"), now)]))[0]
