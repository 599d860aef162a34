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
from models import ConsentDocument, ConsentSignature, Participant, Site
from models.protocol import Protocol
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
    newest = {(s.relation, documents[s.document_id].code): s for s in signatures}
    asked = tuple(
        _asked(person, participant, version, _saying_yes(newest, documents, versions[version.code], at))
        for version in in_force(versions)
    )
    return Standing(person, site, asked, tuple(signatures), documents)


def _saying_yes(
    newest: dict[tuple[Relation, str], ConsentSignature], documents: dict[UUID, ConsentDocument],
    versions: list[Version], at: datetime,
) -> set[Relation]:
    """Everybody's newest word counts, if it is yes and no version is required since."""
    return {
        relation for (relation, code), signature in newest.items()
        if code == versions[0].code and signature.decision is ConsentDecision.GIVEN
        and documents[signature.document_id].valid_from <= at
        and outdated_by(documents[signature.document_id], versions, at) is None
    }


def _asked(person: Person, participant: Participant, version: Version, yes: set[Relation]) -> Asked:
    of_custodians = version.audience is ConsentAudience.CUSTODIAN
    signers = participant.custodians if of_custodians else [Relation.PARTICIPANT_SELF]
    given = tuple(Relation(word) for word in signers if word in yes)
    is_enough = bool(given) and person.rule.custodians == "one"
    return Asked(
        version=version, signers=tuple(Relation(word) for word in signers), given=given,
        missing=() if is_enough else tuple(Relation(word) for word in signers if word not in yes),
        is_needed=version.audience is not ConsentAudience.CHILD,
    )
