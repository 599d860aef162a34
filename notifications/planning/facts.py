"""What must be known of one child and its guardians to say when who is reminded of what (pure, no database).

The planner reads it from the tables (`fact_reading.py`); a rehearsal may make it up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.protocol import NO_ANCHORS, Anchors
from models.vocabulary import NoticeKind, NoticeRank
from notifications.local_time import local_date
from notifications.planning.reminders import Listener


@dataclass(frozen=True)
class Guardian:
    """One living guardianship."""

    account_id: UUID
    listener: Listener
    since: datetime
    until: datetime | None = None
    hears: frozenset[NoticeKind] = frozenset(NoticeKind)
    """What the child's state, the guardianship and its holder's capabilities let them be told."""

    def holds(self, instant: datetime) -> bool:
        """Nobody is told what was due before they became a guardian, or will be afterwards."""
        return self.since <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True)
class PlannedVisit:
    id: UUID
    on_day: date
    """At its site."""
    over_at: datetime


@dataclass(frozen=True)
class Fracture:
    """Told by the family, and what follow-ups said of it."""

    id: UUID
    happened_at: datetime
    written_by: UUID
    answered_at: datetime | None = None
    answered_by: UUID | None = None
    is_closed: bool = False
    """The last answer said that nothing more is asked."""

    def answers(self, days: int, zone: ZoneInfo) -> bool:
        """An answer puts the card away until the next of its days."""
        due_on = local_date(self.happened_at, zone) + timedelta(days=days)
        return self.is_closed or (self.answered_at is not None and local_date(self.answered_at, zone) >= due_on)


@dataclass(frozen=True)
class OpenQuery:
    id: UUID
    opened_at: datetime
    rank: NoticeRank = NoticeRank.OTHER


@dataclass(frozen=True)
class ConsentEnd:
    """When what was signed will not be enough any more, and for whom of the guardians."""

    subject_id: UUID
    """The document that will be needed, or the participant who comes of age."""
    at: datetime
    zone: ZoneInfo
    accounts: frozenset[UUID]


@dataclass(frozen=True)
class AttestedPeriod:
    """ISO dates, which sort as text; whoever of the family did it."""

    first: str
    last: str
    by: UUID | None = None

    def covers(self, last_day: str) -> bool:
        return self.first <= last_day <= self.last


@dataclass(frozen=True)
class Child:
    """One participant; guardians in any order."""

    id: UUID
    guardians: tuple[Guardian, ...] = ()
    anchors: Anchors = field(default_factory=lambda: NO_ANCHORS)
    attested: tuple[AttestedPeriod, ...] = ()
    last_check_in_by: UUID | None = None
    asked: Mapping[tuple[UUID, str], UUID] = field(default_factory=dict)
    """Subject and slot of a check-in or card that was due → who was asked; the silence ladder goes on from there."""
    visits: tuple[PlannedVisit, ...] = ()
    fractures: tuple[Fracture, ...] = ()
    queries: tuple[OpenQuery, ...] = ()
    consent_ends: tuple[ConsentEnd, ...] = ()
