"""Visits that the site's records know of: planned ones and those that took place before this server was there.

What the records say about the day stands: the plan never moves such a visit.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.errors import FindingsRefused
from backend.visits.recount import recount
from backend.visits.rules import require_plausible, require_visits
from backend.visits.schedule import attend_visit
from backend.visits.writing import add_visit, change_visit, days_of, new_visit
from models import Participant, Visit
from models.actions import Action
from models.participation import effect_of
from models.protocol import Occurrence, Protocol
from models.protocol.repeats import by_code
from models.transaction import atomic
from models.visit_plan import Window, window_about
from models.vocabulary import VisitState


@dataclass(frozen=True)
class RecordedVisit:
    plan_code: str
    target_on: date | None
    """Empty = counted from the days that are noted."""
    attended_on: date | None


@atomic
async def note_visit_from_records(
    actor: Actor, participant_id: UUID, recorded: RecordedVisit, protocol: Protocol, now: datetime
) -> bool:
    """Whether anything was new. What people have noted otherwise is refused, never moved.

    Raises NotFound, IllegalState or FindingsRefused.
    """
    participant = await scope.locked_participant(actor.acting(Action.VISIT_PLAN), participant_id)
    one = _planned(participant, recorded.plan_code, protocol)
    visit, is_new = await _visit(actor, participant, one, recorded, now, protocol=protocol)
    if recorded.attended_on in (None, visit.attended_on):
        return is_new
    if visit.attended_on:
        raise _refused("visit.differs", "attended_on")
    await attend_visit(actor.acting(Action.VISIT_ATTEND), visit.id, recorded.attended_on, protocol, now)
    return True


async def _visit(
    actor: Actor, participant: Participant, one: Occurrence, recorded: RecordedVisit, now: datetime, *,
    protocol: Protocol,
) -> tuple[Visit, bool]:
    """As it stands, or planned by this; and whether that is new."""
    visit = await Visit.get_or_none(participant_id=participant.id, plan_code=one.code)
    if visit is None:
        if recorded.attended_on is None:
            require_visits(participant)
        return await _plan(actor, participant, one, recorded, now, protocol=protocol), True
    if recorded.target_on in (None, visit.target_on):
        return visit, False
    if visit.protocol_hash is None or visit.agreed_at or visit.state is not VisitState.PLANNED:
        raise _refused("visit.differs", "target_on")
    require_plausible({"/target_on": recorded.target_on}, now)
    said = {**days_of(window_about(one.rule, recorded.target_on)), "protocol_hash": None}
    await change_visit(actor, participant, visit, now, action=Action.VISIT_PLAN, new=said)
    return visit, True


async def _plan(
    actor: Actor, participant: Participant, one: Occurrence, recorded: RecordedVisit, now: datetime, *,
    protocol: Protocol,
) -> Visit:
    require_plausible({"/target_on": recorded.target_on}, now)
    if recorded.target_on or not effect_of(participant.state).has_visits:
        target = recorded.target_on or recorded.attended_on
        if target is None:
            raise _refused("visit.dose_not_noted", "target_on")
        await participant.fetch_related("site")
        visit = _as_recorded(participant, one, window_about(one.rule, target))
        await add_visit(actor, participant, visit, now, action=Action.VISIT_PLAN)
    await recount(actor, participant, protocol, now)
    made = await Visit.get_or_none(participant_id=participant.id, plan_code=one.code)
    if made is None:
        raise _refused("visit.dose_not_noted", "target_on")
    return made


def _as_recorded(participant: Participant, one: Occurrence, window: Window) -> Visit:
    return new_visit(participant, one.code, window, bring=[str(item) for item in one.rule.bring])


def _planned(participant: Participant, code: str, protocol: Protocol) -> Occurrence:
    """Raises FindingsRefused."""
    found = by_code(protocol.file.visit, participant.arm).get(code)
    if found is None:
        raise _refused("visit.not_in_plan", "plan_code")
    return found


def _refused(code: str, field: str) -> FindingsRefused:
    return FindingsRefused(findings=[{"code": code, "field": field}])
