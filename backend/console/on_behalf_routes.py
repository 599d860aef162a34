"""Writing down what a parent tells on the phone, or what a chart says: the protocol's own questions on one page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import Actor, CurrentActor
from backend.clock import Now
from backend.console.on_behalf_form import answers_typed, asked, is_filled, rows
from backend.console.pages import REFUSALS, onward, page
from backend.console.remarks import remarks_in, ticked_in
from backend.console.typed import Asked, Typed, typed_in
from backend.diary.on_behalf import log_on_behalf
from backend.diary.schemas import OnBehalf
from backend.errors import (
    CollectionClosed,
    FindingsRefused,
    IdUnusable,
    InvalidBody,
    InvalidParameter,
    Stale,
    StudyError,
    UnstorableItem,
)
from backend.paging import MAX_LIMIT
from backend.participants.enrolment import open_record
from backend.participants.guardianship import guardianships_of
from backend.wiring import CurrentWiring, Wiring
from models import Guardianship
from models.actions import Action
from models.fields import new_id
from models.vocabulary import EntryKind, Relation
from notifications.local_time import zone_named

SAID_ON_THE_PAGE = (CollectionClosed, FindingsRefused, IdUnusable, InvalidBody, Stale, UnstorableItem)
RELATIONS = [relation for relation in Relation if relation is not Relation.SITE_STAFF]
CHART = "chart"
MINUTE = "%Y-%m-%dT%H:%M"
WHO = ("guardianship_id", "relation")
"""What the use case is told apart, the page asks as one question."""


class OnBehalfPages(Controller):
    path = "/console/participants/{participant_id:uuid}/telling"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.ENTRY_LOG_ON_BEHALF)
    async def ask(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[Any]:
        """The questions about one kind of entry; the entry gets its id here, so that it is stored once."""
        kind = _kind(request.query_params.get("kind") or EntryKind.FRACTURE)
        typed = {"entry_id": str(new_id()), "told_at": f"{now.astimezone(zone_named(actor.timezone)):{MINUTE}}"}
        return await _Telling(request, actor, wiring, participant_id, now).show(kind, typed)

    @post("/", action=Action.ENTRY_LOG_ON_BEHALF)
    async def write(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[Any]:
        """Store it, or say beside each answer what is odd about it."""
        typed = await typed_in(request)
        kind, entry_id = _kind(typed.get("kind", "")), _entry_id(typed)
        try:
            told = _told(kind, typed, actor, wiring)
            await log_on_behalf(actor, participant_id, entry_id, told, wiring.protocol, now)
        except SAID_ON_THE_PAGE as refusal:
            return await _Telling(request, actor, wiring, participant_id, now).show(kind, typed, refusal)
        return onward(request, f"/console/entries/{entry_id}", done="told")


@dataclass(frozen=True)
class _Telling:
    request: Asked
    actor: Actor
    wiring: Wiring
    participant_id: UUID
    now: datetime

    async def show(self, kind: EntryKind, typed: Typed, refusal: StudyError | None = None) -> Response[Any]:
        """Raises NotFound."""
        participant = await open_record(self.actor, self.participant_id, self.now)
        reader = self.actor.acting(Action.GUARDIANSHIP_READ)
        found, with_names = await guardianships_of(reader, self.participant_id, None, MAX_LIMIT)
        questions = asked(self.wiring.protocol.form(kind))
        remarks = remarks_in(refusal, typed, [*questions, *WHO, "told_by", "told_at"], confirmable=True)
        who = [remark for part in WHO for remark in remarks.beside.pop(part, [])]
        if who:
            remarks.beside["told_by"] = who[:1]
        return page(
            self.request, "on_behalf.html", status=refusal.status if refusal else 200, participant=participant,
            kind=kind, kinds=list(self.wiring.protocol.file.form), questions=questions, typed=typed, refusal=refusal,
            remarks=remarks, guardians=[link for link in found.items if _holds(link, self.now)], chart=CHART,
            with_names=with_names, relations=RELATIONS, rows=rows, is_filled=is_filled,
        )


def _kind(text: str) -> EntryKind:
    try:
        return EntryKind(text)
    except ValueError as unknown:
        raise InvalidParameter("There is no such kind of entry") from unknown


def _entry_id(typed: Typed) -> UUID:
    try:
        return UUID(typed.get("entry_id", ""))
    except ValueError as malformed:
        raise InvalidParameter("Please open the page again") from malformed


def _holds(link: Guardianship, now: datetime) -> bool:
    return not link.locked_at and link.starts_at <= now and (link.ends_at is None or link.ends_at > now)


def _told(kind: EntryKind, typed: Typed, actor: Actor, wiring: Wiring) -> OnBehalf:
    """Raises InvalidBody."""
    who = typed.get("told_by", "")
    told = OnBehalf(
        kind=kind, data=answers_typed(wiring.protocol.form(kind), typed),
        source="chart_review" if who == CHART else "site_interview", told_at=_told_at(typed, actor.timezone),
        confirmed=sorted({remark.code for remark in ticked_in(typed)}),
    )
    if who != CHART:
        told.guardianship_id, told.relation = _teller(who)
    return told


def _teller(who: str) -> tuple[UUID | None, Relation | None]:
    """A guardianship or, of somebody without an account, the relation."""
    what, _, which = who.partition(":")
    try:
        return (UUID(which), None) if what == "guardianship" else (None, Relation(which))
    except ValueError as unknown:
        raise InvalidBody(errors=[{"pointer": "/told_by", "detail": "is not somebody to choose"}]) from unknown


def _told_at(typed: Typed, zone: str) -> datetime | None:
    """On the writer's own clock."""
    text = typed.get("told_at", "").strip()
    if not text:
        return None
    try:
        wall = datetime.strptime(text, MINUTE)  # noqa: DTZ007 - what a field of this kind sends has no zone
    except ValueError as odd:
        raise InvalidBody(errors=[{"pointer": "/told_at", "detail": "is no day and time"}]) from odd
    return wall.replace(tzinfo=zone_named(zone))
