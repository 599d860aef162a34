"""The doses of a participant: which were given when, noting one, and planning the visits that are counted from them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import Actor, CurrentActor
from backend.clock import Now
from backend.console.pages import REFUSALS, may_at, onward, page
from backend.console.remarks import remarks_in
from backend.console.typed import Asked, Typed, typed_in, wanted
from backend.errors import FindingsRefused, IllegalState, InvalidBody, InvalidParameter, StudyError
from backend.participants.enrolment import open_record
from backend.visits.doses import doses_of, note_dose, plan_from
from backend.visits.schedule import plan_visits, visits_of
from backend.visits.schemas import DoseNote, VisitPlan
from backend.wiring import CurrentWiring, Wiring
from models.actions import Action
from models.vocabulary import ChangeReason, DoseRoute

SAID_ON_THE_PAGE = (FindingsRefused, IllegalState, InvalidBody)
REASONS = (ChangeReason.MISTYPED, ChangeReason.TOLD_BY_CLINICIAN, ChangeReason.ENTERED_IN_ERROR, ChangeReason.OTHER)
QUESTIONS = ("given_on", "route", "reason")


class DosePages(Controller):
    path = "/console/participants/{participant_id:uuid}/doses"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.DOSE_READ)
    async def show(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[Any]:
        """In order of their numbers, with the visits that were planned."""
        return await _doses(request, actor, wiring, participant_id, now)

    @post("/", action=Action.DOSE_NOTE)
    async def note(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[Any]:
        """Note one, or correct it with a reason."""
        typed = await typed_in(request)
        try:
            noted = wanted(typed, DoseNote)
            await note_dose(actor, participant_id, _number(typed), noted, wiring.protocol, now)
        except SAID_ON_THE_PAGE as refusal:
            return await _doses(request, actor, wiring, participant_id, now, typed=typed, refusal=refusal)
        return onward(request, f"/console/participants/{participant_id}/doses", done="dose")

    @post("/visit-plan", action=Action.VISIT_PLAN)
    async def plan(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[Any]:
        """Plan the visits as the page offered it."""
        try:
            offered = wanted(await typed_in(request), VisitPlan)
            await plan_visits(actor, participant_id, offered.first_dose_on, wiring.protocol, now,
                              last_dose_on=offered.last_dose_on)
        except SAID_ON_THE_PAGE as refusal:
            return await _doses(request, actor, wiring, participant_id, now, refusal=refusal)
        return onward(request, f"/console/participants/{participant_id}/doses", done="visit-plan")


async def _doses(
    request: Asked, actor: Actor, wiring: Wiring, participant_id: UUID, now: datetime, *, typed: Typed | None = None,
    refusal: StudyError | None = None,
) -> Response[Any]:
    participant = await open_record(actor.acting(Action.PARTICIPANT_READ), participant_id, now)
    doses = await doses_of(actor.acting(Action.DOSE_READ), participant_id, now)
    rule = wiring.protocol.file.doses
    plan = plan_from(doses, wiring.protocol)
    following = len(doses) + 1 if len(doses) < rule.most else None
    return page(
        request, "doses.html", status=refusal.status if refusal else 200, participant=participant, doses=doses,
        visits=await visits_of(actor.acting(Action.VISIT_READ), participant_id, now),
        has_doses=participant.arm in rule.arms,
        next_number=following, numbers=[str(number) for number in (*(dose.number for dose in doses), following)],
        reasons=REASONS, routes=list(DoseRoute),
        typed=typed or {}, refusal=refusal, remarks=remarks_in(refusal, typed or {}, QUESTIONS),
        may_note=may_at(actor, Action.DOSE_NOTE, participant.site_id),
        plan=plan if may_at(actor, Action.VISIT_PLAN, participant.site_id) else None,
    )


def _number(typed: Typed) -> int:
    text = typed.get("number", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 3):
        raise InvalidParameter("There is no such dose")
    return int(text)
