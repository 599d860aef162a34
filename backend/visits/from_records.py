"""Visits that the site's records know of: planned ones and those that took place before this server was there."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.errors import FindingsRefused
from backend.visits.schedule import (
    applies,
    attend_visit,
    follow_doses,
    new_visit,
    require_plausible,
    require_visits,
    write_visit,
)
from backend.visits.windows import window_about, window_for
from models import Dose, Participant, Visit
from models.actions import Action
from models.protocol import Protocol, VisitRule
from models.transaction import atomic


@dataclass(frozen=True)
class RecordedVisit:
    plan_code: str
    target_on: date | None
    """Empty = counted from the doses that are noted."""
    attended_on: date | None


@atomic
async def note_visit_from_records(
    actor: Actor, participant_id: UUID, recorded: RecordedVisit, protocol: Protocol, now: datetime
) -> bool:
    """Whether anything was new. What stands otherwise in the schedule is refused, never moved.

    Raises NotFound, IllegalState or FindingsRefused.
    """
    participant = await scope.locked_participant(actor.acting(Action.VISIT_PLAN), participant_id)
    rule = _rule(participant, recorded.plan_code, protocol)
    visit = await Visit.get_or_none(participant_id=participant.id, plan_code=rule.code)
    is_new = visit is None
    if visit is None:
        visit = await _plan(actor, participant, rule, recorded, now, protocol=protocol)
    elif recorded.target_on not in (None, visit.target_on):
        raise _refused("visit.differs", "target_on")
    if recorded.attended_on in (None, visit.attended_on):
        return is_new
    if visit.attended_on:
        raise _refused("visit.differs", "attended_on")
    await attend_visit(actor.acting(Action.VISIT_ATTEND), visit.id, recorded.attended_on, now)
    return True


async def _plan(
    actor: Actor, participant: Participant, rule: VisitRule, recorded: RecordedVisit, now: datetime, *,
    protocol: Protocol,
) -> Visit:
    if recorded.attended_on is None:
        require_visits(participant)
    require_plausible({"/target_on": recorded.target_on}, now)
    await participant.fetch_related("site")
    if recorded.target_on:
        window = window_about(rule, recorded.target_on)
    elif anchor := await _anchor(participant, rule, protocol):
        window = window_for(rule, anchor)
    else:
        raise _refused("visit.dose_not_noted", "target_on")
    visit = new_visit(participant, rule.code)
    await write_visit(actor.acting(Action.VISIT_PLAN), participant, visit, window, now)
    await follow_doses(actor, participant, now)
    return await Visit.get(id=visit.id)


def _rule(participant: Participant, code: str, protocol: Protocol) -> VisitRule:
    for rule in protocol.file.visit:
        if rule.code == code and applies(rule, participant):
            return rule
    raise _refused("visit.not_in_plan", "plan_code")


async def _anchor(participant: Participant, rule: VisitRule, protocol: Protocol) -> date | None:
    number = 1 if rule.anchor == "first_dose" else protocol.file.doses.most
    dose = await Dose.get_or_none(participant_id=participant.id, number=number)
    return dose.given_on if dose else None


def _refused(code: str, field: str) -> FindingsRefused:
    return FindingsRefused(findings=[{"code": code, "field": field}])
