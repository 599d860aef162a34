"""The coverage ledger: which days somebody vouched for, how late they said so, and where nobody did (pure).

Days are dates as told. Derived from the diary whenever it is read; the best class of a day counts, whoever told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from models.coverage.cuts import CutOut
from models.coverage.days import DAY, Days, Span, common, count, united, without
from models.protocol import LatenessRule
from models.vocabulary import Lateness

TIMELY = (Lateness.CONTEMPORANEOUS, Lateness.LATE)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Dates outside are slips of the keyboard, or a clock that was never set."""


class Telling(msgspec.Struct, frozen=True):
    """What one version of an entry says about some days, and when it was said."""

    entry_id: UUID
    span: Span
    told_on: date
    """The day of the telling on the teller's own calendar."""
    is_confirmed: bool
    """Staff wrote it down or have validated the entry."""


class Attestation(msgspec.Struct, frozen=True):
    entry_id: UUID
    span: Span
    lateness: Lateness
    lag_days: int
    """From the last day that is told of to the telling."""
    counts: bool
    """What is historical counts once staff have confirmed it."""


@dataclass(frozen=True)
class Ledger:
    """Every day of the window stands in exactly one of cut-outs, covered days and gaps."""

    window: Span
    cut_outs: tuple[CutOut, ...]
    covered: dict[Lateness, Days]
    gaps: Days
    unconfirmed: Days
    """Of the gaps: what somebody has told of too late, and staff have not confirmed yet."""

    @property
    def usable(self) -> Days:
        return without((self.window,), united(cut.span for cut in self.cut_outs))

    def days_of(self, classes: Iterable[Lateness]) -> Days:
        return united(span for lateness in classes for span in self.covered[lateness])

    @property
    def share(self) -> float | None:
        """Covered of all usable days; None where there are none."""
        usable = count(self.usable)
        return count(self.days_of(Lateness)) / usable if usable else None


def moment_told(device_time: str | None, received_at: datetime, clock_skew: int | None, tolerance: int) -> datetime:
    """By the phone's clock, and by ours where that was wrong by more than `tolerance` seconds; never after receipt."""
    if clock_skew is not None and abs(clock_skew) > tolerance:
        return received_at
    try:
        told = datetime.fromisoformat(device_time or "")
        told = told.astimezone(UTC) if told.tzinfo else received_at
    except (ValueError, OverflowError):
        return received_at
    return min(told, received_at) if told.year > FIRST_DAY.year else received_at


def attestations_of(telling: Telling, rule: LatenessRule, recall_days: int) -> list[Attestation]:
    """Days after the telling are not attested; those before the recall limit are historical, however soon it came."""
    first, last = telling.span.first, min(telling.span.last, telling.told_on)
    lag = (telling.told_on - last).days
    oldest = telling.told_on - timedelta(days=recall_days)
    parts = [(Span(max(first, oldest), last), class_of(lag, rule)),
             (Span(first, min(last, oldest - DAY)), Lateness.HISTORICAL)]
    return [
        Attestation(telling.entry_id, span, lateness, lag, lateness is not Lateness.HISTORICAL or telling.is_confirmed)
        for span, lateness in parts if span.first <= span.last
    ]


def class_of(lag_days: int, rule: LatenessRule) -> Lateness:
    if lag_days <= rule.contemporaneous:
        return Lateness.CONTEMPORANEOUS
    if lag_days <= rule.late:
        return Lateness.LATE
    return Lateness.RECALLED if lag_days <= rule.recalled else Lateness.HISTORICAL


def ledger(window: Span, cut_outs: Sequence[CutOut], attestations: Iterable[Attestation]) -> Ledger:
    """The union of what is attested, without what is cut out. `cut_outs` don't overlap and lie in the window."""
    told = list(attestations)
    usable = without((window,), united(cut.span for cut in cut_outs))
    covered: dict[Lateness, Days] = {}
    left = usable
    for lateness in Lateness:  # best first
        spans = united(one.span for one in told if one.counts and one.lateness is lateness)
        covered[lateness] = common(left, spans)
        left = without(left, covered[lateness])
    unconfirmed = common(left, united(one.span for one in told if not one.counts))
    return Ledger(window, tuple(cut_outs), covered, left, unconfirmed)
