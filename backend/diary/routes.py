"""Sync: pull what is new, push what was written offline, and be poked when there is more."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import ServerSentEvent

from backend import audit
from backend.access.actor import Actor, CurrentActor
from backend.access.permissions import speaks_for
from backend.border.etags import IfNoneMatch, head_tag
from backend.clock import Now
from backend.diary.changes import COLLECTIONS, changes_since, head_of
from backend.diary.events import pokes, require_place
from backend.diary.schemas import MAX_ITEMS, ChangesPage, PushAnswer, PushBatch
from backend.diary.sync import accept_batch
from backend.diary.uploads import Sender, clock_skew
from backend.errors import AppTooOld, InvalidParameter, NotFound, TooLarge
from backend.failpoints import reach
from backend.wiring import CurrentWiring
from models.actions import Action
from models.protocol import published

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Since = Annotated[int, QueryParameter(ge=0, lt=2**62)]
NOTHING_NEW = ResponseSpec(None, description="Nothing has changed since the page with this ETag")


def require_guardianship(actor: Actor, participant_id: UUID) -> None:
    """Sync belongs to the people of one participant. Raises NotFound for everybody else, staff included."""
    if not speaks_for(actor, participant_id):
        raise NotFound


class SyncController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}"
    tags = ["sync"]

    @get("/changes", operation_id="PullChanges", action=Action.DIARY_READ, responses={304: NOTHING_NEW})
    async def pull(
        self, participant_id: FromPath[UUID], actor: CurrentActor, now: Now, since: Since = 0, limit: Limit = 200,
        collection: Annotated[list[str] | None, QueryParameter()] = None,
        epoch: Annotated[UUID | None, QueryParameter()] = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response[ChangesPage]:
        """What this phone has not seen yet, each record once at its newest state; 304 while nothing has changed."""
        require_guardianship(actor, participant_id)
        wanted = collection or list(COLLECTIONS)
        if not set(wanted) <= set(COLLECTIONS):
            raise InvalidParameter(errors=[{"pointer": "/collection", "detail": "is not known here"}])
        if if_none_match:
            head, present = await head_of(participant_id)
            if if_none_match == head_tag(head, present) and since <= head and epoch in (None, present):
                return Response(None, status_code=304, headers={"ETag": if_none_match})  # type: ignore[arg-type]
        await audit.note_read(actor, participant_id, now)
        page = await changes_since(participant_id, since, limit, now, collections=wanted, epoch=epoch)
        return Response(page, headers={} if page.has_more else {"ETag": head_tag(page.cursor, page.epoch)})

    @post("/changes", operation_id="PushChanges", action=Action.DIARY_WRITE, status_code=200)
    async def push(
        self, participant_id: FromPath[UUID], actor: CurrentActor, now: Now, data: JSONBody[PushBatch],
        wiring: CurrentWiring,
    ) -> PushAnswer:
        """Hand in what was written on the phone; every item gets its own answer."""
        require_guardianship(actor, participant_id)
        if data.schema < wiring.settings.minimum_app_schema:
            raise AppTooOld
        if len(data.items) > MAX_ITEMS:
            raise TooLarge(f"At most {MAX_ITEMS} items at once")
        sender = Sender(
            actor, participant_id, wiring.protocol, now, data.replica_id, clock_skew(data.sent_at, now),
            data.app_version or actor.app_version, data.schema,
            emergency_number=wiring.settings.emergency_number,
        )
        results = await accept_batch(sender, data.items)
        head, epoch = await head_of(participant_id)
        reach("sync.before_answer")
        return PushAnswer(results, head, epoch, now)

    @get("/events", operation_id="WatchChanges", action=Action.DIARY_READ)
    async def events(
        self, participant_id: FromPath[UUID], actor: CurrentActor, request: Request[Any, Any, Any]
    ) -> ServerSentEvent:
        """A poke (no content) whenever there is something new to pull."""
        require_guardianship(actor, participant_id)
        require_place(participant_id)
        return ServerSentEvent(
            pokes(actor, participant_id), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )


class ProtocolController(Controller):
    path = "/api/v1/protocol"
    tags = ["sync"]

    @get("/", operation_id="ReadProtocol", action=Action.PROTOCOL_READ)
    async def read(self, wiring: CurrentWiring) -> Response[Any]:
        """Forms, edit checks and check-in rhythm, as the server itself uses them."""
        content = published(wiring.protocol)
        return Response(msgspec.json.encode(content), media_type="application/json",
                        headers={"ETag": f'"{content["hash"]}"'})
