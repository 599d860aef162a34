"""Where a participant's consent stands: which texts are in force, whose yes counts, whose is missing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.consent.ages import Person, person_of
from backend.consent.documents import (
    EVERYTHING_BUT_THE_TEXT,
    Version,
    documents_for,
    in_force,
    outdated_by,
    versions_that_fit,
)
from models import ConsentDocument, ConsentSignature, Guardianship, Participant, Site
from models.protocol import Protocol
from models.spans import holds
from models.vocabulary import ConsentAudience, ConsentDecision, Relation


@dataclass(frozen=True)
class Asked:
    """One text in force, and what those who decide have said to it."""

    version: Version
    signers: tuple[Relation, ...]
    """Who decides about this text; of the custodians perhaps one is enough."""
    given: tuple[Relation, ...]
    missing: tuple[Relation, ...]
    is_needed: bool
    """Without it nothing is collected; the child's own word to its own text never opens anything."""


@dataclass(frozen=True)
class Standing:
    person: Person
    site: Site
    asked: tuple[Asked, ...]
    signatures: tuple[ConsentSignature, ...]
    signed_documents: dict[UUID, ConsentDocument]

    @property
    def is_consented(self) -> bool:
        """Where no text is in force, and where nobody was attested who could say yes, nobody has."""
        needed = [asked for asked in self.asked if asked.is_needed]
        return bool(needed) and all(asked.given and not asked.missing for asked in needed)

    @property
    def waits_for(self) -> list[tuple[Version, Relation]]:
        return [(asked.version, relation) for asked in self.asked if asked.is_needed for relation in asked.missing]


async def standing_of(protocol: Protocol, participant: Participant, at: datetime) -> Standing:
    """As the records of that moment have it: the version in force at an entry's receipt, and who had signed."""
    site = await Site.get(id=participant.site_id)
    person = person_of(protocol, participant, site, at)
    versions = versions_that_fit(await documents_for(participant, at), person)
    written = ConsentSignature.filter(participant_id=participant.id, recorded_at__lte=at)
    signatures = sorted(await written, key=lambda signature: (signature.signed_at, signature.seq))
    signed = ConsentDocument.filter(id__in={signature.document_id for signature in signatures})
    documents = {row.id: row for row in await signed.only(*EVERYTHING_BUT_THE_TEXT)} if signatures else {}
    words = _newest_words(participant, signatures, documents)
    gone = await _signers_gone(participant, signatures, at)
    asked = tuple(
        _asked(participant, person, version, _saying_yes(words, documents, versions[version.code], at, gone))
        for version in in_force(versions)
    )
    return Standing(person, site, asked, tuple(signatures), documents)


def stand_twice(participant: Participant, relation: Relation) -> bool:
    """Two persons are custodians in this relation, such as two mothers: each of them is known by the account."""
    return participant.custodians.count(relation) > 1


def _newest_words(
    participant: Participant, signatures: list[ConsentSignature], documents: dict[UUID, ConsentDocument]
) -> dict[tuple[str, Relation, UUID | None], ConsentSignature]:
    """By text, relation and, where two persons stand in that, account; in the order in which they were said."""
    newest: dict[tuple[str, Relation, UUID | None], ConsentSignature] = {}
    for word in signatures:
        who = word.signer_id if stand_twice(participant, word.relation) else None
        key = (documents[word.document_id].code, word.relation, who)
        newest.pop(key, None)
        newest[key] = word
    return newest


async def _signers_gone(
    participant: Participant, signatures: list[ConsentSignature], at: datetime
) -> set[UUID | None]:
    """Of two in one relation: accounts whose guardianship does not hold. The same person may have a newer account."""
    signers = {word.signer_id for word in signatures if stand_twice(participant, word.relation)} - {None}
    if not signers:
        return set()
    admitted = Guardianship.filter(holds(at), participant_id=participant.id, invited_by_id=None)
    return signers - set(await admitted.values_list("account_id", flat=True))


def _saying_yes(
    newest: dict[tuple[str, Relation, UUID | None], ConsentSignature], documents: dict[UUID, ConsentDocument],
    versions: list[Version], at: datetime, gone: set[UUID | None],
) -> list[tuple[Relation, UUID | None]]:
    """Everybody's newest word counts, if it is yes and no version is required since.

    Of two in one relation only who is known by an account says yes: on paper one and the same could sign twice. A no
    of whoever it was counts against the one who spoke last.
    """
    yes: list[tuple[Relation, UUID | None]] = []
    for (code, relation, who), word in newest.items():
        if code != versions[0].code:
            continue
        document = documents[word.document_id]
        is_yes = word.decision is ConsentDecision.GIVEN and document.valid_from <= at and who not in gone
        if is_yes and outdated_by(document, versions, at) is None:
            yes.append((relation, who))
        elif word.decision is not ConsentDecision.GIVEN and who is None:
            yes = _without_last_of(relation, yes)
    return yes


def _without_last_of(
    relation: Relation, yes: list[tuple[Relation, UUID | None]]
) -> list[tuple[Relation, UUID | None]]:
    last = max((place for place, (other, _) in enumerate(yes) if other is relation), default=None)
    return [one for place, one in enumerate(yes) if place != last]


def _asked(
    participant: Participant, person: Person, version: Version, yes: list[tuple[Relation, UUID | None]]
) -> Asked:
    of_custodians = version.audience is ConsentAudience.CUSTODIAN
    signers = [Relation(word) for word in participant.custodians] if of_custodians else [Relation.PARTICIPANT_SELF]
    known = [relation for relation, who in yes if who is not None or not stand_twice(participant, relation)]
    given, missing = [], []
    for relation in signers:
        if relation in known:
            known.remove(relation)
            given.append(relation)
        else:
            missing.append(relation)
    is_enough = bool(given) and person.rule.custodians == "one"
    return Asked(
        version=version, signers=tuple(signers), given=tuple(given), missing=() if is_enough else tuple(missing),
        is_needed=version.audience is not ConsentAudience.CHILD,
    )
