"""The ladder: while nobody has acknowledged a case, more and more people are told, as the protocol says.

A step that reaches nobody is taken and the next one follows at once.
"""

import logging
from datetime import datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import SYSTEM, Actor
from backend.audit import next_seq, record
from backend.failpoints import reach
from backend.safety.roster import people_to_tell
from backend.safety.steps import append, next_step_at, save, tell
from models import Participant, SafetyCase
from models.actions import Action
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import CaseState, CaseStepKind

AT_ONCE = 100
CLIMBER = SYSTEM.acting(Action.SAFETY_ESCALATE)
log = logging.getLogger("backend.safety")


async def climb_due(protocol: Protocol, now: datetime) -> int:
    """Climb every ladder that is due; how many. What goes wrong with one case stays with it, and is due again."""
    due = SafetyCase.filter(next_step_at__lte=now).order_by("next_step_at", "id").limit(AT_ONCE)
    climbed = 0
    for case_id in await due.values_list("id", flat=True):
        try:
            climbed += await climb(CLIMBER, protocol, case_id, now)  # type: ignore[arg-type]
        except Exception as failure:
            log.error("case=%s not climbed type=%s", case_id, type(failure).__name__)
    return climbed


@atomic
async def climb(actor: Actor, protocol: Protocol, case_id: UUID, now: datetime) -> bool:
    """Take every step that is due. Of many workers one does it: the others find it done, under the lock."""
    participant, case = await scope.case_for(actor, case_id)
    if case.next_step_at is None or case.next_step_at > now:
        return False
    before = case.steps_climbed
    if case.state is not CaseState.OPEN:
        case.next_step_at = None
    while case.next_step_at and case.next_step_at <= now:
        await _step(protocol, participant, case, now)
    await save(case, participant, await next_seq(participant))
    reach("safety.before_commit")
    await record(actor, actor.action, case, now, participant=participant, seq=case.seq,
                 changes={"steps_climbed": [before, case.steps_climbed]})
    return True


async def _step(protocol: Protocol, participant: Participant, case: SafetyCase, now: datetime) -> None:
    plan = protocol.file.safety
    if case.steps_climbed >= len(plan.step):  # a newer protocol has fewer steps
        case.next_step_at = None
        return
    step = plan.step[case.steps_climbed]
    people = await people_to_tell(step.tell, participant.site_id, now)
    case.steps_climbed += 1
    case.next_step_at = next_step_at(case, plan, people, now)
    detail = {"step": str(case.steps_climbed), "tell": step.tell, "told": await tell(people, now)}
    await append(case, CaseStepKind.ESCALATED, now, detail=detail)
