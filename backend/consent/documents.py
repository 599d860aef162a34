"""Which texts are in force for a participant: per code the newest version that fits site, arm, audience and age."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from backend.consent.ages import Person
from models import ConsentDocument, Participant
from models.vocabulary import ConsentAudience

EVERYTHING_BUT_THE_TEXT = (
    "id", "code", "version", "audience", "site_id", "arm", "language", "age_from", "age_to", "title", "body_hash",
    "valid_from", "required_from", "created_at",
)
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Version:
    """One version of a text, in all its languages."""

    rows: tuple[ConsentDocument, ...]

    @property
    def code(self) -> str:
        return self.rows[0].code

    @property
    def name(self) -> str:
        return self.rows[0].version

    @property
    def audience(self) -> ConsentAudience:
        return self.rows[0].audience

    @property
    def valid_from(self) -> datetime:
        return min(row.valid_from for row in self.rows)

    @property
    def required_from(self) -> datetime | None:
        return min((row.required_from for row in self.rows if row.required_from), default=None)

    @property
    def age(self) -> tuple[datetime, datetime, UUID]:
        """Sorts versions, oldest first."""
        first = min(self.rows, key=lambda row: (row.valid_from, row.created_at, row.id))
        return first.valid_from, first.created_at, first.id

    @property
    def first_id(self) -> UUID:
        """Names this version, whatever the language."""
        return min(row.id for row in self.rows)

    def holds(self, document_id: UUID) -> bool:
        return any(row.id == document_id for row in self.rows)

    def for_reader(self, *languages: str) -> ConsentDocument:
        """In the first of these languages that it has, else in English, else in any; its site's own before all's."""
        wanted = [language.partition("-")[0] for language in (*languages, DEFAULT_LANGUAGE)]

        def rank(row: ConsentDocument) -> tuple[int, bool, bool, UUID]:
            spoken = row.language.partition("-")[0]
            return wanted.index(spoken) if spoken in wanted else len(wanted), not row.site_id, not row.arm, row.id

        return min(self.rows, key=rank)


async def documents_for(participant: Participant, at: datetime) -> list[ConsentDocument]:
    """Without their texts: all that were known then and valid, for this site and arm, whomever they address."""
    fits = Q(Q(site_id=None) | Q(site_id=participant.site_id), Q(arm=None) | Q(arm=participant.arm))
    known = ConsentDocument.filter(fits, valid_from__lte=at, created_at__lte=at)
    return await known.order_by("valid_from", "id").only(*EVERYTHING_BUT_THE_TEXT)


def versions_that_fit(documents: Iterable[ConsentDocument], person: Person) -> dict[str, list[Version]]:
    """Code → versions for this person, oldest first."""
    found: dict[tuple[str, str], list[ConsentDocument]] = {}
    for document in documents:
        if addresses(document, person):
            found.setdefault((document.code, document.version), []).append(document)
    versions: dict[str, list[Version]] = {}
    for version in sorted((Version(tuple(rows)) for rows in found.values()), key=lambda version: version.age):
        versions.setdefault(version.code, []).append(version)
    return versions


def in_force(versions: dict[str, list[Version]]) -> list[Version]:
    """The newest of each code."""
    return [known[-1] for _, known in sorted(versions.items())]


def addresses(document: ConsentDocument, person: Person) -> bool:
    """Whom the law lets decide is asked: the adult alone, or the custodians and, at its age, the child."""
    if (document.audience is ConsentAudience.ADULT) is not person.decides_alone:
        return False
    return (document.age_from or 0) <= person.age <= (999 if document.age_to is None else document.age_to)


def outdated_by(signed: ConsentDocument, versions: Sequence[Version], at: datetime) -> Version | None:
    """The newer version that must have been signed instead by then."""
    return next((
        version for version in versions
        if version.name != signed.version and version.valid_from > signed.valid_from
        and version.required_from is not None and version.required_from <= at
    ), None)
