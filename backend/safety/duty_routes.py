"""HTTP in and out of the duty roster."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from backend.access.actor import CurrentActor
from backend.border.idempotency import once
from backend.clock import Now
from backend.safety.duty import end_shift, plan_shift, rosters
from backend.safety.schemas import NewShift, Roster, ShiftView
from models.actions import Action

Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key")]


class DutyController(Controller):
    path = "/api/v1"
    tags = ["safety"]

    @get("/duty-rosters", operation_id="ReadDutyRosters", action=Action.DUTY_READ)
    async def show(
        self, actor: CurrentActor, now: Now, site: Annotated[str | None, QueryParameter(max_length=10)] = None
    ) -> list[Roster]:
        """Who is on duty at my sites, the shifts to come, and when nobody answers in the next seven days."""
        return await rosters(actor, now, site=site)

    @post("/duty-shifts", operation_id="PlanDutyShift", action=Action.DUTY_PLAN)
    async def plan(
        self, actor: CurrentActor, data: JSONBody[NewShift], now: Now, idempotency_key: Key = None
    ) -> ShiftView:
        """Say who answers for a site from one instant to another."""
        return await once(actor.account, idempotency_key, data, ShiftView, now, lambda: plan_shift(actor, data, now))

    @post("/duty-shifts/{shift_id:uuid}/ending", operation_id="EndDutyShift", action=Action.DUTY_END, status_code=200)
    async def end(self, actor: CurrentActor, shift_id: FromPath[UUID], now: Now) -> ShiftView:
        """A running shift ends now; one to come never begins."""
        return await end_shift(actor, shift_id, now)
