"""What could not be stored, where staff see it."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.diary.quarantine import dismiss
from backend.diary.quarantine_listing import QuarantineView, quarantined
from backend.paging import DEFAULT_LIMIT, Page
from models.actions import Action


class Dismissal(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class QuarantineController(Controller):
    path = "/api/v1/quarantined-items"
    tags = ["review"]

    @get("/", operation_id="ListQuarantine", action=Action.QUARANTINE_READ)
    async def read(
        self, actor: CurrentActor, now: Now, cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
        limit: Annotated[int, QueryParameter()] = DEFAULT_LIMIT,
    ) -> Page[QuarantineView]:
        """What phones sent and could not be stored, oldest first."""
        return await quarantined(actor, cursor, limit, now)

    @post("/{item_id:uuid}/dismissal", operation_id="DismissQuarantined", action=Action.QUARANTINE_DISMISS,
          status_code=204)
    async def dismiss(
        self, item_id: FromPath[UUID], data: JSONBody[Dismissal], actor: CurrentActor, now: Now
    ) -> None:
        """It has been dealt with."""
        await dismiss(actor, item_id, data.reason, now)
