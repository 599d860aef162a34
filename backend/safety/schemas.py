"""What staff see and say about safety cases and the duty roster; what families read about both."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.vocabulary import Assessment, CaseState, CaseStepKind, EntryKind, EntryState, Role, SignatureMeaning

Sentence = Annotated[str, Meta(min_length=1, max_length=500)]
Version = Annotated[int, Meta(ge=1, lt=2**31)]
Instant = Annotated[datetime, Meta(tz=True)]


class SafetyNotice(msgspec.Struct):
    """What stands wherever somebody writes about an injury or an illness."""

    language: str
    text: str
    emergency_number: str


class CaseItem(msgspec.Struct):
    """One case on the list; `seq` is what an act must carry as `If-Match: "s<seq>"`."""

    id: UUID
    participant_id: UUID
    participant_code: str
    site_code: str
    entry_id: UUID
    kind: EntryKind
    rules: list[str]
    """Code and version of every rule it ever fitted."""
    fitting: list[str]
    """Those that the newest version fits."""
    state: CaseState
    assessment: Assessment | None
    seq: int
    known_since: datetime
    """When the server received what fits a rule."""
    due_at: datetime
    is_overdue: bool
    """Open, and the deadline has passed."""
    acknowledged_at: datetime | None
    next_step_at: datetime | None
    """When more people are told, unless somebody acknowledges it before."""


class PersonNamed(msgspec.Struct):
    id: UUID
    name: str


class CaseStepView(msgspec.Struct):
    """One thing that happened to the case."""

    id: UUID
    kind: CaseStepKind
    at: datetime
    by: PersonNamed | None
    """null = the system."""
    told: list[PersonNamed]
    detail: dict[str, str]
    note: str
    meaning: SignatureMeaning | None
    signed_name: str | None
    entry_version: int | None
    content_hash: str | None
    """SHA-256 of what was signed: the entry's answers as JSON with sorted names and no spaces."""


class CaseEntry(msgspec.Struct):
    """The entry as it stands; what is signed names this version."""

    id: UUID
    kind: EntryKind
    state: EntryState
    version: int
    data: dict[str, Any]
    relation: str
    source: str
    received_at: datetime


class Contact(msgspec.Struct):
    """Somebody of the site who may be called."""

    id: UUID
    name: str
    roles: list[Role]
    on_duty: bool
    phone: str


class CaseView(msgspec.Struct):
    """One case with its whole history, oldest step first."""

    case: CaseItem
    entry: CaseEntry
    device_time: str | None
    """The phone's own time of the writing that started the clock."""
    late_by_seconds: int | None
    """From that writing to its receipt here, by the phone's corrected clock."""
    steps: list[CaseStepView]
    contacts: list[Contact]


class Acknowledgement(msgspec.Struct, forbid_unknown_fields=True):
    """The signature says: I have read this version."""

    entry_version: Version


class AssessmentNote(msgspec.Struct, forbid_unknown_fields=True):
    """The signature says: I have assessed this version."""

    entry_version: Version
    assessment: Assessment
    note: Annotated[str, Meta(max_length=2000)] = ""


class CaseReason(msgspec.Struct, forbid_unknown_fields=True):
    reason: Sentence


class NewShift(msgspec.Struct, forbid_unknown_fields=True):
    """Who answers for a site from one instant to another."""

    site: Annotated[str, Meta(min_length=1, max_length=10)]
    account_id: UUID
    starts_at: Instant
    ends_at: Instant
    phone: Annotated[str, Meta(max_length=40, pattern=r"^[0-9+() ./-]*$")] = ""
    """Shown to colleagues beside a case."""


class ShiftView(msgspec.Struct):
    id: UUID
    site: str
    person: PersonNamed
    starts_at: datetime
    ends_at: datetime
    phone: str


class GapView(msgspec.Struct):
    starts_at: datetime
    ends_at: datetime


class Roster(msgspec.Struct):
    """One site's duty roster from now on."""

    site: str
    on_duty: list[PersonNamed]
    """Whoever is told of a case that opens now."""
    shifts: list[ShiftView]
    gaps: list[GapView]
    """When nobody answers, in the next seven days."""
    has_participants: bool
    eligible: list[PersonNamed]
    """Whoever may be given a shift there."""
