"""How old a participant is. Only the month of birth is known: who has a birthday in a month has it on its first day,
so nobody's own decision is ever waited for too late.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models import Participant, Site
from models.protocol import CountryRule, Protocol
from models.vocabulary import ParticipantKind


@dataclass(frozen=True)
class Person:
    """The participant as the law of the site's country sees them now."""

    age: int
    """Completed years; 0 also before birth."""
    decides_alone: bool
    """Of age, or the woman of the prenatal arm."""
    rule: CountryRule


def person_of(protocol: Protocol, participant: Participant, site: Site, at: datetime) -> Person:
    rule = protocol.country(site.country)
    age = age_on(participant.birth_month, at.astimezone(ZoneInfo(site.timezone)).date())
    return Person(age, participant.kind is ParticipantKind.WOMAN or age >= rule.adult_at, rule)


def age_on(birth_month: date | None, day: date) -> int:
    if birth_month is None:
        return 0
    return max(0, day.year - birth_month.year - (day.month < birth_month.month))


def next_birthday(birth_month: date, site: Site, now: datetime) -> datetime:
    """The instant at which the next year is completed, at the site."""
    today = now.astimezone(ZoneInfo(site.timezone)).date()
    year = today.year + (today.month >= birth_month.month)
    return datetime(year, birth_month.month, 1, tzinfo=ZoneInfo(site.timezone)).astimezone(now.tzinfo)
