"""What is still missing before a participant's diary runs, in the order in which a nurse does it; who said no. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.consent.schemas import Consents
from backend.participants.schemas import LinkingCodeView
from models import Guardianship, Participant
from models.participation import ENDINGS
from models.vocabulary import Collection, ConsentDecision, ParticipantKind, Relation


@dataclass(frozen=True)
class Step:
    code: str
    """Its words are in the dictionary."""
    where: str
    """The part of the page on which it is done."""
    missing: tuple[Relation, ...] = ()


def next_steps(
    participant: Participant, consents: Consents, people: Sequence[Guardianship], codes: Sequence[LinkingCodeView],
    *, has_account: bool,
) -> list[Step]:
    """Nothing for whom nobody uses the app, and nothing once the participation has ended."""
    if participant.state in ENDINGS or not has_account:
        return []
    return [*_about_consent(participant, consents), *_about_people(people, codes)]


def said_no(consents: Consents) -> dict[UUID, list[Relation]]:
    """Text in force → those of whom the newest word about it, in whatever version, is no."""
    newest = {(word.code, word.relation): word.decision for word in consents.history}
    return {
        text.document.id: [relation for (code, relation), decision in newest.items()
                           if code == text.document.code and decision is not ConsentDecision.GIVEN]
        for text in consents.in_force
    }


def _about_consent(participant: Participant, consents: Consents) -> list[Step]:
    if consents.collection is Collection.OPEN:
        return []
    needed = [text for text in consents.in_force if text.is_needed]
    if not needed:
        return [Step("text", "consent")]
    is_child = participant.kind is ParticipantKind.CHILD
    if is_child and not participant.custodians and consents.collection is Collection.NO_CONSENT:
        return [Step("custodians", "custody"), Step("consent", "consent")]
    return [Step("consent", "consent", tuple(dict.fromkeys(one for text in needed for one in text.missing)))]


def _about_people(people: Sequence[Guardianship], codes: Sequence[LinkingCodeView]) -> list[Step]:
    if any(link.locked_at is None or link.court_order_at for link in people):
        return []  # somebody speaks for the participant, or a court order says who does not
    return [Step("code_waits", "codes") if any(code.state == "active" for code in codes) else Step("code", "new-code")]
