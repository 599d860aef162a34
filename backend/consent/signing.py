"""Saying yes or no to a text: in the app oneself, or on paper as staff write it down."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from backend.access import scope
from backend.access.actor import Actor
from backend.consent.collection import settle_collection
from backend.consent.documents import EVERYTHING_BUT_THE_TEXT, addresses, documents_for
from backend.consent.schemas import PaperSignature, Signing
from backend.consent.signatures import Word, write_signature
from backend.consent.standing import Standing, stand_twice, standing_of
from backend.errors import ConsentOutOfDate, FindingsRefused, IllegalState, NotFound, RoleMayNot
from models import ConsentDocument, ConsentSignature, Guardianship, Participant
from models.participation import ENDINGS
from models.protocol import Protocol
from models.spans import speaks
from models.transaction import atomic
from models.vocabulary import ConsentAudience, ParticipantState, Relation, Role

NOBODY_IS_ASKED = ENDINGS - {ParticipantState.WITHDRAWN}
"""Who withdrew may sign again: only then can staff undo the withdrawal."""
OLDEST_PAPER = 2000
Written = tuple[ConsentSignature, ConsentDocument]


@atomic
async def sign(
    actor: Actor, protocol: Protocol, participant_id: UUID, wanted: Signing, now: datetime
) -> Written:
    """One's own decision on a text in force. The same decision again is the same signature.

    Raises NotFound, RoleMayNot (no custodian), ConsentOutOfDate or IllegalState (the participation has ended).
    """
    participant = await scope.locked_participant(actor, participant_id)
    relation = await signing_relation(actor, participant, now)
    if relation is None:
        raise RoleMayNot
    if participant.state in NOBODY_IS_ASKED:
        raise IllegalState(state=participant.state)
    standing = await standing_of(protocol, participant, now)
    document = await _document_in_force(participant, standing, relation, wanted, now)
    newest = next((s for s in reversed(standing.signatures) if s.relation is relation
                   and (s.signer_id == actor.account or not stand_twice(participant, relation))
                   and standing.signed_documents[s.document_id].code == document.code), None)
    if newest and (newest.document_id, newest.decision) == (document.id, wanted.decision):
        return newest, document
    word = Word(document, relation, wanted.decision, now)
    signature = await write_signature(actor, participant, word, now)
    await settle_collection(actor, protocol, participant, now)
    return signature, document


async def signing_relation(actor: Actor, participant: Participant, now: datetime) -> Relation | None:
    """As whom the actor decides: a custodian whom staff admitted, the participant themselves, or nobody."""
    own = actor.guardians.get(participant.id)
    if own is None or own.role is Role.PARTICIPANT:
        return Relation.PARTICIPANT_SELF if own else None
    if own.role is not Role.GUARDIAN or own.relation not in participant.custodians:
        return None
    admitted = await Guardianship.exists(
        speaks(now), account_id=actor.account, participant_id=participant.id, role=Role.GUARDIAN,
        relation=own.relation, invited_by_id=None,
    )
    return own.relation if admitted else None


def decides_about(relation: Relation, audience: ConsentAudience) -> bool:
    return (relation is Relation.PARTICIPANT_SELF) is (audience is not ConsentAudience.CUSTODIAN)


async def _document_in_force(
    participant: Participant, standing: Standing, relation: Relation, wanted: Signing, now: datetime
) -> ConsentDocument:
    for asked in standing.asked:
        if asked.version.holds(wanted.document_id) and decides_about(relation, asked.version.audience):
            document = next(row for row in asked.version.rows if row.id == wanted.document_id)
            if document.body_hash != wanted.body_hash:
                raise ConsentOutOfDate
            return document
    known = await documents_for(participant, now)
    if any(row.id == wanted.document_id and decides_about(relation, row.audience) and addresses(row, standing.person)
           for row in known):
        raise ConsentOutOfDate
    raise NotFound


@atomic
async def record_on_paper(
    actor: Actor, protocol: Protocol, participant_id: UUID, wanted: PaperSignature, now: datetime
) -> Written:
    """What somebody decided on paper, also without an account; the child's own refusal too.

    Raises NotFound or FindingsRefused.
    """
    participant = await scope.locked_participant(actor, participant_id)
    known = ConsentDocument.filter(
        Q(site_id=None) | Q(site_id=participant.site_id), Q(arm=None) | Q(arm=participant.arm),
        id=wanted.document_id, valid_from__lte=now,
    )
    document = await known.only(*EVERYTHING_BUT_THE_TEXT).first()
    if document is None:
        raise NotFound
    if findings := _findings(participant, document, wanted, now):
        raise FindingsRefused(findings=findings)
    word = Word(document, wanted.relation, wanted.decision, wanted.signed_at, await _signer(participant, wanted))
    signature = await write_signature(actor, participant, word, now)
    await settle_collection(actor, protocol, participant, now)
    return signature, document


async def _signer(participant: Participant, wanted: PaperSignature) -> UUID | None:
    """The account of whose word it is, if staff named the guardianship. Raises FindingsRefused."""
    if wanted.guardianship_id is None:
        return None
    named = await Guardianship.get_or_none(
        id=wanted.guardianship_id, participant_id=participant.id, relation=wanted.relation
    )
    if named is None:
        raise FindingsRefused(findings=[{"code": "guardianship_id.unknown", "field": "guardianship_id"}])
    return named.account_id


def _findings(
    participant: Participant, document: ConsentDocument, wanted: PaperSignature, now: datetime
) -> list[dict[str, str]]:
    findings = []
    if wanted.signed_at > now:
        findings.append({"code": "signed_at.in_future", "field": "signed_at"})
    if wanted.signed_at.year < OLDEST_PAPER:
        findings.append({"code": "signed_at.not_plausible", "field": "signed_at"})
    if wanted.relation not in (Relation.PARTICIPANT_SELF, *participant.custodians):
        findings.append({"code": "relation.no_custodian", "field": "relation"})
    if not decides_about(wanted.relation, document.audience):
        findings.append({"code": "relation.not_addressed", "field": "relation"})
    return findings
