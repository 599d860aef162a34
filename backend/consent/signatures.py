"""One person's word on one text, written down for ever, and what the child's own word changes at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.audit import Changes, next_seq, record
from models import ConsentDocument, ConsentSignature, Guardianship, Participant
from models.actions import Action
from models.spans import holds
from models.vocabulary import ConsentDecision, ConsentMethod, Relation


@dataclass(frozen=True)
class Word:
    document: ConsentDocument
    relation: Relation
    decision: ConsentDecision
    signed_at: datetime
    signer_id: UUID | None = None
    """On paper, where staff say whose word it is."""


async def write_signature(actor: Actor, participant: Participant, word: Word, now: datetime) -> ConsentSignature:
    """Under the participant's lock; the actor's action is the one that is noted."""
    own = actor.guardians.get(participant.id)
    is_own = own is not None and own.relation is word.relation and actor.action is not Action.CONSENT_RECORD
    signature = await ConsentSignature.create(
        participant_id=participant.id, seq=await next_seq(participant), document_id=word.document.id,
        document_hash=word.document.body_hash, relation=word.relation,
        signer_id=actor.account if is_own else word.signer_id or await _account_of(participant, word.relation, now),
        decision=word.decision, method=ConsentMethod.APP if is_own else ConsentMethod.PAPER,
        signed_at=word.signed_at, recorded_by_id=actor.account, recorded_at=now,
    )
    changes: Changes = {
        "decision": [None, word.decision], "relation": [None, word.relation],
        "document_hash": [None, word.document.body_hash],
    }
    before = participant.dissented_at
    if await _follow_own_word(participant):
        changes["dissented_at"] = [_told(before), _told(participant.dissented_at)]
    await record(actor, actor.action, signature, now, participant=participant, seq=signature.seq, changes=changes)
    return signature


async def _account_of(participant: Participant, relation: Relation, now: datetime) -> UUID | None:
    """Of the only living guardian in this relation, if there is just one."""
    found = await Guardianship.filter(
        holds(now), participant_id=participant.id, relation=relation, invited_by_id=None
    ).values_list("account_id", flat=True)
    return found[0] if len(found) == 1 else None  # type: ignore[return-value]


async def _follow_own_word(participant: Participant) -> bool:
    """The participant's own newest word: no stops what is addressed to the child, yes lifts it. Whether it changed."""
    own = ConsentSignature.filter(participant_id=participant.id, relation=Relation.PARTICIPANT_SELF)
    newest = await own.order_by("-signed_at", "-seq").first()
    refused_at = newest.signed_at if newest and newest.decision is not ConsentDecision.GIVEN else None
    if refused_at == participant.dissented_at:
        return False
    participant.dissented_at = refused_at
    await participant.save(update_fields=["dissented_at"])
    return True


def _told(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
