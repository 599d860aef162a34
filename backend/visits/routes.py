"""HTTP in and out of the schedule."""

from uuid import UUID

from litestar import Controller, get, post, put
from litestar.params import FromPath, JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.visits.schedule import agree_visit, attend_visit, plan_visits, visits_of
from backend.visits.schemas import Agreement, Attendance, VisitPlan, Visits, VisitView
from backend.wiring import CurrentWiring
from models.actions import Action


class ScheduleController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}"
    tags = ["visits"]

    @get("/visits", operation_id="ListVisits", action=Action.VISIT_READ)
    async def show(self, actor: CurrentActor, participant_id: FromPath[UUID], now: Now) -> Visits:
        """List a participant's visits in order of time."""
        return Visits([VisitView.of(visit) for visit in await visits_of(actor, participant_id, now)])

    @post("/visit-plan", operation_id="PlanVisits", action=Action.VISIT_PLAN, status_code=200)
    async def plan(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID],
        data: JSONBody[VisitPlan], now: Now,
    ) -> Visits:
        """Plan a participant's visits from the doses; again with other days moves what is not agreed yet."""
        visits = await plan_visits(
            actor, participant_id, data.first_dose_on, wiring.protocol, now, last_dose_on=data.last_dose_on
        )
        return Visits([VisitView.of(visit) for visit in visits])


class VisitController(Controller):
    path = "/api/v1/visits/{visit_id:uuid}"
    tags = ["visits"]

    @put("/agreement", operation_id="AgreeVisit", action=Action.VISIT_AGREE)
    async def agree(
        self, actor: CurrentActor, visit_id: FromPath[UUID], data: JSONBody[Agreement], now: Now
    ) -> VisitView:
        """Note the appointment agreed with the family, in the site's local time."""
        return VisitView.of(await agree_visit(actor, visit_id, data.at, now))

    @post("/attendance", operation_id="AttendVisit", action=Action.VISIT_ATTEND, status_code=200)
    async def attend(
        self, actor: CurrentActor, visit_id: FromPath[UUID], data: JSONBody[Attendance], now: Now
    ) -> VisitView:
        """Note that the participant came, and on which day."""
        return VisitView.of(await attend_visit(actor, visit_id, data.attended_on, now))
