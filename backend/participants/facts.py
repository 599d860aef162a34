"""What staff attest about a participant: the birth, told once it happened, who must consent for a child, and which
woman carries or carried it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import UnsetType

from backend.access.actor import Actor
from backend.access.scope import locked_participant
from backend.audit import difference, record
from backend.consent.collection import settle_collection
from backend.errors import DoesNotFit, FindingsRefused, IllegalState
from backend.participants.schemas import Birth, ParticipantChange
from backend.visits.recount import recount
from models import Participant
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import Arm, ParticipantKind, ParticipantState, Relation

CAN_BE_CUSTODIAN = frozenset({
    Relation.MOTHER, Relation.FATHER, Relation.OTHER_GUARDIAN, Relation.STEP_PARENT, Relation.GRANDPARENT,
    Relation.FOSTER_CARER,
})
MOST_IN_ONE_RELATION = 2


@atomic
async def note_birth(
    actor: Actor, protocol: Protocol, participant_id: UUID, told: Birth, *, now: datetime
) -> Participant:
    """The month of birth and the gestational age; told again, it is a correction.

    Raises NotFound, FindingsRefused, or IllegalState (a woman; a pregnancy that was lost).
    """
    participant = await locked_participant(actor, participant_id)
    if participant.kind is ParticipantKind.WOMAN:
        raise IllegalState(state=participant.kind)
    if participant.state is ParticipantState.PREGNANCY_LOST:
        raise IllegalState(state=participant.state)
    born = first_day(told.birth_month)
    if findings := birth_findings(born, told.gestational_weeks, told.gestational_days, now):
        raise FindingsRefused(findings=findings)
    days = days_at_birth(told.gestational_weeks, told.gestational_days)
    return await _changed(actor, protocol, participant, {"birth_month": born, "gestational_days": days}, now)


@atomic
async def change_participant(
    actor: Actor, protocol: Protocol, participant_id: UUID, wanted: ParticipantChange, *, now: datetime
) -> Participant:
    """Who must consent, by which woman a child was carried, and whether it can rate its own pain.

    Raises NotFound, DoesNotFit, FindingsRefused or IllegalState (a woman consents for herself and has none).
    """
    participant = await locked_participant(actor, participant_id)
    if participant.kind is ParticipantKind.WOMAN:
        raise IllegalState(state=participant.kind)
    new: dict[str, Any] = {}
    if not isinstance(wanted.custodians, UnsetType):
        new["custodians"] = attested(wanted.custodians)
    if not isinstance(wanted.woman_code, UnsetType):
        new["woman_id"] = await woman_for(wanted.woman_code, participant.arm, participant.site_id)
    if not isinstance(wanted.observer_rated, UnsetType):
        new["observer_rated"] = wanted.observer_rated
    if not new:
        raise DoesNotFit(errors=[{"pointer": "", "detail": "names nothing to change"}])
    return await _changed(actor, protocol, participant, new, now)


async def woman_for(code: str | None, arm: Arm, site_id: UUID) -> UUID | None:
    """The woman who carries or carried a child of this arm and site; None for none. Raises FindingsRefused."""
    if code is None:
        return None
    if arm is not Arm.PRENATAL:
        raise FindingsRefused(findings=[{"code": "woman_code.wrong_arm", "field": "woman_code"}])
    woman = await Participant.get_or_none(code=code, site_id=site_id, kind=ParticipantKind.WOMAN)
    if woman is None:
        raise FindingsRefused(findings=[{"code": "woman_code.unknown", "field": "woman_code"}])
    return woman.id


def attested(custodians: list[Relation]) -> list[str]:
    """In one order; two persons may stand in one relation.

    Raises DoesNotFit for a relation that can't consent for a child, or one that stands three times.
    """
    for place, relation in enumerate(custodians):
        if relation not in CAN_BE_CUSTODIAN or custodians[:place].count(relation) == MOST_IN_ONE_RELATION:
            wrong = {"pointer": f"/custodians/{place}", "detail": "can't consent for a child, or stands three times"}
            raise DoesNotFit(errors=[wrong])
    return sorted(custodians)


def birth_findings(
    born: date | None, weeks: int | None, days: int | None, now: datetime
) -> list[dict[str, str]]:
    findings = []
    if born is not None and born > now.date():
        findings.append({"code": "birth_month.in_future", "field": "birth_month"})
    if weeks is None and days is not None:
        findings.append({"code": "gestational_weeks.missing", "field": "gestational_weeks"})
    if born is None and weeks is not None:
        findings.append({"code": "gestational_weeks.before_birth", "field": "gestational_weeks"})
    return findings


def first_day(month: str | None) -> date | None:
    return date.fromisoformat(month.strip() + "-01") if month else None


def days_at_birth(weeks: int | None, days: int | None) -> int | None:
    return None if weeks is None else weeks * 7 + (days or 0)


async def _changed(
    actor: Actor, protocol: Protocol, participant: Participant, wanted: dict[str, Any], now: datetime
) -> Participant:
    changes = difference({name: getattr(participant, name) for name in wanted}, wanted)
    if changes:
        await participant.update_from_dict(wanted).save(update_fields=list(changes))
        told = {name: [_in_trail(value) for value in pair] for name, pair in changes.items()}
        await record(actor, actor.action, participant, now, participant=participant, changes=told)
        await settle_collection(actor, protocol, participant, now)
        if "birth_month" in changes:
            await recount(actor, participant, protocol, now)
    await participant.fetch_related("site")
    return participant


def _in_trail(value: Any) -> Any:
    """A birth is known by its month."""
    return f"{value:%Y-%m}" if isinstance(value, date) else str(value) if isinstance(value, UUID) else value
