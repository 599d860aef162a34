"""What is in force for a participant, who has signed and who is missing, and every word ever said to it."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from backend.access import scope
from backend.access.actor import Actor
from backend.audit import note_read
from backend.consent.adding import site_codes
from backend.consent.schemas import Consents, DocumentInForce, DocumentSummary, DocumentView, SignatureView
from backend.consent.signing import decides_about, signing_relation
from backend.consent.standing import Asked, Standing, stand_twice, standing_of
from backend.errors import NotFound
from models import Account, ConsentDocument, ConsentSignature, Participant
from models.protocol import Protocol
from models.vocabulary import Relation


async def consents_of(actor: Actor, protocol: Protocol, participant_id: UUID, now: datetime) -> Consents:
    """In the reader's language where there is one, else the site's, else English. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    await note_read(actor, participant.id, now)
    standing = await standing_of(protocol, participant, now)
    language = (await Account.get(id=actor.account)).language
    relation, codes = await signing_relation(actor, participant, now), await site_codes()
    return Consents(
        collection=participant.collection, custodians=[Relation(word) for word in participant.custodians],
        dissented_at=participant.dissented_at,
        in_force=[
            _in_force(asked, (language, standing.site.language), codes,
                      asks_you=_still_decides(actor, participant, relation, standing, asked))
            for asked in standing.asked
        ],
        history=[SignatureView.of(s, standing.signed_documents[s.document_id]) for s in standing.signatures],
    )


def _in_force(
    asked: Asked, languages: tuple[str, str], codes: dict[UUID, str], *, asks_you: bool
) -> DocumentInForce:
    document = asked.version.for_reader(*languages)
    return DocumentInForce(
        DocumentSummary.of(document, codes.get(document.site_id) if document.site_id else None),
        list(asked.given), list(asked.missing), asked.is_needed, asks_you,
    )


def _still_decides(
    actor: Actor, participant: Participant, relation: Relation | None, standing: Standing, asked: Asked
) -> bool:
    """Whether the reader, as who they stand to the participant, decides about the text and has not yet."""
    return relation is not None and decides_about(relation, asked.version.audience) and not any(
        word.relation is relation and (word.signer_id == actor.account or not stand_twice(participant, word.relation))
        for word in standing.signatures if asked.version.holds(word.document_id)
    )


async def text_for(actor: Actor, participant_id: UUID, document_id: UUID, now: datetime) -> DocumentView:
    """A text that fits the participant, or that was signed for them once, word for word. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    document = await ConsentDocument.get_or_none(id=document_id)
    if document is None or not await _concerns(participant, document, now):
        raise NotFound
    codes = await site_codes()
    return DocumentView.whole(document, codes.get(document.site_id) if document.site_id else None)


async def _concerns(participant: Participant, document: ConsentDocument, now: datetime) -> bool:
    fits = document.site_id in (None, participant.site_id) and document.arm in (None, participant.arm)
    if fits and document.valid_from <= now:
        return True
    signed = Q(participant_id=participant.id, document_id=document.id)
    return await ConsentSignature.filter(signed).exists()
