"""The entry page and its forms. Each form carries the change number that the page showed."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import Provide
from litestar.params import FromPath

from backend.console.entry_page import CurrentEntry, provide_entry
from backend.console.pages import REFUSALS
from backend.console.typed import Typed, wanted
from backend.errors import InvalidBody, NotFound, Stale
from backend.review import decisions
from backend.review.data_queries import close_query, open_query
from backend.review.reading import review_of
from backend.review.schemas import QueryQuestion, Rejection, Reopening
from backend.review.seen import changes_after
from models.actions import Action


class EntryPages(Controller):
    path = "/console/entries/{entry_id:uuid}"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_entry)}

    @get("/", action=Action.REVIEW_READ)
    async def show(self, opened: CurrentEntry) -> Response[Any]:
        """One entry: answers, findings, both sides of a conflict, questions, versions, deliveries."""
        return await opened.show()

    @post("/validation", action=Action.ENTRY_VALIDATE)
    async def validate(self, opened: CurrentEntry) -> Response[Any]:
        """Accept it as study data, and go on."""

        async def act(_typed: Typed, seen: int) -> None:
            await decisions.validate_entry(opened.actor, opened.id, seen, opened.now)

        return await opened.decide(act, done="validation")

    @post("/assignment", action=Action.ENTRY_ASSIGN)
    async def take(self, opened: CurrentEntry) -> Response[Any]:
        """Take it, so that colleagues leave it alone."""

        async def act(_typed: Typed, seen: int) -> None:
            await decisions.assign_entry(opened.actor, opened.id, seen, opened.actor.account, opened.now)

        return await opened.decide(act, done="assignment", stays=True)

    @post("/release", action=Action.ENTRY_ASSIGN)
    async def release(self, opened: CurrentEntry) -> Response[Any]:
        """Leave it to whoever comes next."""

        async def act(_typed: Typed, seen: int) -> None:
            await decisions.assign_entry(opened.actor, opened.id, seen, None, opened.now)

        return await opened.decide(act, done="release", stays=True)

    @post("/rejection", action=Action.ENTRY_REJECT)
    async def reject(self, opened: CurrentEntry) -> Response[Any]:
        """Refuse it as study data, with a reason, and go on."""

        async def act(typed: Typed, seen: int) -> None:
            reason = wanted(typed, Rejection).reason
            await decisions.reject_entry(opened.actor, opened.id, seen, reason, opened.now)

        return await opened.decide(act, done="rejection")

    @post("/reopening", action=Action.ENTRY_REOPEN)
    async def reopen(self, opened: CurrentEntry) -> Response[Any]:
        """Take a decision back."""

        async def act(typed: Typed, seen: int) -> None:
            reason = wanted(typed, Reopening).reason
            await decisions.reopen_entry(opened.actor, opened.id, seen, reason, opened.now)

        return await opened.decide(act, done="reopening", stays=True)

    @post("/data-queries", action=Action.QUERY_OPEN)
    async def ask(self, opened: CurrentEntry) -> Response[Any]:
        """Ask the family about one field, and go on."""

        async def act(typed: Typed, seen: int) -> None:
            asked = wanted(typed, QueryQuestion)
            if asked.due_on and asked.due_on < opened.now.date():
                raise InvalidBody(errors=[{"pointer": "/due_on", "detail": "lies in the past"}])
            question = (asked.field, asked.question, asked.due_on)
            await open_query(opened.actor, opened.id, seen, question, opened.now)

        return await opened.decide(act, done="data-queries")

    @post("/data-queries/{query_id:uuid}/closure", action=Action.QUERY_CLOSE)
    async def close(self, opened: CurrentEntry, query_id: FromPath[UUID]) -> Response[Any]:
        """The question is settled."""

        async def act(_typed: Typed, seen: int) -> None:
            review = await review_of(opened.actor, opened.id)
            asked = next((query for query in review.queries if query.id == query_id), None)
            if asked is None:
                raise NotFound
            if review.entry.seq != seen:  # an answer that nobody has read must not be closed unseen
                raise Stale(seq=review.entry.seq, changed_since=await changes_after(opened.id, seen))
            await close_query(opened.actor, query_id, asked.seq, opened.now)

        return await opened.decide(act, done="closure", stays=True)
