"""Visits outside the plan, and single visits that do not take place after all."""

from datetime import datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.errors import IllegalState
from backend.visits.rules import require_plausible, require_visits
from backend.visits.telling import tell_of_change
from backend.visits.writing import add_visit, change_visit, new_visit
from models import Visit
from models.actions import Action
from models.protocol.visit_faults import OUTSIDE_THE_PLAN
from models.transaction import atomic
from models.visit_plan import Window
from models.vocabulary import BringItem, VisitCancelReason, VisitState
from notifications.local_time import to_utc, zone_named


@atomic
async def add_unscheduled(
    actor: Actor, participant_id: UUID, wall: datetime, bring: list[BringItem], now: datetime
) -> Visit:
    """A visit that no plan knows, agreed as clocks at the site show it; the day that was agreed is its target.

    Raises NotFound, IllegalState or FindingsRefused.
    """
    participant = await scope.locked_participant(actor, participant_id)
    require_visits(participant)
    require_plausible({"/at": wall.date()}, now)
    await participant.fetch_related("site")
    number = await Visit.filter(participant_id=participant.id, unscheduled=True).count() + 1
    visit = new_visit(
        participant, f"{OUTSIDE_THE_PLAN}{number}", Window(wall.date()), unscheduled=True,
        agreed_at=to_utc(wall, zone_named(participant.site.timezone)), bring=[str(item) for item in bring],
    )
    return await add_visit(actor, participant, visit, now, action=Action.VISIT_ADD)


@atomic
async def cancel_visit(actor: Actor, visit_id: UUID, reason: VisitCancelReason, now: datetime) -> Visit:
    """It does not take place; said again with another reason it corrects the reason. Raises NotFound, IllegalState."""
    participant, visit = await scope.visit_for(actor, visit_id)
    require_visits(participant)
    if visit.state is VisitState.ATTENDED:
        raise IllegalState(state=visit.state)
    before = visit.agreed_at if visit.state is VisitState.PLANNED else None
    new = {"state": VisitState.CANCELLED, "cancel_reason": reason}
    await change_visit(actor, participant, visit, now, action=Action.VISIT_CANCEL, new=new)
    await tell_of_change(visit, before, now)
    return visit


@atomic
async def plan_again(actor: Actor, visit_id: UUID, now: datetime) -> Visit:
    """A cancelled visit is one to come after all; its day is still to be agreed. Raises NotFound or IllegalState."""
    participant, visit = await scope.visit_for(actor, visit_id)
    require_visits(participant)
    if visit.state is not VisitState.CANCELLED:
        raise IllegalState(state=visit.state)
    new = {"state": VisitState.PLANNED, "cancel_reason": None, "agreed_at": None}
    return await change_visit(actor, participant, visit, now, action=Action.VISIT_CANCEL, new=new)
