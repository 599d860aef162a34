"""Counting the visits anew: when a day from which they are counted is noted or corrected, and when a child is moved to
a newer protocol version.

One rule: the plan moves what it counted itself. An appointment stays; only its window moves. A visit that took place
keeps the version by which it was planned, and what the site's records say is never moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from backend.access.actor import Actor
from backend.visits.known_days import doses_given, known_days
from backend.visits.overdue import is_overdue
from backend.visits.rules import days_of_doses
from backend.visits.standing import is_agreed_outside_window
from backend.visits.writing import WINDOW_FIELDS, add_visit, change_visit, days_of, new_visit
from models import Participant, Visit
from models.actions import Action
from models.participation import effect_of
from models.plans_then import visit_rules_of
from models.protocol import Protocol
from models.protocol.repeats import by_code
from models.protocol.visit_anchors import CONSENT
from models.visit_plan import KnownDays, PlannedVisit, Window, visit_plan
from models.vocabulary import VisitCancelReason, VisitState

NOTHING_EXPECTED: Mapping[str, date] = {}


@dataclass
class Recounted:
    """Codes of the visits that are new, on other days, or not in the plan any more, and what needs a new day."""

    version: str
    new: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    agreed_outside_window: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Count:
    """One count, with everything it is made from."""

    actor: Actor
    participant: Participant
    protocol: Protocol
    now: datetime
    known: KnownDays
    done: Recounted

    @property
    def version(self) -> str:
        return self.done.version

    @property
    def has_visits(self) -> bool:
        """Who has left gets none: what there is moves, but nothing becomes one to come."""
        return effect_of(self.participant.state).has_visits

    async def plan(self, version: str) -> dict[str, PlannedVisit]:
        return visit_plan(await visit_rules_of(version, self.protocol), self.participant.arm, self.known)

    async def change(self, visit: Visit, new: dict[str, Any]) -> None:
        await change_visit(self.actor, self.participant, visit, self.now, action=Action.VISIT_PLAN, new=new)


async def recount(
    actor: Actor, participant: Participant, protocol: Protocol, now: datetime, *,
    expected: Mapping[str, date] = NOTHING_EXPECTED, to_todays_version: bool = False,
) -> Recounted:
    """The caller holds the participant's lock. `expected` days hold where none is noted. What is counted from a day
    that nobody knows stays as it is.
    """
    visits = await Visit.filter(participant_id=participant.id, unscheduled=False).order_by("target_on", "plan_code")
    version = protocol.hash if to_todays_version else version_of(visits, protocol)
    from_consent = any(rule.anchor == CONSENT for rule in await visit_rules_of(version, protocol))
    known = await known_days(participant, visits, protocol, from_consent=from_consent)
    known = replace(known, anchors={**expected, **known.anchors})
    count = _Count(actor, participant, protocol, now, known, Recounted(version))
    await _move(count, visits)
    await _add(count, {visit.plan_code for visit in visits})
    await follow_doses(actor, participant, protocol, now)
    return count.done


def version_of(visits: list[Visit], protocol: Protocol) -> str:
    """By which the child's visits are counted: that of the newest one to come, else of all; a new child has today's."""
    counted = sorted((visit for visit in visits if visit.protocol_hash), key=_newest_to_come)
    return counted[-1].protocol_hash or protocol.hash if counted else protocol.hash


def _newest_to_come(visit: Visit) -> tuple[bool, int]:
    return visit.state is not VisitState.ATTENDED, visit.seq


async def _add(count: _Count, there: set[str]) -> None:
    if not count.has_visits:
        return
    missing = [one for code, one in (await count.plan(count.version)).items() if code not in there]
    if missing:
        await count.participant.fetch_related("site")
    for one in sorted(missing, key=lambda one: (one.window.target_on, one.code)):
        visit = new_visit(count.participant, one.code, one.window, protocol_hash=count.version,
                          bring=[str(item) for item in one.bring])
        await add_visit(count.actor, count.participant, visit, count.now, action=Action.VISIT_PLAN)
        count.done.new.append(one.code)


async def _move(count: _Count, visits: list[Visit]) -> None:
    plans: dict[str, dict[str, PlannedVisit]] = {}
    rules = by_code(await visit_rules_of(count.version, count.protocol), count.participant.arm)
    for visit in visits:
        if visit.protocol_hash is None:
            continue
        version = visit.protocol_hash if visit.state is VisitState.ATTENDED else count.version
        if version not in plans:
            plans[version] = await count.plan(version)
        if one := plans[version].get(visit.plan_code):
            await _move_one(count, visit, one, version)
        elif visit.state is VisitState.PLANNED and visit.agreed_at is None and visit.plan_code not in rules:
            await _drop(count, visit)
        elif visit.state is not VisitState.ATTENDED and visit.plan_code in rules:
            await count.change(visit, {"protocol_hash": version})


async def _move_one(count: _Count, visit: Visit, one: PlannedVisit, version: str) -> None:
    new: dict[str, Any] = {**days_of(one.window), "protocol_hash": version}
    is_moved = any(getattr(visit, name) != new[name] for name in WINDOW_FIELDS)
    if visit.agreed_at is None and visit.protocol_hash != version:
        new["bring"] = [str(item) for item in one.bring]
    if count.has_visits and _is_due_again(visit, one.window, count.now):
        new |= {"state": VisitState.PLANNED, "cancel_reason": None}
    await count.change(visit, new)
    if is_moved:
        count.done.moved.append(visit.plan_code)
    if is_agreed_outside_window(visit):
        count.done.agreed_outside_window.append(visit.plan_code)


def _is_due_again(visit: Visit, window: Window, now: datetime) -> bool:
    """It was given up by the plan alone: another window makes it one to come, unless that has passed, too."""
    if visit.state is VisitState.CANCELLED:
        return visit.cancel_reason is VisitCancelReason.PLAN_CHANGED
    as_planned = Visit(state=VisitState.PLANNED, agreed_at=visit.agreed_at, timezone=visit.timezone, **days_of(window))
    return visit.state is VisitState.MISSED and not is_overdue(as_planned, now)


async def _drop(count: _Count, visit: Visit) -> None:
    """This version has no such visit, and nobody has agreed on a day yet."""
    gone = {"state": VisitState.CANCELLED, "cancel_reason": VisitCancelReason.PLAN_CHANGED,
            "protocol_hash": count.version}
    await count.change(visit, gone)
    count.done.cancelled.append(visit.plan_code)


async def follow_doses(actor: Actor, participant: Participant, protocol: Protocol, now: datetime) -> None:
    """The visit of a dose took place on the day on which it was given. The caller holds the participant's lock."""
    given = days_of_doses(await doses_given(participant.id), protocol)
    for visit in await Visit.filter(participant_id=participant.id, plan_code__in=list(given)) if given else []:
        new = {"attended_on": given[visit.plan_code], "state": VisitState.ATTENDED, "cancel_reason": None}
        await change_visit(actor, participant, visit, now, action=Action.VISIT_ATTEND, new=new)
