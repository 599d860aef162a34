"""What stands on the wire about attested time."""

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from backend.border.text_types import SiteCode
from models.coverage.cuts import CutReason
from models.vocabulary import EntryKind, EntrySource, Lateness, ParticipantState, Relation

Denominator = Literal["calendar", "covered", "timely"]


class DaySpan(msgspec.Struct):
    first_day: date
    last_day: date
    """Included."""
    days: int


class CoveredSpan(DaySpan):
    lateness: Lateness


class CutOutView(DaySpan):
    reason: CutReason


class AttestationView(DaySpan):
    """Somebody vouched for these days. Days told of by several stand here several times, in `covered` once."""

    entry_id: UUID
    kind: EntryKind
    lateness: Lateness
    lag_days: int
    """From the last day told of to the telling."""
    counts: bool
    """False: told later than the protocol allows, and not confirmed by staff yet."""
    account: UUID
    """Who told; of those without an account, who wrote it down."""
    relation: Relation
    source: EntrySource


class ContradictionView(msgspec.Struct):
    """A fracture on days of which somebody said that nothing happened. The fracture counts, the days stay covered."""

    event_entry_id: UUID
    zero_entry_id: UUID
    is_certain: bool
    """False: it can also have happened on another day, or after that was said."""


class PersonTime(msgspec.Struct):
    """A numerator and a denominator made of the same days."""

    denominator: Denominator
    """`calendar`: all days that are not cut out; `timely`: covered days told of soon (contemporaneous or late)."""
    days: int
    events: int
    """Fractures that can only have happened on these days."""
    possible_events: int
    """Fractures that may as well have happened on other days."""


class CheckIns(msgspec.Struct):
    """How many of the family's check-ins were answered before the next one was due, whatever the answer."""

    every_days: int
    """The rhythm on the last day of the window."""
    expected: int
    """Periods that ended on a usable day before today."""
    completed: int
    share: float | None


class CoverageView(msgspec.Struct):
    """Every day of the window is covered, cut out or in a gap."""

    participant_id: UUID
    code: str
    protocol_hash: str
    window: DaySpan
    data_cut: date
    """The day at the site on which this was read; later days are cut out."""
    activated_on: date | None
    """The first day that can be covered; null = the diary was not opened yet."""
    usable_days: int
    """Of the window, without what is cut out."""
    covered_days: int
    covered_share: float | None
    days_by_class: dict[Lateness, int]
    unconfirmed_days: int
    """Of the gaps: days that somebody told of too late, and that staff have not confirmed."""
    person_time: list[PersonTime]
    fractures_not_rated: int
    """Before or at birth: never part of a rate."""
    check_ins: CheckIns
    covered: list[CoveredSpan]
    gaps: list[DaySpan]
    cut_outs: list[CutOutView]
    attestations: list[AttestationView]
    contradictions: list[ContradictionView]


class CoverageLine(msgspec.Struct):
    """One participant in the listing of a site, from activation to today."""

    participant_id: UUID
    code: str
    site: SiteCode
    state: ParticipantState
    usable_days: int
    covered_days: int
    covered_share: float | None
    unconfirmed_days: int
    longest_gap: DaySpan | None
    contradictions: int
