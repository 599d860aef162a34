"""What stands on the wire about consent documents and signatures."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.border.text_types import LanguageTag, SiteCode
from models import ConsentDocument, ConsentSignature
from models.vocabulary import Arm, Collection, ConsentAudience, ConsentDecision, ConsentMethod, Relation

LARGEST_TEXT = 200_000
"""Characters, and bytes as UTF-8."""
DocumentCode = Annotated[
    str, Meta(max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)", examples=["guardian-information"])
]
VersionName = Annotated[str, Meta(max_length=20, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$(?!\n)", examples=["2.0"])]
Age = Annotated[int, Meta(ge=0, le=120)]
Instant = Annotated[datetime, Meta(tz=True)]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$(?!\n)", max_length=64)]


class NewConsentDocument(msgspec.Struct, forbid_unknown_fields=True):
    """One version of one text in one language; it is never changed."""

    code: DocumentCode
    version: VersionName
    audience: ConsentAudience
    language: LanguageTag
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    body: Annotated[str, Meta(min_length=1, max_length=LARGEST_TEXT)]
    """Plain text or Markdown, kept word for word."""
    valid_from: Instant
    required_from: Instant | None = None
    """From then on a yes to an older version does not count any more; null = it goes on counting."""
    site: SiteCode | None = None
    """Null = all sites; only those who work for the whole study may add one."""
    arm: Arm | None = None
    age_from: Age | None = None
    age_to: Age | None = None
    """Completed years of the child, both inclusive."""


class DocumentSummary(msgspec.Struct):
    id: UUID
    code: str
    version: str
    audience: ConsentAudience
    site: str | None
    arm: Arm | None
    language: str
    age_from: int | None
    age_to: int | None
    title: str
    body_hash: str
    """SHA-256 of the text as UTF-8; send it with a signature."""
    valid_from: datetime
    required_from: datetime | None

    @classmethod
    def of(cls, row: ConsentDocument, site: str | None) -> "DocumentSummary":
        return cls(
            row.id, row.code, row.version, row.audience, site, row.arm, row.language, row.age_from, row.age_to,
            row.title, row.body_hash, row.valid_from, row.required_from,
        )


class ListedDocument(DocumentSummary):
    missing_languages: list[str] = []
    """Read by the sites it is for or by their families, and this version is not there in them: add it."""

    @classmethod
    def lacking(cls, row: ConsentDocument, site: str | None, missing: list[str]) -> "ListedDocument":
        return cls(**msgspec.structs.asdict(DocumentSummary.of(row, site)), missing_languages=missing)


class DocumentView(DocumentSummary):
    body: str = ""

    @classmethod
    def whole(cls, row: ConsentDocument, site: str | None) -> "DocumentView":
        return cls(**msgspec.structs.asdict(DocumentSummary.of(row, site)), body=row.body)


class DocumentInForce(msgspec.Struct):
    """A text that stands for this participant now, in the reader's language where there is one."""

    document: DocumentSummary
    given: list[Relation]
    """Whose yes counts."""
    missing: list[Relation]
    """Whose yes is still needed; where one custodian is enough, any of these."""
    is_needed: bool
    """Without it nothing new is taken in. A child's own text never is."""
    asks_you: bool
    """Whether you are one of those who decide about this text and have not decided yet."""


class SignatureView(msgspec.Struct):
    id: UUID
    document_id: UUID
    code: str
    version: str
    body_hash: str
    relation: Relation
    decision: ConsentDecision
    method: ConsentMethod
    signed_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, signature: ConsentSignature, document: ConsentDocument) -> "SignatureView":
        return cls(
            signature.id, document.id, document.code, document.version, signature.document_hash, signature.relation,
            signature.decision, signature.method, signature.signed_at, signature.recorded_at,
        )


class Consents(msgspec.Struct):
    collection: Collection
    """Whether new entries are taken in, and why not."""
    custodians: list[Relation]
    """Who consents for the child, as staff attested."""
    dissented_at: datetime | None
    """The child said no: nothing is addressed to it any more."""
    in_force: list[DocumentInForce]
    history: list[SignatureView]
    """Oldest first."""


class Signing(msgspec.Struct, forbid_unknown_fields=True):
    """One's own word, in the app."""

    document_id: UUID
    body_hash: Hash
    """Of the text that was read."""
    decision: ConsentDecision


class PaperSignature(msgspec.Struct, forbid_unknown_fields=True):
    """A word given on paper, or told by the child, as staff write it down."""

    document_id: UUID
    relation: Relation
    decision: ConsentDecision
    signed_at: Instant
    guardianship_id: UUID | None = None
    """Whose word it is, where two persons stand in that relation (two mothers)."""
