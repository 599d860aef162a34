"""Participants of a file: enrolled as staff enrol; who is enrolled already must be the same in every column."""

from datetime import datetime

from backend.access import scope
from backend.access.actor import Actor
from backend.errors import FindingsRefused, NotFound
from backend.participants.enrolment import enrol
from backend.participants.schemas import NewParticipant
from backend.records_import.cells import Cells, each, gestational_age, month, one_of, participant_code
from models import Participant
from models.actions import Action
from models.protocol import Protocol
from models.vocabulary import Arm, ParticipantKind, Relation


def participant_row(cells: Cells) -> NewParticipant | None:
    """None when a cell can't be used."""
    code, arm = cells.need("code", participant_code), cells.need("arm", one_of(Arm))
    kind = cells.read("kind", one_of(ParticipantKind)) or ParticipantKind.CHILD
    born, age = cells.read("birth_month", month), cells.read("gestational_age", gestational_age)
    custodians = cells.read("custodians", each(one_of(Relation))) or []
    woman = cells.read("woman", participant_code)
    if not cells.are_usable or code is None or arm is None:
        return None
    weeks, days = age or (None, None)
    return NewParticipant(
        code, arm, birth_month=born, gestational_weeks=weeks, gestational_days=days, kind=kind, woman_code=woman,
        custodians=custodians,
    )


async def bring_in_participant(
    actor: Actor, protocol: Protocol, said: NewParticipant, columns: list[str], now: datetime
) -> bool:
    """Whether they are new. Raises FindingsRefused (enrolled otherwise, or at no site of the actor's)."""
    known = await scope.participants_of(actor).select_related("woman").get_or_none(code=said.code)
    if known is None:
        try:
            await enrol(actor.acting(Action.PARTICIPANT_ENROL), protocol, said, now)
        except NotFound as elsewhere:
            raise FindingsRefused(findings=[{"code": "site.unknown", "field": "code"}]) from elsewhere
        return True
    if differing := [column for column in _differing(known, said) if column in columns]:
        raise FindingsRefused(findings=[{"code": "row.differs", "field": column} for column in differing])
    return False


def _differing(known: Participant, said: NewParticipant) -> list[str]:
    days = said.gestational_weeks * 7 + (said.gestational_days or 0) if said.gestational_weeks else None
    pairs = {
        "arm": (known.arm, said.arm),
        "kind": (known.kind, said.kind),
        "birth_month": (f"{known.birth_month:%Y-%m}" if known.birth_month else None, said.birth_month),
        "gestational_age": (known.gestational_days, days),
        "custodians": (sorted(known.custodians), sorted(said.custodians)),
        "woman": (known.woman.code if known.woman else None, said.woman_code),
    }
    return [column for column, (stands, row) in pairs.items() if stands != row]
