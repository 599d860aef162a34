"""The entry page and its forms. Each form carries the change number that the page showed."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.console.entry_page import OpenEntry
from backend.console.pages import REFUSALS
from backend.console.typed import Asked, Typed, wanted
from backend.errors import InvalidBody, NotFound, Stale
from backend.review import decisions
from backend.review.data_queries import close_query, open_query
from backend.review.reading import review_of
from backend.review.schemas import DuplicateLink, QueryQuestion, Rejection, Reopening
from backend.review.seen import changes_after
from models.actions import Action


class EntryPages(Controller):
    path = "/console/entries/{entry_id:uuid}"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.REVIEW_READ)
    async def show(self, request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """One entry: answers, findings, both sides of a conflict, questions, versions, deliveries."""
        return await OpenEntry(request, actor, entry_id, now).show()

    @post("/validation", action=Action.ENTRY_VALIDATE)
    async def validate(self, request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Accept it as study data, and go on."""

        async def act(_typed: Typed, seen: int) -> None:
            await decisions.validate_entry(actor, entry_id, seen, now)

        return await OpenEntry(request, actor, entry_id, now).decide(act, done="validation")

    @post("/assignment", action=Action.ENTRY_ASSIGN)
    async def take(self, request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Take it, so that colleagues leave it alone."""

        async def act(_typed: Typed, seen: int) -> None:
            await decisions.assign_entry(actor, entry_id, seen, actor.account, now)

        return await OpenEntry(request, actor, entry_id, now).decide(act, done="assignment", stays=True)

    @post("/release", action=Action.ENTRY_ASSIGN)
    async def release(self, request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Leave it to whoever comes next."""

        async def act(_typed: Typed, seen: int) -> None:
            await decisions.assign_entry(actor, entry_id, seen, None, now)

        return await OpenEntry(request, actor, entry_id, now).decide(act, done="release", stays=True)

    @post("/rejection", action=Action.ENTRY_REJECT)
    async def reject(self, request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Refuse it as study data, with a reason, and go on."""

        async def act(typed: Typed, seen: int) -> None:
            await decisions.reject_entry(actor, entry_id, seen, wanted(typed, Rejection).reason, now)

        return await OpenEntry(request, actor, entry_id, now).decide(act, done="rejection")

    @post("/reopening", action=Action.ENTRY_REOPEN)
    async def reopen(self, request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Take a decision back."""

        async def act(typed: Typed, seen: int) -> None:
            await decisions.reopen_entry(actor, entry_id, seen, wanted(typed, Reopening).reason, now)

        return await OpenEntry(request, actor, entry_id, now).decide(act, done="reopening", stays=True)

    @post("/duplicate-link", action=Action.ENTRY_MARK_DUPLICATE)
    async def link(self, request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Link it to another entry that tells of the same event, and go on."""

        async def act(typed: Typed, seen: int) -> None:
            of = wanted(typed, DuplicateLink).duplicate_of
            await decisions.mark_duplicate(actor, entry_id, seen, of, now)

        return await OpenEntry(request, actor, entry_id, now).decide(act, done="duplicate-link")

    @post("/data-queries", action=Action.QUERY_OPEN)
    async def ask(self, request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Ask the family about one field, and go on."""

        async def act(typed: Typed, seen: int) -> None:
            asked = wanted(typed, QueryQuestion)
            if asked.due_on and asked.due_on < now.date():
                raise InvalidBody(errors=[{"pointer": "/due_on", "detail": "lies in the past"}])
            await open_query(actor, entry_id, seen, (asked.field, asked.question, asked.due_on), now)

        return await OpenEntry(request, actor, entry_id, now).decide(act, done="data-queries")

    @post("/data-queries/{query_id:uuid}/closure", action=Action.QUERY_CLOSE)
    async def close(
        self, request: Asked, entry_id: FromPath[UUID], query_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """The question is settled."""

        async def act(_typed: Typed, seen: int) -> None:
            review = await review_of(actor, entry_id)
            asked = next((query for query in review.queries if query.id == query_id), None)
            if asked is None:
                raise NotFound
            if review.entry.seq != seen:  # an answer that nobody has read must not be closed unseen
                raise Stale(seq=review.entry.seq, changed_since=await changes_after(entry_id, seen))
            await close_query(actor, query_id, asked.seq, now)

        return await OpenEntry(request, actor, entry_id, now).decide(act, done="closure", stays=True)
