"""What becomes of the visits when a participant leaves, comes back, or moves to another site.

The caller holds the participant's lock; each visit that changes takes its own number and audit event.
"""

from datetime import datetime
from typing import Any

from backend.access.actor import Actor
from backend.visits.recount import recount
from backend.visits.telling import tell_of_change
from backend.visits.writing import change_visit
from models import Participant, Visit
from models.protocol import Protocol
from models.vocabulary import VisitState

AHEAD = (VisitState.PLANNED, VisitState.CANCELLED)


async def cancel_visits(actor: Actor, participant: Participant, now: datetime) -> int:
    """Nothing is planned any more, and so nothing is ever missed; nobody is told. How many."""
    planned = await Visit.filter(participant_id=participant.id, state=VisitState.PLANNED).order_by("seq", "id")
    return await _change_each(actor, participant, planned, {"state": VisitState.CANCELLED}, now)


async def restore_visits(
    actor: Actor, participant: Participant, since: int, protocol: Protocol, now: datetime
) -> int:
    """What was cancelled after change number `since` is planned again: it was a mistake. How many.

    What was given up by itself, with a reason, stays so; what became known meanwhile is counted now.
    """
    cancelled = Visit.filter(
        participant_id=participant.id, state=VisitState.CANCELLED, cancel_reason=None, seq__gt=since
    )
    restored = await _change_each(
        actor, participant, await cancelled.order_by("seq", "id"), {"state": VisitState.PLANNED}, now
    )
    await recount(actor, participant, protocol, now)
    return restored


async def move_visits(actor: Actor, participant: Participant, timezone: str, now: datetime) -> int:
    """Visits to come take place at the new site: by its clocks, and on days that it has yet to agree. How many."""
    not_over = Visit.filter(participant_id=participant.id).exclude(state=VisitState.ATTENDED)
    visits = await not_over.order_by("seq", "id")
    for visit in visits:
        before = visit.agreed_at if visit.state is VisitState.PLANNED else None
        new: dict[str, Any] = {"timezone": timezone, **({"agreed_at": None} if visit.state in AHEAD else {})}
        await change_visit(actor, participant, visit, now, action=actor.action, new=new)
        await tell_of_change(visit, before, now)
    return len(visits)


async def _change_each(
    actor: Actor, participant: Participant, visits: list[Visit], new: dict[str, Any], now: datetime
) -> int:
    for visit in visits:
        await change_visit(actor, participant, visit, now, action=actor.action, new=new)
    return len(visits)
