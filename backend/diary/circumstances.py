"""What is known about an entry besides its answers: who it is about, and how it came."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models import Participant


@dataclass(frozen=True)
class Person:
    """The participant, as far as answers are measured against it."""

    birth_month: date | None = None
    """First day of the month; empty before birth, and for the woman."""
    gestational_days: int | None = None
    enrolled_at: datetime | None = None
    observer_rated: bool = False

    @classmethod
    def of(cls, participant: Participant) -> "Person":
        return cls(participant.birth_month, participant.gestational_days, participant.enrolled_at,
                   participant.observer_rated)


@dataclass(frozen=True)
class Circumstances:
    received_at: datetime
    about: Person
    zone: ZoneInfo
    clock_skew: int | None = None
    """Seconds the phone was ahead of us at sending."""
    first_received_at: datetime | None = None
    """Of a correction: when the entry itself came."""
    parent_from: datetime | None = None
    """Earliest instant of what it belongs to, where that is known."""

    @property
    def told_at(self) -> datetime:
        return self.first_received_at or self.received_at
