"""The history of a case: every step is a row of its own, and whoever must be told is told in the same commit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.accounts.mails import queue_mail
from models import Account, Participant, SafetyCase, SafetyCaseStep
from models.fields import new_id
from models.protocol import SafetyPlan
from models.vocabulary import CaseState, CaseStepKind, MailKind


async def append(
    case: SafetyCase, kind: CaseStepKind, at: datetime, *, by: UUID | None = None,
    detail: dict[str, str] | None = None, **more: Any,
) -> SafetyCaseStep:
    """`by`: the account that acted; nobody = the system."""
    return await SafetyCaseStep.create(
        id=new_id(), case_id=case.id, kind=kind, at=at, by_id=by, detail=detail or {}, **more
    )


async def tell(people: Sequence[Account], now: datetime) -> str:
    """Queue a neutral mail to each; their ids, as a step keeps them."""
    for account in people:
        if account.email:
            await queue_mail(account, MailKind.STAFF_PAGE_WAITS, now)
    return ",".join(str(account.id) for account in people)


def start_clock(case: SafetyCase, plan: SafetyPlan, received_at: datetime, device_time: str | None) -> None:
    """From receipt by the server on, whatever time it is now."""
    case.state, case.known_since, case.device_time = CaseState.OPEN, received_at, device_time
    case.due_at = received_at + timedelta(hours=plan.clock_hours)
    case.acknowledged_at, case.assessment, case.steps_climbed = None, None, 0  # type: ignore[assignment]


def next_step_at(case: SafetyCase, plan: SafetyPlan, told: Sequence[Account], now: datetime) -> datetime | None:
    """When the ladder's next step is due: at once when this one reached nobody. None: there is no further one."""
    if case.steps_climbed >= len(plan.step):
        return None
    following = case.known_since + timedelta(hours=plan.step[case.steps_climbed].after_hours)
    return following if told else min(now, following)


async def save(case: SafetyCase, participant: Participant, seq: int) -> None:
    case.seq, case.site_id = seq, participant.site_id
    await case.save()
