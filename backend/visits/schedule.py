"""Planning visits, agreeing appointments, noting who came, and marking what was missed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend import audit
from backend.access import scope
from backend.access.actor import Actor
from backend.errors import FindingsRefused, IllegalState
from backend.visits.known_days import doses_given
from backend.visits.overdue import is_overdue
from backend.visits.recount import recount
from backend.visits.rules import require_plausible, require_visits, visits_of_doses
from backend.visits.telling import tell_of_change
from backend.visits.writing import change_visit
from models import Participant, ParticipantStatus, Visit
from models.actions import Action
from models.participation import effect_of
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import BringItem, VisitState
from notifications.local_time import local_date, to_utc, zone_named

OVER = (VisitState.ATTENDED, VisitState.CANCELLED)


@atomic
async def visits_of(actor: Actor, participant_id: UUID, now: datetime) -> list[Visit]:
    """The schedule of one participant, in order of time."""
    participant = await scope.participant_for(actor, participant_id)
    await audit.note_read(actor, participant.id, now)
    return await _in_order(participant.id)


@atomic
async def plan_visits(
    actor: Actor, participant_id: UUID, protocol: Protocol, now: datetime, *,
    first_dose_on: date | None = None, last_dose_on: date | None = None,
) -> list[Visit]:
    """Count the visits by today's protocol version; days of doses are expected ones, as long as none is noted.

    Done again it changes nothing but what has another day now.
    """
    participant = await scope.locked_participant(actor, participant_id)
    require_visits(participant)
    said = {"first_dose": first_dose_on, "last_dose": last_dose_on}
    require_plausible({f"/{name}_on": day for name, day in said.items()}, now)
    expected = {name: day for name, day in said.items() if day}
    await recount(actor, participant, protocol, now, expected=expected, to_todays_version=True)
    return await _in_order(participant.id)


async def _in_order(participant_id: UUID) -> list[Visit]:
    return await Visit.filter(participant_id=participant_id).order_by("target_on", "plan_code")


@atomic
async def agree_visit(
    actor: Actor, visit_id: UUID, wall: datetime, now: datetime, *, bring: list[BringItem] | None = None
) -> Visit:
    """Note the appointment, as clocks at the site show it; a missed visit is planned again by this.

    `bring`: what the family is told to think of; without it, that stays as it is.
    """
    participant, visit = await scope.visit_for(actor, visit_id)
    require_visits(participant)
    require_plausible({"/at": wall.date()}, now)
    if visit.state in OVER:
        raise IllegalState(state=visit.state)
    before = visit.agreed_at
    new: dict[str, Any] = {"agreed_at": to_utc(wall, zone_named(visit.timezone)), "state": VisitState.PLANNED}
    if bring is not None:
        new["bring"] = [str(item) for item in bring]
    if visit.unscheduled:
        new["target_on"] = wall.date()
    await change_visit(actor, participant, visit, now, action=Action.VISIT_AGREE, new=new)
    await tell_of_change(visit, before, now)
    return visit


@atomic
async def attend_visit(
    actor: Actor, visit_id: UUID, attended_on: date, protocol: Protocol, now: datetime
) -> Visit:
    """Note that the participant came, and on which day; said again with another day it corrects the day.

    What is counted from this visit follows. After an ending, a day before it can still be noted.
    """
    participant, visit = await scope.visit_for(actor, visit_id)
    if not await _took_part_on(participant, attended_on):
        raise IllegalState(state=participant.state)
    require_plausible({"/attended_on": attended_on}, now)
    if attended_on > local_date(now, zone_named(visit.timezone)):
        raise FindingsRefused(findings=[{"code": "attended_in_future", "pointer": "/attended_on"}])
    if await _dose_of_another_day(visit, attended_on, protocol):
        raise FindingsRefused(findings=[{"code": "attended_not_with_the_dose", "pointer": "/attended_on"}])
    new = {"attended_on": attended_on, "state": VisitState.ATTENDED, "cancel_reason": None}
    await change_visit(actor, participant, visit, now, action=Action.VISIT_ATTEND, new=new)
    await recount(actor, participant, protocol, now)
    return await Visit.get(id=visit.id)


async def _dose_of_another_day(visit: Visit, day: date, protocol: Protocol) -> bool:
    """Whoever finds the day wrong corrects the dose; its visit follows."""
    number = visits_of_doses(protocol).get(visit.plan_code)
    given = (await doses_given(visit.participant_id)).get(number) if number else None
    return given is not None and given != day


@atomic
async def miss_visit(actor: Actor, visit_id: UUID, now: datetime) -> bool:
    """Mark a visit as missed, unless that is no longer so now that its participant is locked."""
    participant, visit = await scope.visit_for(actor, visit_id)
    if not effect_of(participant.state).misses_visits or not is_overdue(visit, now):
        return False
    await change_visit(actor, participant, visit, now, action=Action.VISIT_MISS, new={"state": VisitState.MISSED})
    return True


async def _took_part_on(participant: Participant, day: date) -> bool:
    if effect_of(participant.state).has_visits:
        return True
    ended = ParticipantStatus.filter(participant_id=participant.id, state=participant.state)
    last = await ended.order_by("-seq").first()
    return last is not None and day <= last.effective_on
