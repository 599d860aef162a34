"""Judgements and counts on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.vocabulary import AdjudicationStatus, Detection, EntryState, EvidenceKind, SignatureMeaning

MOST_PLACES = 40
Code = Annotated[str, Meta(min_length=1, max_length=40)]


class SeenPlace(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Where it broke, as the reader sees it, in the codes of the fracture form."""

    bone: Code
    side: Code | None = None
    segment: Code | None = None
    level: Code | None = None
    count: Annotated[int, Meta(ge=1, le=24)] = 1


class NewJudgement(msgspec.Struct, forbid_unknown_fields=True):
    """One reader's judgement on one place. The signature is of whoever is signed in."""

    status: AdjudicationStatus
    site_index: Annotated[int, Meta(ge=0, lt=MOST_PLACES)] = 0
    """Of the entry's `sites`, from 0; the next free number for a place that only the reader sees."""
    place: SeenPlace | None = None
    """Left out: as it was told."""
    detection: Detection = Detection.CLINICAL
    ao_code: Annotated[str, Meta(max_length=20)] | None = None
    genant: Annotated[int, Meta(ge=0, le=3)] | None = None
    evidence: Annotated[list[EvidenceKind], Meta(max_length=10)] = []
    comment: Annotated[str, Meta(max_length=1000)] = ""


class JudgementView(msgspec.Struct):
    id: UUID
    site_index: int
    entry_version: int
    is_of_this_version: bool
    """False: the entry was corrected since, and somebody must look again."""
    is_newest: bool
    """Of this reader about this place."""
    status: AdjudicationStatus
    detection: Detection
    place: dict[str, Any]
    ao_code: str | None
    genant: int | None
    evidence: list[str]
    blinded: bool
    comment: str
    reader_id: UUID
    signed_name: str
    signed_at: datetime
    meaning: SignatureMeaning
    content_hash: str


class JudgedPlaceView(msgspec.Struct):
    site_index: int
    told: dict[str, Any] | None
    """As the family told it; null: only readers have seen it."""
    readers_disagree: bool | None
    """Null for a blinded reader who has not judged it yet."""
    judgements: list[JudgementView]
    """Newest first; a blinded reader sees only their own."""


class AdjudicationView(msgspec.Struct):
    """One fracture entry with what readers signed about it. `version` is what a judgement carries: If-Match "v<n>"."""

    entry_id: UUID
    participant_id: UUID
    participant_code: str
    site_code: str
    state: EntryState
    version: int
    data: dict[str, Any]
    places: list[JudgedPlaceView]


class AwaitingItem(msgspec.Struct):
    """A validated fracture with a place that nobody has judged as it stands."""

    entry_id: UUID
    participant_code: str
    site_code: str
    version: int
    received_at: datetime
    places: int
    judged_before: bool
    """It was judged, and corrected since."""


class UnitView(msgspec.Struct):
    bone: str
    side: str
    segment: str
    level: str
    number: int
    sites: list[int]


class EpisodeView(msgspec.Struct):
    entry_id: UUID
    epoch: str
    units: list[UnitView]


class EpochTotal(msgspec.Struct):
    epoch: str
    episodes: int
    units: int


class ExcludedView(msgspec.Struct):
    entry_id: UUID
    site_index: int | None
    """null: the whole report."""
    why: str


class FractureCountView(msgspec.Struct):
    """How many fractures, with everything the figure depends on. Epochs are never added up in a rate."""

    participant_id: UUID
    case_definition: str
    title: str
    protocol_version: str
    protocol_hash: str
    paired_bones: str
    ribs: str
    totals: list[EpochTotal]
    episodes: list[EpisodeView]
    excluded: list[ExcludedView]
