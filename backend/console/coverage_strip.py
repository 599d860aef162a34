"""A participant's attested time as a strip of weeks, each in one colour and in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.access.actor import Actor
from backend.console.words import day_range, partial_date
from backend.coverage.person_time import Time
from backend.coverage.reading import time_of, view_of
from backend.coverage.schemas import ContradictionView, CoverageView
from models import DiaryEntry
from models.coverage.days import Span
from models.protocol import Protocol
from models.vocabulary import Lateness

WEEKS = 52
MOST_GAPS, MOST_CONTRADICTIONS = 5, 20
LATENESS = list(Lateness)


@dataclass(frozen=True)
class Week:
    days: str
    code: str
    """How it stands: the latest class of its days, `partly`, `unconfirmed`, `gap` or `not_counted`."""


@dataclass(frozen=True)
class Strip:
    weeks: list[Week]
    """Of the last year."""
    whole: CoverageView
    """From activation to today."""
    told: dict[UUID, str]
    """When the fractures happened that contradict another entry."""

    @property
    def gaps(self) -> list[str]:
        """The longest, longest first."""
        found = sorted(self.whole.gaps, key=lambda gap: (-gap.days, gap.first_day))[:MOST_GAPS]
        return [f"{day_range(gap.first_day, gap.last_day)} ({_many(gap.days)})" for gap in found]

    @property
    def contradictions(self) -> list[ContradictionView]:
        return self.whole.contradictions[:MOST_CONTRADICTIONS]

    @property
    def codes(self) -> list[str]:
        """What the colours mean, as far as they are shown."""
        order = [*LATENESS, "partly", "unconfirmed", "gap", "not_counted"]
        shown = {week.code for week in self.weeks}
        return [code for code in order if code in shown]


async def strip_of(actor: Actor, participant_id: UUID, protocol: Protocol, now: datetime) -> Strip:
    """One reading; the last year of it is shown week by week. Raises NotFound."""
    whole = await time_of(actor, participant_id, (None, None), protocol, now)
    today = whole.facts.today
    monday = today - timedelta(days=today.weekday())
    shown = Time(whole.facts, protocol, Span(monday - timedelta(weeks=WEEKS - 1), today))
    view = view_of(whole)
    return Strip(list(weeks_of(shown)), view, await _told(view.contradictions[:MOST_CONTRADICTIONS]))


async def _told(contradictions: list[ContradictionView]) -> dict[UUID, str]:
    found = await DiaryEntry.filter(id__in={one.event_entry_id for one in contradictions}) if contradictions else []
    return {entry.id: partial_date(str(entry.data.get("occurred", "unknown"))) for entry in found}


def weeks_of(time: Time) -> Iterator[Week]:
    """Calendar weeks from Monday on, the first and the last as far as the window goes."""
    codes, day = _codes_of_days(time), time.window.first
    while day <= time.window.last:
        last = min(day + timedelta(days=6 - day.weekday()), time.window.last)
        yield Week(day_range(day, last), _code_of([codes[one] for one in _each(Span(day, last))]))
        day = last + timedelta(days=1)


def _codes_of_days(time: Time) -> dict[date, str]:
    kept = time.ledger
    parts = [("gap", kept.gaps), ("unconfirmed", kept.unconfirmed), *kept.covered.items()]
    codes = dict.fromkeys(_each(time.window), "not_counted")
    for code, spans in parts:
        for span in spans:
            codes.update(dict.fromkeys(_each(span), code))
    return codes


def _code_of(days: list[str]) -> str:
    """Days that don't count say nothing; one uncovered day makes a week partly covered."""
    counted = [code for code in days if code != "not_counted"]
    covered = [code for code in counted if code in LATENESS]
    if counted and len(covered) == len(counted):
        return max(covered, key=LATENESS.index)  # type: ignore[arg-type]
    if covered:
        return "partly"
    return ("unconfirmed" if "unconfirmed" in counted else "gap") if counted else "not_counted"


def _each(span: Span) -> Iterator[date]:
    return (span.first + timedelta(days=number) for number in range(span.length))


def _many(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
