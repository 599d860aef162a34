"""The family's side of a data query: see what is asked, answer it."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, HeaderParameter, JSONBody

from backend import audit
from backend.access.actor import CurrentActor
from backend.border.idempotency import once
from backend.clock import Now
from backend.review.data_queries import reply_to_query
from backend.review.reading import queries_of, query_views, require_query
from backend.review.schemas import QueryView, Reply
from models.actions import Action


class FamilyQueryController(Controller):
    path = "/api/v1"
    tags = ["diary"]

    @get("/participants/{participant_id:uuid}/data-queries", operation_id="ListDataQueries", action=Action.QUERY_READ)
    async def list_queries(self, participant_id: FromPath[UUID], actor: CurrentActor, now: Now) -> list[QueryView]:
        """Questions about this participant's entries, newest first."""
        found = await queries_of(actor, participant_id)
        await audit.note_read(actor, participant_id, now)
        return found

    @post("/data-queries/{query_id:uuid}/replies", operation_id="ReplyToDataQuery", action=Action.QUERY_ANSWER)
    async def reply(
        self, query_id: FromPath[UUID], data: JSONBody[Reply], actor: CurrentActor, now: Now,
        idempotency_key: Annotated[str | None, HeaderParameter(name="Idempotency-Key")] = None,
    ) -> QueryView:
        """Answer a question of the site's staff."""

        async def work() -> QueryView:
            return (await query_views([await reply_to_query(actor, query_id, data.text, now)]))[0]

        await require_query(actor, query_id)  # the kept answer of a repeat, too, is for who may still ask
        return await once(actor.account, idempotency_key, [str(query_id), data.text], QueryView, now, work)
