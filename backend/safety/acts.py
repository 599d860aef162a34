"""What people do with a case: acknowledge that they have read it, assess it, close it, open it again.

Whoever acknowledges or assesses signs: who, when, what for, and exactly which words of the family they had before them.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.audit import Changes, next_seq, record
from backend.errors import IllegalState, Stale
from backend.safety.steps import append, save
from models import Account, DiaryEntry, Participant, SafetyCase
from models.content_hash import content_hash
from models.transaction import atomic
from models.vocabulary import Assessment, CaseState, CaseStepKind, SignatureMeaning


@atomic
async def acknowledge(actor: Actor, case_id: UUID, seen: int, entry_version: int, now: datetime) -> None:
    """Somebody has read it: nobody else is told any more. Raises NotFound, Stale or IllegalState."""
    participant, case = await _case_as_seen(actor, case_id, seen)
    _require(case, CaseState.OPEN)
    signature = await _signature(actor, case, entry_version, SignatureMeaning.I_HAVE_READ_THIS)
    case.acknowledged_at, case.next_step_at = now, None
    await append(case, CaseStepKind.ACKNOWLEDGED, now, by=actor.account, **signature)
    await _become(actor, participant, case, CaseState.ACKNOWLEDGED, now)


@atomic
async def assess(
    actor: Actor, case_id: UUID, seen: int, entry_version: int, assessment: Assessment, *, note: str, now: datetime
) -> None:
    """The investigator's judgement, also another one later; the clock stays. Raises NotFound, Stale or IllegalState."""
    participant, case = await _case_as_seen(actor, case_id, seen)
    _require(case, CaseState.ACKNOWLEDGED)
    signature = await _signature(actor, case, entry_version, SignatureMeaning.I_ASSESSED_THIS)
    before, case.assessment = case.assessment, assessment
    detail = {"assessment": str(assessment)} | ({"was": str(before)} if before else {})
    await append(case, CaseStepKind.ASSESSED, now, by=actor.account, detail=detail, note=note, **signature)
    await _become(actor, participant, case, case.state, now, assessment=[before, assessment])


@atomic
async def close(actor: Actor, case_id: UUID, seen: int, reason: str, now: datetime) -> None:
    """Nothing is left to do; the investigator has assessed it. Raises NotFound, Stale or IllegalState."""
    participant, case = await _case_as_seen(actor, case_id, seen)
    _require(case, CaseState.ACKNOWLEDGED)
    if case.assessment is None:
        raise IllegalState("The investigator has not assessed it yet", state=case.state)
    await append(case, CaseStepKind.CLOSED, now, by=actor.account, note=reason)
    await _become(actor, participant, case, CaseState.CLOSED, now)


@atomic
async def reopen(actor: Actor, case_id: UUID, seen: int, reason: str, now: datetime) -> None:
    """Somebody has read it, so nobody is told anew and the clock stays. Raises NotFound, Stale or IllegalState."""
    participant, case = await _case_as_seen(actor, case_id, seen)
    _require(case, CaseState.CLOSED)
    await append(case, CaseStepKind.REOPENED, now, by=actor.account, note=reason)
    await _become(actor, participant, case, CaseState.ACKNOWLEDGED, now)


async def _case_as_seen(actor: Actor, case_id: UUID, seen: int) -> tuple[Participant, SafetyCase]:
    participant, case = await scope.case_for(actor, case_id)
    if case.seq != seen:
        raise Stale(seq=case.seq, current={"state": case.state, "rules": case.rules, "assessment": case.assessment})
    return participant, case


def _require(case: SafetyCase, state: CaseState) -> None:
    if case.state is not state:
        raise IllegalState(f"The case is {case.state}", state=case.state)


async def _signature(
    actor: Actor, case: SafetyCase, entry_version: int, meaning: SignatureMeaning
) -> dict[str, Any]:
    """Raises Stale when the family has written a newer version than the one that was read."""
    entry = await DiaryEntry.get(id=case.entry_id)
    if entry.version != entry_version:
        raise Stale(seq=case.seq, current={"entry_version": entry.version, "state": entry.state})
    account = await Account.get(id=actor.account)
    return {"meaning": meaning, "signed_name": account.display_name, "entry_version": entry.version,
            "content_hash": content_hash(entry.data)}


async def _become(
    actor: Actor, participant: Participant, case: SafetyCase, state: CaseState, now: datetime, **more: list[Any]
) -> None:
    changes: Changes = dict(more)
    if state is not case.state:
        changes["state"] = [case.state, state]
    case.state = state
    await save(case, participant, await next_seq(participant))
    await record(actor, actor.action, case, now, participant=participant, seq=case.seq, changes=changes)
