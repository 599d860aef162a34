"""Withdrawal as a person's own word: what they had agreed to, or could agree to, they agree to no longer."""

from datetime import datetime

from backend.access.actor import Actor
from backend.consent.signatures import Word, write_signature
from backend.consent.signing import decides_about
from backend.consent.standing import Standing, stand_twice, standing_of
from models import ConsentDocument, ConsentSignature, Participant
from models.actions import Action
from models.protocol import Protocol
from models.vocabulary import ConsentDecision, Relation


async def note_withdrawal(
    actor: Actor, protocol: Protocol, participant: Participant, relation: Relation, now: datetime
) -> None:
    """One signature `withdrawn` for each text that this person ever decided on or is asked about now.

    Also of who never signed: nobody else's yes and no correction of the state undoes their word. The caller holds the
    participant's lock, and settles the collection when all is written.
    """
    standing = await standing_of(protocol, participant, now)
    own = [
        word for word in standing.signatures if word.relation is relation
        and (word.signer_id == actor.account or not stand_twice(participant, relation))
    ]
    for decision, document in _newest_words(standing, relation, own):
        if decision is not ConsentDecision.WITHDRAWN:
            word = Word(document, relation, ConsentDecision.WITHDRAWN, now)
            await write_signature(actor.acting(Action.CONSENT_WITHDRAW), participant, word, now)


def _newest_words(
    standing: Standing, relation: Relation, own: list[ConsentSignature]
) -> list[tuple[ConsentDecision | None, ConsentDocument]]:
    """Per text, by its code; None = asked and never answered."""
    asked = [asked.version for asked in standing.asked if decides_about(relation, asked.version.audience)]
    newest: dict[str, tuple[ConsentDecision | None, ConsentDocument]] = {
        version.code: (None, version.for_reader(standing.site.language)) for version in asked
    }
    for signature in own:
        document = standing.signed_documents[signature.document_id]
        newest[document.code] = signature.decision, document
    return [newest[code] for code in sorted(newest)]
