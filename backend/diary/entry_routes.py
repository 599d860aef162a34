"""Entries as single resources, with ETag and If-Match."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, patch, put
from litestar.params import FromPath, JSONBody, QueryParameter

from backend import audit
from backend.access.actor import Actor, CurrentActor
from backend.border.etags import IfMatch, IfNoneMatch, number_in, version_tag
from backend.clock import Now
from backend.diary.routes import require_guardianship
from backend.diary.safety_told import seen_by_family
from backend.diary.schemas import EntryView, EntryWrite, RevisionView
from backend.diary.single import change_entry, create_entry, entry_view, retract_entry, revisions_of
from backend.diary.uploads import Sender, Upload, change_reason
from backend.errors import PreconditionMissing, UnstorableItem
from backend.wiring import CurrentWiring, Wiring
from models.actions import Action


def with_tag(view: EntryView, status: int = 200) -> Response[EntryView]:
    return Response(view, status_code=status, headers={"ETag": version_tag(view.version)})


def _sender(actor: Actor, participant_id: UUID, wiring: Wiring, now: datetime) -> Sender:
    return Sender(actor, participant_id, wiring.protocol, now, app_version=actor.app_version,
                  emergency_number=wiring.settings.emergency_number)


class EntryController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}/entries/{entry_id:uuid}"
    tags = ["diary"]

    @get("/", operation_id="ReadEntry", action=Action.DIARY_READ)
    async def read(
        self, participant_id: FromPath[UUID], entry_id: FromPath[UUID], actor: CurrentActor, now: Now,
        wiring: CurrentWiring,
    ) -> Response[EntryView]:
        """One entry as it stands now."""
        require_guardianship(actor, participant_id)
        await audit.note_read(actor, participant_id, now)
        view = await entry_view(participant_id, entry_id)
        return with_tag(await seen_by_family(view, actor.account, wiring.settings.emergency_number))

    @get("/revisions", operation_id="ListRevisions", action=Action.DIARY_READ)
    async def revisions(
        self, participant_id: FromPath[UUID], entry_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> list[RevisionView]:
        """Every version ever written of it; the first is source data."""
        require_guardianship(actor, participant_id)
        await audit.note_read(actor, participant_id, now)
        return await revisions_of(participant_id, entry_id)

    @put("/", operation_id="WriteEntry", action=Action.DIARY_WRITE)
    async def write(
        self, participant_id: FromPath[UUID], entry_id: FromPath[UUID], data: JSONBody[EntryWrite],
        actor: CurrentActor, now: Now, wiring: CurrentWiring,
        if_match: IfMatch = None, if_none_match: IfNoneMatch = None,
    ) -> Response[EntryView]:
        """Write a whole entry: a new one (If-None-Match: *), or over the version seen (If-Match)."""
        require_guardianship(actor, participant_id)
        sender = _sender(actor, participant_id, wiring, now)
        if if_match is None and if_none_match == "*":
            return with_tag(await create_entry(sender, entry_id, data), 201)
        if if_match is None:
            raise PreconditionMissing
        base = number_in(if_match, "v")
        return with_tag(await change_entry(sender, entry_id, data, base, whole=True))

    @patch("/", operation_id="CorrectEntry", action=Action.DIARY_WRITE)
    async def correct(
        self, participant_id: FromPath[UUID], entry_id: FromPath[UUID], data: JSONBody[EntryWrite],
        actor: CurrentActor, now: Now, wiring: CurrentWiring, if_match: IfMatch = None,
    ) -> Response[EntryView]:
        """Change some answers of the version seen (If-Match)."""
        require_guardianship(actor, participant_id)
        sender = _sender(actor, participant_id, wiring, now)
        return with_tag(await change_entry(sender, entry_id, data, number_in(if_match, "v"), whole=False))

    @delete("/", operation_id="RetractEntry", action=Action.DIARY_WRITE, status_code=200)
    async def retract(
        self, participant_id: FromPath[UUID], entry_id: FromPath[UUID], actor: CurrentActor, now: Now,
        wiring: CurrentWiring, if_match: IfMatch = None,
        reason: Annotated[str | None, QueryParameter()] = None,
    ) -> Response[EntryView]:
        """Take an entry back; it stays in the history."""
        require_guardianship(actor, participant_id)
        sender = _sender(actor, participant_id, wiring, now)
        chosen = change_reason(reason)
        if chosen is None:
            raise UnstorableItem(errors=[{"pointer": "/reason", "detail": "is required"}])
        base = number_in(if_match, "v")
        upload = Upload(entry_id, {}, retracts=True, base_version=base, reason=chosen)
        return with_tag(await retract_entry(sender, upload))


