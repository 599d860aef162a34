"""HTTP in and out of the schedule."""

from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.params import FromPath, JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.visits.schedule import agree_visit, attend_visit, plan_visits, visits_of
from backend.visits.schemas import (
    Agreement,
    Attendance,
    Cancellation,
    NewVisit,
    VisitPlan,
    Visits,
    VisitView,
    phases_of,
)
from backend.visits.single import add_unscheduled, cancel_visit, plan_again
from backend.wiring import CurrentWiring
from models.actions import Action


class ScheduleController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}"
    tags = ["visits"]

    @get("/visits", operation_id="ListVisits", action=Action.VISIT_READ)
    async def show(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID], now: Now
    ) -> Visits:
        """List a participant's visits in order of time."""
        return Visits.of(await visits_of(actor, participant_id, now), wiring.protocol, now)

    @post("/visits", operation_id="AddVisit", action=Action.VISIT_ADD)
    async def add(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID], data: JSONBody[NewVisit],
        now: Now,
    ) -> VisitView:
        """Add a visit outside the plan, agreed with the family in the site's local time."""
        visit = await add_unscheduled(actor, participant_id, data.at, data.bring, now)
        return VisitView.of(visit, phases_of(wiring.protocol), now)

    @post("/visit-plan", operation_id="PlanVisits", action=Action.VISIT_PLAN, status_code=200)
    async def plan(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID],
        data: JSONBody[VisitPlan], now: Now,
    ) -> Visits:
        """Count a participant's visits by today's protocol version; appointments stay, their windows move."""
        visits = await plan_visits(
            actor, participant_id, wiring.protocol, now, first_dose_on=data.first_dose_on,
            last_dose_on=data.last_dose_on,
        )
        return Visits.of(visits, wiring.protocol, now)


class VisitController(Controller):
    path = "/api/v1/visits/{visit_id:uuid}"
    tags = ["visits"]

    @put("/agreement", operation_id="AgreeVisit", action=Action.VISIT_AGREE)
    async def agree(
        self, actor: CurrentActor, wiring: CurrentWiring, visit_id: FromPath[UUID], data: JSONBody[Agreement], now: Now
    ) -> VisitView:
        """Note the appointment agreed with the family, in the site's local time, and what to think of before it."""
        visit = await agree_visit(actor, visit_id, data.at, now, bring=data.bring)
        return VisitView.of(visit, phases_of(wiring.protocol), now)

    @post("/attendance", operation_id="AttendVisit", action=Action.VISIT_ATTEND, status_code=200)
    async def attend(
        self, actor: CurrentActor, wiring: CurrentWiring, visit_id: FromPath[UUID], data: JSONBody[Attendance], now: Now
    ) -> VisitView:
        """Note that the participant came, and on which day."""
        visit = await attend_visit(actor, visit_id, data.attended_on, wiring.protocol, now)
        return VisitView.of(visit, phases_of(wiring.protocol), now)

    @put("/cancellation", operation_id="CancelVisit", action=Action.VISIT_CANCEL)
    async def cancel(
        self, actor: CurrentActor, wiring: CurrentWiring, visit_id: FromPath[UUID], data: JSONBody[Cancellation],
        now: Now,
    ) -> VisitView:
        """Note that a visit does not take place, and why; families are told if it was to be within 48 hours."""
        visit = await cancel_visit(actor, visit_id, data.reason, now)
        return VisitView.of(visit, phases_of(wiring.protocol), now)

    @delete("/cancellation", operation_id="PlanVisitAgain", action=Action.VISIT_CANCEL, status_code=200)
    async def plan_again(
        self, actor: CurrentActor, wiring: CurrentWiring, visit_id: FromPath[UUID], now: Now
    ) -> VisitView:
        """Plan a cancelled visit again; its day is still to be agreed."""
        return VisitView.of(await plan_again(actor, visit_id, now), phases_of(wiring.protocol), now)
