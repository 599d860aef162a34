"""The phone sync contract on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from models.participation import Words
from models.vocabulary import (
    ChangeReason,
    EntryKind,
    EntrySource,
    EntryState,
    ParticipantState,
    Precision,
    Relation,
    RevisionState,
)

Count = Annotated[int, Meta(ge=0, lt=2**53)]
MAX_ITEMS = 200


Resolves = Annotated[list[Annotated[str, Meta(max_length=36)]], Meta(max_length=200)]
Confirmed = Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=200)]


Locale = Annotated[str, Meta(max_length=35)]
"""The language in which the question was read, as a BCP 47 tag."""


class PushItem(msgspec.Struct, forbid_unknown_fields=True):
    """One change made on a phone. Unknown fields are welcome in `data` and refused elsewhere."""

    id: str
    collection: Literal["entries"] = "entries"
    op: Literal["upsert", "delete"] = "upsert"
    kind: str | None = None
    base_version: Annotated[int, Meta(ge=0, lt=2**31)] = 0
    client_seq: Count = 0
    recorded_at: Annotated[str, Meta(max_length=40)] | None = None
    """Phone's clock, RFC 3339 with offset."""
    timezone: Annotated[str, Meta(max_length=64)] | None = None
    locale: Locale | None = None
    data: dict[str, Any] = {}
    """Only the fields this person set: absent = untouched, null = cleared."""
    reason: str | None = None
    resolves: Resolves = []
    """Ids of conflicting revisions that this write settles."""
    confirmed: Confirmed = []
    """Codes of findings the person was asked about and confirmed."""


class PushBatch(msgspec.Struct, forbid_unknown_fields=True):
    replica_id: UUID
    """This installation and account."""
    schema: Annotated[int, Meta(ge=1, lt=2**15)]
    items: Annotated[list[dict[str, Any]], Meta(max_length=MAX_ITEMS * 10)]
    """Each a PushItem; one that isn't is rejected alone."""
    base_cursor: Count = 0
    sent_at: Annotated[str, Meta(max_length=40)] | None = None
    app_version: Annotated[str, Meta(max_length=40)] = ""


class SafetyTold(msgspec.Struct):
    """What may be urgent. Show the notice with the entry."""

    notice: str
    """That nobody watches day and night, and whom to call; in the account's language."""
    case: bool = False
    """Whether the study staff are being told. Who may report only is not told so."""
    acknowledged_at: datetime | None = None
    """Since when somebody of the study staff has read it."""


class ItemResult(msgspec.Struct, omit_defaults=True):
    id: str
    client_seq: int
    status: Literal["applied", "merged", "unchanged", "conflict", "rejected", "retry"]
    version: int | None = None
    seq: int | None = None
    fields: list[str] | None = None
    """On conflict: what was changed differently."""
    revision_id: UUID | None = None
    """On conflict: where what was sent is kept."""
    current: dict[str, Any] | None = None
    findings: list[dict[str, Any]] | None = None
    error: dict[str, Any] | None = None
    safety: SafetyTold | None = None
    """Set where what was written may be urgent."""


class PushAnswer(msgspec.Struct):
    results: list[ItemResult]
    cursor: int
    epoch: UUID
    server_time: datetime


class Conflict(msgspec.Struct):
    revision_id: str
    data: Any
    relation: str
    received_at: Any
    retracts: bool


class Change(msgspec.Struct):
    """One record at its newest state. What stands after `state` belongs to entries only."""

    collection: str
    id: str
    seq: int
    version: int
    deleted: bool
    data: Any
    state: str
    kind: EntryKind | UnsetType = UNSET
    findings: Any = UNSET
    open_conflicts: int | UnsetType = UNSET
    conflicts: list[Conflict] | UnsetType = UNSET
    """Both sides, where a conflict is open."""
    open_queries: int | UnsetType = UNSET
    pending: bool | UnsetType = UNSET
    recorded_by: str | UnsetType = UNSET
    relation: str | UnsetType = UNSET
    source: str | UnsetType = UNSET
    """`app`, or how staff of the site came to write it down."""
    received_at: datetime | UnsetType | None = UNSET
    duplicate_of: str | UnsetType = UNSET
    """The report of the same event that this one is linked to; what it stands for is that one."""


class ChangesPage(msgspec.Struct):
    changes: list[Change]
    cursor: int
    has_more: bool
    epoch: UUID
    server_time: datetime
    participant_state: ParticipantState
    words: Words
    """`quiet`: nothing celebrates, nothing asks for the week."""


class EntryWrite(msgspec.Struct, forbid_unknown_fields=True):
    """A whole entry (PUT) or the fields to change (PATCH)."""

    data: dict[str, Any]
    kind: EntryKind | None = None
    recorded_at: Annotated[str, Meta(max_length=40)] | None = None
    timezone: Annotated[str, Meta(max_length=64)] | None = None
    locale: Locale | None = None
    reason: str | None = None
    resolves: Resolves = []
    confirmed: Confirmed = []


class OnBehalf(msgspec.Struct, forbid_unknown_fields=True):
    """A whole entry that staff write down: what a person told them, or what a chart says."""

    kind: EntryKind
    data: dict[str, Any]
    source: Literal["site_interview", "chart_review"]
    guardianship_id: UUID | None = None
    """Interview: who told, where they have an account."""
    relation: Relation | None = None
    """Interview: who told, where they have none."""
    told_at: Annotated[datetime, Meta(tz=True)] | None = None
    """When it was told or looked up."""
    confirmed: Confirmed = []
    """Codes of findings that were looked at and are right."""
    reason: ChangeReason | None = None
    """Of a correction."""


class EntryView(msgspec.Struct):
    """One entry as its family sees it."""

    id: UUID
    participant_id: UUID
    kind: EntryKind
    state: EntryState
    version: int
    seq: int
    data: dict[str, Any]
    findings: list[dict[str, Any]]
    open_conflicts: int
    open_queries: int
    pending: bool
    recorded_by: UUID
    """Who wrote it down."""
    relation: str
    """Whose words it is."""
    source: EntrySource
    received_at: datetime
    occurred_from: datetime | None
    occurred_to: datetime | None
    precision: Precision
    """How exactly that was told."""
    derived: dict[str, Any]
    """What follows from the answers, such as the total of an observed pain scale; never stored over what was sent."""
    safety: SafetyTold | None = None
    """Set where what was written may be urgent; for families only."""
    duplicate_of: UUID | None = None
    """The report of the same event that staff linked it to: both stay."""


class FollowUpCard(msgspec.Struct):
    """A fracture about which the family is asked again. A `follow_up` entry that says `healed` answers it."""

    fracture_id: UUID
    day: int
    """So many days after the fracture."""
    due_on: date
    last_healed: str | None


class PainScaleView(msgspec.Struct):
    """By the protocol's table of ages; null where it has no scale for this participant."""

    scale: str | None
    shown_as: str | None
    """`six_step` in place of FPS-R, where nobody has licensed the faces."""
    by: Literal["self", "carer"] | None
    until: date | None
    """The birthday on which another scale takes its place."""
    observer_rated: bool


class RevisionView(msgspec.Struct):
    """One write, accepted or conflicting."""

    id: UUID
    version: int | None
    state: RevisionState
    base_version: int
    data: dict[str, Any]
    sent: dict[str, Any]
    retracts: bool
    reason: str | None
    resolves: list[str]
    findings: list[dict[str, Any]]
    author_id: UUID
    """Who wrote it down."""
    relation: str
    """Whose words it is."""
    source: EntrySource
    originator_id: UUID | None
    """The account of the person who told, where staff wrote it down for somebody with an account."""
    device_time: str | None
    timezone: str | None
    locale: str | None
    clock_skew: int | None
    app_version: str
    protocol_hash: str
    received_at: datetime
