"""Doses as staff note them: which, on what day, by which route.

The visits that the protocol counts from doses are planned, and follow a correction, by that alone. The visit at which
a dose was given has taken place that day.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend import audit
from backend.access import scope
from backend.access.actor import Actor
from backend.errors import DoesNotFit, FindingsRefused
from backend.safety.after_dose import look_again
from backend.visits.recount import recount
from backend.visits.rules import PLAUSIBLE
from backend.visits.schemas import DoseNote, VisitPlan
from models import Dose, Participant, Site
from models.fields import new_id
from models.protocol import DoseRule, Protocol
from models.transaction import atomic
from models.vocabulary import Arm, ParticipantKind
from notifications.local_time import local_date, zone_named


@atomic
async def doses_of(actor: Actor, participant_id: UUID, now: datetime) -> list[Dose]:
    """In order of their numbers. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    await audit.note_read(actor, participant.id, now)
    return await Dose.filter(participant_id=participant.id).order_by("number")


@atomic
async def note_dose(
    actor: Actor, participant_id: UUID, number: int, noted: DoseNote, protocol: Protocol, now: datetime
) -> Dose:
    """Note a dose, or correct it with a reason; the same again changes nothing.

    Also of who has withdrawn or died since: what was given was given. Raises NotFound, FindingsRefused or
    DoesNotFit (no reason for a correction).
    """
    participant = await scope.locked_participant(actor, participant_id)
    known = {dose.number: dose for dose in await Dose.filter(participant_id=participant.id)}
    today = local_date(now, zone_named((await Site.get(id=participant.site_id)).timezone))
    if findings := _findings(participant, number, noted, known, protocol.file.doses, today):
        raise FindingsRefused(findings=findings)
    dose = known.get(number) or Dose(id=new_id(), participant_id=participant.id, number=number)
    before = _plain(dose) if number in known else {}
    dose.given_on = noted.given_on
    dose.route = noted.route  # type: ignore[assignment]
    changes = audit.difference(before, _plain(dose))
    if not changes:
        return dose
    if before and noted.reason is None:
        raise DoesNotFit(errors=[{"pointer": "/reason", "detail": "is required to correct a dose"}])
    dose.seq, dose.recorded_by_id, dose.recorded_at = await audit.next_seq(participant), actor.account, now
    await dose.save(force_create=not before)
    await audit.record(actor, actor.action, dose, now, participant=participant, seq=dose.seq, reason=noted.reason,
                       changes=changes)
    await recount(actor, participant, protocol, now)
    await look_again(protocol, participant, dose.given_on, now)
    return dose


def plan_from(doses: list[Dose], protocol: Protocol) -> VisitPlan | None:
    """The doses from which visits are counted; the last one counts only when no further one is due."""
    if not doses:
        return None
    last = doses[-1]
    return VisitPlan(doses[0].given_on, last.given_on if last.number == protocol.file.doses.most else None)


def _plain(dose: Dose) -> dict[str, Any]:
    return {"number": dose.number, "given_on": dose.given_on.isoformat(), "route": dose.route}


def _findings(
    participant: Participant, number: int, noted: DoseNote, known: dict[int, Dose], rule: DoseRule, today: date
) -> list[dict[str, str]]:
    """In order, none left out, none on the day of another, none in the future."""
    day, earlier, later = noted.given_on, known.get(number - 1), known.get(number + 1)
    born = None if participant.arm is Arm.PRENATAL else participant.birth_month
    wrong = [
        ("dose.arm_without_doses", "number", participant.arm not in rule.arms),
        ("dose.on_the_child", "number", participant.kind is ParticipantKind.WOMAN),
        ("dose.number_unknown", "number", not 1 <= number <= rule.most),
        ("dose.earlier_missing", "number", number > 1 and earlier is None),
        ("dose.in_future", "given_on", day > today),
        ("date_implausible", "given_on", today - day > PLAUSIBLE),
        ("dose.before_birth", "given_on", born is not None and day < born),
        ("dose.not_after_earlier", "given_on", earlier is not None and day <= earlier.given_on),
        ("dose.not_before_later", "given_on", later is not None and day >= later.given_on),
    ]
    return [{"code": code, "field": field} for code, field, is_so in wrong if is_so]
