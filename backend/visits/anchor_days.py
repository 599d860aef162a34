"""Days that staff note so that visits are counted from them, such as that of an operation."""

from datetime import date, datetime
from uuid import UUID

from backend import audit
from backend.access import scope
from backend.access.actor import Actor
from backend.errors import DoesNotFit, FindingsRefused
from backend.visits.recount import recount
from backend.visits.rules import require_plausible
from models import AnchorDay, Participant
from models.fields import new_id
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import Arm, ChangeReason, DayAnchor


@atomic
async def anchor_days_of(actor: Actor, participant_id: UUID, now: datetime) -> list[AnchorDay]:
    """Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    await audit.note_read(actor, participant.id, now)
    return await AnchorDay.filter(participant_id=participant.id).order_by("anchor")


@atomic
async def note_anchor_day(
    actor: Actor, participant_id: UUID, anchor: DayAnchor, on_day: date, protocol: Protocol, now: datetime,
    *, reason: ChangeReason | None = None,
) -> AnchorDay:
    """Note the day, also one to come, or correct it with a reason; the same again changes nothing.

    Raises NotFound, FindingsRefused or DoesNotFit (no reason for a correction).
    """
    participant = await scope.locked_participant(actor, participant_id)
    require_plausible({"/on_day": on_day}, now)
    if _before_birth(participant, on_day):
        raise FindingsRefused(findings=[{"code": "anchor_day.before_birth", "pointer": "/on_day"}])
    known = await AnchorDay.get_or_none(participant_id=participant.id, anchor=anchor)
    before = known.on_day if known else None
    if before == on_day and known:
        return known
    if known and reason is None:
        raise DoesNotFit(errors=[{"pointer": "/reason", "detail": "is required to correct a day"}])
    row = known or AnchorDay(id=new_id(), participant_id=participant.id, anchor=anchor)
    row.on_day, row.seq = on_day, await audit.next_seq(participant)
    row.recorded_by_id, row.recorded_at = actor.account, now
    await row.save(force_create=known is None)
    changes: audit.Changes = {"on_day": [before.isoformat() if before else None, on_day.isoformat()]}
    await audit.record(actor, actor.action, row, now, participant=participant, seq=row.seq, reason=reason,
                       changes=changes)
    await recount(actor, participant, protocol, now)
    return row


def _before_birth(participant: Participant, day: date) -> bool:
    """Of the prenatal arm something may have been done before."""
    return participant.arm is not Arm.PRENATAL and participant.birth_month is not None and day < participant.birth_month
