"""The doses of a participant and the visits counted from them: noting, planning, agreeing a day, who came."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import Provide

from backend.console.pages import REFUSALS, may_at, onward, page
from backend.console.participant_page import CurrentParticipant, OpenParticipant, provide_participant
from backend.console.remarks import remarks_in
from backend.console.typed import Typed, typed_in, wanted
from backend.errors import FindingsRefused, IllegalState, InvalidBody, InvalidParameter, StudyError
from backend.visits.doses import doses_of, note_dose, plan_from
from backend.visits.schedule import agree_visit, attend_visit, plan_visits, visits_of
from backend.visits.schemas import Agreement, Attendance, DoseNote, VisitPlan
from models import Visit
from models.actions import Action
from models.vocabulary import ChangeReason, DoseRoute, VisitState

SAID_ON_THE_PAGE = (FindingsRefused, IllegalState, InvalidBody)
REASONS = (ChangeReason.MISTYPED, ChangeReason.TOLD_BY_CLINICIAN, ChangeReason.ENTERED_IN_ERROR, ChangeReason.OTHER)
QUESTIONS = ("given_on", "route", "reason", "visit_id", "at", "attended_on")
AHEAD = (VisitState.PLANNED, VisitState.MISSED)
WITHOUT_SECONDS = len("2026-05-20T09:30")


class DosePages(Controller):
    path = "/console/participants/{participant_id:uuid}/doses"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_participant)}

    @get("/", action=Action.DOSE_READ)
    async def show(self, opened: CurrentParticipant) -> Response[Any]:
        """In order of their numbers, with the visits that were planned."""
        return await _doses(opened)

    @post("/", action=Action.DOSE_NOTE)
    async def note(self, opened: CurrentParticipant) -> Response[Any]:
        """Note one, or correct it with a reason."""

        async def act(typed: Typed) -> None:
            noted = wanted(typed, DoseNote)
            protocol = opened.wiring.protocol
            await note_dose(opened.actor, opened.id, _number(typed), noted, protocol, opened.now)

        return await _attempt(opened, act, done="dose")

    @post("/visit-plan", action=Action.VISIT_PLAN)
    async def plan(self, opened: CurrentParticipant) -> Response[Any]:
        """Plan the visits as the page offered it."""

        async def act(typed: Typed) -> None:
            offered = wanted(typed, VisitPlan)
            await plan_visits(opened.actor, opened.id, offered.first_dose_on, opened.wiring.protocol, opened.now,
                              last_dose_on=offered.last_dose_on)

        return await _attempt(opened, act, done="visit-plan")

    @post("/agreement", action=Action.VISIT_AGREE)
    async def agree(self, opened: CurrentParticipant) -> Response[Any]:
        """Note the appointment, on the clocks of the site."""

        async def act(typed: Typed) -> None:
            at = typed.get("at", "").strip()
            agreed = wanted({"at": f"{at}:00" if len(at) == WITHOUT_SECONDS else at}, Agreement)
            await agree_visit(opened.actor, (await _visit(opened, typed)).id, agreed.at, opened.now)

        return await _attempt(opened, act, done="agreed")

    @post("/attendance", action=Action.VISIT_ATTEND)
    async def attend(self, opened: CurrentParticipant) -> Response[Any]:
        """Note that they came."""

        async def act(typed: Typed) -> None:
            came = wanted(typed, Attendance)
            await attend_visit(opened.actor, (await _visit(opened, typed)).id, came.attended_on, opened.now)

        return await _attempt(opened, act, done="came")


async def _attempt(
    opened: OpenParticipant, act: Callable[[Typed], Awaitable[None]], *, done: str
) -> Response[Any]:
    """Do what the form says; what refuses is said on the page."""
    typed = await typed_in(opened.request)
    try:
        await act(typed)
    except SAID_ON_THE_PAGE as refusal:
        return await _doses(opened, typed=typed, refusal=refusal)
    return onward(opened.request, f"{opened.address}/doses", done=done)


async def _doses(
    opened: OpenParticipant, *, typed: Typed | None = None, refusal: StudyError | None = None
) -> Response[Any]:
    actor, protocol = opened.actor, opened.wiring.protocol
    participant = await opened.record()
    doses, visits = await doses_of(actor.acting(Action.DOSE_READ), opened.id, opened.now), await _visits(opened)
    rule, site = protocol.file.doses, participant.site_id
    plan = plan_from(doses, protocol)
    following = len(doses) + 1 if len(doses) < rule.most else None
    return page(
        opened.request, "doses.html", status=refusal.status if refusal else 200, participant=participant, doses=doses,
        visits=visits, ahead=[visit for visit in visits if visit.state in AHEAD],
        has_doses=participant.arm in rule.arms, next_number=following,
        numbers=[str(number) for number in (*(dose.number for dose in doses), following)],
        reasons=REASONS, routes=list(DoseRoute),
        typed=typed or {}, refusal=refusal, remarks=remarks_in(refusal, typed or {}, QUESTIONS),
        may_note=may_at(actor, Action.DOSE_NOTE, site), may_agree=may_at(actor, Action.VISIT_AGREE, site),
        may_attend=may_at(actor, Action.VISIT_ATTEND, site),
        plan=plan if may_at(actor, Action.VISIT_PLAN, site) else None,
    )


async def _visits(opened: OpenParticipant) -> list[Visit]:
    return await visits_of(opened.actor.acting(Action.VISIT_READ), opened.id, opened.now)


async def _visit(opened: OpenParticipant, typed: Typed) -> Visit:
    """That of this very participant that was chosen. Raises InvalidBody."""
    for visit in await _visits(opened):
        if str(visit.id) == typed.get("visit_id"):
            return visit
    raise InvalidBody(errors=[{"pointer": "/visit_id", "detail": "is no visit of this participant"}])


def _number(typed: Typed) -> int:
    text = typed.get("number", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 3):
        raise InvalidParameter("There is no such dose")
    return int(text)
