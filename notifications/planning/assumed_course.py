"""The course that a rehearsal assumes: doses on the days the plan aims at, and each visit on its target or as agreed
(pure).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from models import Participant, Visit
from models.fields import new_id
from models.protocol import Anchors, ProtocolFile
from models.protocol.visit_anchors import FIRST_DOSE, LAST_DOSE, dose_anchor
from models.visit_plan import KnownDays, visit_plan
from models.vocabulary import VisitState
from notifications.planning.fact_reading import over_at
from notifications.planning.facts import PlannedVisit
from notifications.visit_dates import date_of

DAY = timedelta(days=1)


def with_doses(
    file: ProtocolFile, participant: Participant, known: KnownDays, rows: Iterable[Visit], today: date
) -> KnownDays:
    """Each dose that was not given yet on the day agreed for its visit, else on its target; today if there is none."""
    if participant.arm not in file.doses.arms:
        return known
    codes = {rule.dose: rule.code for rule in file.visit if rule.dose}
    agreed = {visit.plan_code: date_of(visit) for visit in rows if visit.agreed_at}
    for number in range(1, file.doses.most + 1):
        code = codes.get(number, "")
        one = visit_plan(file.visit, participant.arm, known).get(code)
        expected = agreed.get(code) or (one.window.target_on if one else known.stood.get(code, today))
        day = known.anchors.get(dose_anchor(number)) or max(expected, today)
        anchors = {**known.anchors, dose_anchor(number): day}
        if number == 1:
            anchors[FIRST_DOSE] = day
        if number == file.doses.most:
            anchors[LAST_DOSE] = day
        known = replace(known, anchors=anchors)
    return known


def visits_to_come(
    file: ProtocolFile, participant: Participant, known: KnownDays, rows: Iterable[Visit], today: date
) -> dict[UUID, Visit]:
    """By id: the rows as the plan will have moved them, and those that it will add; none is stored."""
    rows = list(rows)
    there = {visit.plan_code: visit for visit in rows}
    plan = visit_plan(file.visit, participant.arm, known)
    new = [_visit(participant, code, one.window.target_on) for code, one in plan.items() if code not in there]
    for visit in rows:
        one = plan.get(visit.plan_code)
        if one and visit.protocol_hash and not visit.unscheduled:
            visit.target_on = one.window.target_on
    kept = [visit for visit in rows if visit.state is VisitState.PLANNED and _is_wanted(visit, plan)]
    return {visit.id: visit for visit in [*kept, *new] if date_of(visit) >= today}


def _is_wanted(visit: Visit, plan: Mapping[str, object]) -> bool:
    """What the plan no longer has stays only where a day was agreed, or where it never came from it."""
    return bool(visit.plan_code in plan or visit.agreed_at or visit.unscheduled or visit.protocol_hash is None)


def _visit(participant: Participant, code: str, target: date) -> Visit:
    return Visit(id=new_id(), participant_id=participant.id, plan_code=code, target_on=target, seq=0,
                 timezone=participant.site.timezone, state=VisitState.PLANNED)


def as_facts(visits: Iterable[Visit]) -> tuple[PlannedVisit, ...]:
    return tuple(PlannedVisit(visit.id, date_of(visit), over_at(visit)) for visit in visits)


def check_in_anchors(known: KnownDays) -> Anchors:
    return {"first_dose": known.anchors.get(FIRST_DOSE), "last_dose": known.anchors.get(LAST_DOSE)}
