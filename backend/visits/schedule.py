"""Planning visits, agreeing appointments, noting who came, and marking what was missed."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from backend import audit
from backend.access import scope
from backend.access.actor import Actor
from backend.errors import FindingsRefused, IllegalState
from backend.visits.windows import Window, window_for
from models import Dose, Participant, ParticipantStatus, Visit
from models.actions import Action
from models.participation import effect_of
from models.protocol import Protocol, VisitRule
from models.transaction import atomic
from models.vocabulary import VisitState
from notifications.local_time import local_date, to_utc, zone_named

MISSED_AFTER_APPOINTMENT = timedelta(days=7)
PLAUSIBLE = timedelta(days=30 * 366)
"""A date further away than this is a slip of the keyboard."""
WINDOW_FIELDS = ("target_on", "opens_on", "closes_on")
DOSE_VISIT = "DOSE-"
"""Begins the code of the visit at which the dose of that number is given."""


@atomic
async def visits_of(actor: Actor, participant_id: UUID, now: datetime) -> list[Visit]:
    """The schedule of one participant, in order of time."""
    participant = await scope.participant_for(actor, participant_id)
    await audit.note_read(actor, participant.id, now)
    return await Visit.filter(participant_id=participant.id).order_by("target_on", "plan_code")


@atomic
async def plan_visits(
    actor: Actor, participant_id: UUID, first_dose_on: date, protocol: Protocol, now: datetime,
    *, last_dose_on: date | None = None,
) -> list[Visit]:
    """Write the visits of the protocol's plan, counted from the doses.

    Done again with other days it moves only visits that are still planned and not agreed with the family yet.
    """
    participant = await scope.locked_participant(actor, participant_id)
    require_visits(participant)
    anchors = {"first_dose": first_dose_on, "last_dose": last_dose_on}
    require_plausible({f"/{name}_on": day for name, day in anchors.items()}, now)
    known = {visit.plan_code: visit for visit in await Visit.filter(participant_id=participant.id)}
    wanted = {rule.code: window_for(rule, day) for rule in protocol.file.visit
              if applies(rule, participant) and (day := anchors[rule.anchor])}
    moved = {code: window for code, window in wanted.items() if _differs(known.get(code), window)}
    if moved:
        await participant.fetch_related("site")
    for code, window in moved.items():
        await write_visit(actor, participant, known.get(code) or new_visit(participant, code), window, now)
    await follow_doses(actor, participant, now)
    return await Visit.filter(participant_id=participant.id).order_by("target_on", "plan_code")


def applies(rule: VisitRule, participant: Participant) -> bool:
    return not rule.arms or participant.arm in rule.arms


def _differs(visit: Visit | None, window: Window) -> bool:
    if visit is None:
        return True
    movable = visit.state is VisitState.PLANNED and visit.agreed_at is None
    return movable and any(getattr(visit, name) != getattr(window, name) for name in WINDOW_FIELDS)


def new_visit(participant: Participant, code: str) -> Visit:
    return Visit(participant_id=participant.id, plan_code=code, timezone=participant.site.timezone)


async def write_visit(actor: Actor, participant: Participant, visit: Visit, window: Window, now: datetime) -> None:
    """Every visit is a synced row of its own, so each takes its own number."""
    before = visit.target_on.isoformat() if visit._saved_in_db else None
    for name in WINDOW_FIELDS:
        setattr(visit, name, getattr(window, name))
    visit.seq = await audit.next_seq(participant)
    await visit.save()
    await audit.record(actor, Action.VISIT_PLAN, visit, now, participant=participant, seq=visit.seq,
                       changes={"target_on": [before, visit.target_on.isoformat()]})


async def follow_doses(actor: Actor, participant: Participant, now: datetime) -> None:
    """The visit of a dose took place on the day on which it was given. The caller holds the participant's lock."""
    given = {f"{DOSE_VISIT}{dose.number}": dose.given_on for dose in await Dose.filter(participant_id=participant.id)}
    for visit in await Visit.filter(participant_id=participant.id, plan_code__in=list(given)) if given else []:
        new = {"attended_on": given[visit.plan_code], "state": VisitState.ATTENDED}
        await change_visit(actor, participant, visit, now, action=Action.VISIT_ATTEND, new=new)


@atomic
async def agree_visit(actor: Actor, visit_id: UUID, wall: datetime, now: datetime) -> Visit:
    """Note the appointment, as clocks at the site show it; a missed visit is planned again by this."""
    participant, visit = await scope.visit_for(actor, visit_id)
    require_visits(participant)
    require_plausible({"/at": wall.date()}, now)
    agreed_at = to_utc(wall, zone_named(visit.timezone))
    new = {"agreed_at": agreed_at, "state": VisitState.PLANNED}
    if visit.state in (VisitState.ATTENDED, VisitState.CANCELLED):
        raise IllegalState(state=visit.state)
    return await change_visit(actor, participant, visit, now, action=Action.VISIT_AGREE, new=new)


@atomic
async def attend_visit(actor: Actor, visit_id: UUID, attended_on: date, now: datetime) -> Visit:
    """Note that the participant came, and on which day; said again with another day it corrects the day.

    After an ending, a day before it can still be noted.
    """
    participant, visit = await scope.visit_for(actor, visit_id)
    if not await _took_part_on(participant, attended_on):
        raise IllegalState(state=participant.state)
    require_plausible({"/attended_on": attended_on}, now)
    if attended_on > local_date(now, zone_named(visit.timezone)):
        raise FindingsRefused(findings=[{"code": "attended_in_future", "pointer": "/attended_on"}])
    if await _dose_of_another_day(visit, attended_on):
        raise FindingsRefused(findings=[{"code": "attended_not_with_the_dose", "pointer": "/attended_on"}])
    new = {"attended_on": attended_on, "state": VisitState.ATTENDED}
    return await change_visit(actor, participant, visit, now, action=Action.VISIT_ATTEND, new=new)


async def _dose_of_another_day(visit: Visit, day: date) -> bool:
    """Whoever finds the day wrong corrects the dose; its visit follows."""
    doses = await Dose.filter(participant_id=visit.participant_id).exclude(given_on=day)
    return visit.plan_code in {f"{DOSE_VISIT}{dose.number}" for dose in doses}


@atomic
async def miss_visit(actor: Actor, visit_id: UUID, now: datetime) -> bool:
    """Mark a visit as missed, unless that is no longer so now that its participant is locked."""
    participant, visit = await scope.visit_for(actor, visit_id)
    if not effect_of(participant.state).misses_visits or not is_overdue(visit, now):
        return False
    await change_visit(actor, participant, visit, now, action=Action.VISIT_MISS, new={"state": VisitState.MISSED})
    return True


def is_overdue(visit: Visit, now: datetime) -> bool:
    """Planned, and the window has closed at the site, or the appointment was a week ago."""
    if visit.state is not VisitState.PLANNED:
        return False
    zone = zone_named(visit.timezone)
    last = visit.closes_on
    if visit.agreed_at:
        last = local_date(visit.agreed_at, zone) + MISSED_AFTER_APPOINTMENT
    return last is not None and local_date(now, zone) > last


def require_visits(participant: Participant) -> None:
    if not effect_of(participant.state).has_visits:
        raise IllegalState(state=participant.state)


async def _took_part_on(participant: Participant, day: date) -> bool:
    if effect_of(participant.state).has_visits:
        return True
    ended = ParticipantStatus.filter(participant_id=participant.id, state=participant.state)
    last = await ended.order_by("-seq").first()
    return last is not None and day <= last.effective_on


async def change_visit(
    actor: Actor, participant: Participant, visit: Visit, now: datetime, *, action: Action, new: dict[str, Any]
) -> Visit:
    """Write what differs, numbered and audited; nothing when nothing differs."""
    changes = audit.difference({name: _plain(getattr(visit, name)) for name in new}, {k: _plain(new[k]) for k in new})
    if changes:
        seq = await audit.next_seq(participant)
        await visit.update_from_dict({**new, "seq": seq}).save(update_fields=[*new, "seq"])
        await audit.record(actor, action, visit, now, participant=participant, seq=seq, changes=changes)
    return visit


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def require_plausible(days: dict[str, date | None], now: datetime) -> None:
    far = [pointer for pointer, day in days.items() if day and abs(day - now.date()) > PLAUSIBLE]
    if far:
        raise FindingsRefused(findings=[{"code": "date_implausible", "pointer": pointer} for pointer in far])
