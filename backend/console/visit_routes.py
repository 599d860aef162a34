"""The visits of a participant, as the page takes them: agreeing, who came, cancelling, and what moves the plan."""

from typing import Any

from litestar import Controller, Response, post
from litestar.di import Provide

from backend.console.dose_page import attempt, visits_of_participant
from backend.console.pages import REFUSALS
from backend.console.participant_page import CurrentParticipant, OpenParticipant, provide_participant
from backend.console.typed import Typed, ticked, wanted
from backend.errors import InvalidBody, InvalidParameter
from backend.visits.anchor_days import note_anchor_day
from backend.visits.schedule import agree_visit, attend_visit, plan_visits
from backend.visits.schemas import Agreement, AnchorDayNote, Attendance, Cancellation, NewVisit, VisitPlan
from backend.visits.single import add_unscheduled, cancel_visit, plan_again
from models import Visit
from models.actions import Action
from models.vocabulary import DayAnchor

WITHOUT_SECONDS = len("2026-05-20T09:30")
NOTHING = "nothing"
"""The box that takes back what a family was told to think of."""


class VisitPages(Controller):
    path = "/console/participants/{participant_id:uuid}/doses"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_participant)}

    @post("/visit-plan", action=Action.VISIT_PLAN)
    async def plan(self, opened: CurrentParticipant) -> Response[Any]:
        """Count the visits by today's protocol version, perhaps from a first dose that is expected."""

        async def act(typed: Typed) -> None:
            said = wanted(typed, VisitPlan)
            await plan_visits(opened.actor, opened.id, opened.wiring.protocol, opened.now,
                              first_dose_on=said.first_dose_on, last_dose_on=said.last_dose_on)

        return await attempt(opened, act, form="visit-plan", done="visit-plan")

    @post("/agreement", action=Action.VISIT_AGREE)
    async def agree(self, opened: CurrentParticipant) -> Response[Any]:
        """Note the appointment, on the clocks of the site, and what to think of before it."""

        async def act(typed: Typed) -> None:
            boxes = ticked(typed, "bring")
            bring = [box for box in boxes if box != NOTHING] if boxes else None
            agreed = wanted(_with_seconds(typed), Agreement, bring=bring)
            visit = await _visit(opened, typed)
            await agree_visit(opened.actor, visit.id, agreed.at, opened.now, bring=agreed.bring)

        return await attempt(opened, act, form="agreement", done="agreed")

    @post("/visits", action=Action.VISIT_ADD)
    async def add(self, opened: CurrentParticipant) -> Response[Any]:
        """Agree a visit that the plan does not know."""

        async def act(typed: Typed) -> None:
            said = wanted(_with_seconds(typed), NewVisit, bring=ticked(typed, "bring"))
            await add_unscheduled(opened.actor, opened.id, said.at, said.bring, opened.now)

        return await attempt(opened, act, form="visits", done="visit-added")

    @post("/attendance", action=Action.VISIT_ATTEND)
    async def attend(self, opened: CurrentParticipant) -> Response[Any]:
        """Note that they came."""

        async def act(typed: Typed) -> None:
            came = wanted(typed, Attendance)
            visit, protocol = await _visit(opened, typed), opened.wiring.protocol
            await attend_visit(opened.actor, visit.id, came.attended_on, protocol, opened.now)

        return await attempt(opened, act, form="attendance", done="came")

    @post("/cancellation", action=Action.VISIT_CANCEL)
    async def cancel(self, opened: CurrentParticipant) -> Response[Any]:
        """Note that a visit does not take place, and why."""

        async def act(typed: Typed) -> None:
            said = wanted(typed, Cancellation)
            await cancel_visit(opened.actor, (await _visit(opened, typed)).id, said.reason, opened.now)

        return await attempt(opened, act, form="cancellation", done="visit-cancelled")

    @post("/again", action=Action.VISIT_CANCEL)
    async def again(self, opened: CurrentParticipant) -> Response[Any]:
        """Plan a cancelled visit again."""

        async def act(typed: Typed) -> None:
            await plan_again(opened.actor, (await _visit(opened, typed)).id, opened.now)

        return await attempt(opened, act, form="again", done="visit-again")

    @post("/anchor-days", action=Action.ANCHOR_NOTE)
    async def note_day(self, opened: CurrentParticipant) -> Response[Any]:
        """Note a day from which visits are counted, or correct it with a reason."""

        async def act(typed: Typed) -> None:
            said, protocol = wanted(typed, AnchorDayNote), opened.wiring.protocol
            await note_anchor_day(opened.actor, opened.id, _anchor(typed), said.on_day, protocol, opened.now,
                                  reason=said.reason)

        return await attempt(opened, act, form="anchor-days", done="anchor-day")


def _with_seconds(typed: Typed) -> Typed:
    """A browser leaves them out."""
    at = typed.get("at", "").strip()
    return {**typed, "at": f"{at}:00" if len(at) == WITHOUT_SECONDS else at}


def _anchor(typed: Typed) -> DayAnchor:
    try:
        return DayAnchor(typed.get("anchor", ""))
    except ValueError as fault:
        raise InvalidParameter("There is no such day") from fault


async def _visit(opened: OpenParticipant, typed: Typed) -> Visit:
    """That of this very participant that was chosen. Raises InvalidBody."""
    for visit in await visits_of_participant(opened):
        if str(visit.id) == typed.get("visit_id"):
            return visit
    raise InvalidBody(errors=[{"pointer": "/visit_id", "detail": "is no visit of this participant"}])
