"""Sets of whole days, kept as spans in order of time that neither overlap nor touch (pure)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, TypeAlias

DAY = timedelta(days=1)


class Span(NamedTuple):
    """From the first to the last day, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def meets(self, other: "Span") -> bool:
        """Whether they share a day."""
        return self.first <= other.last and other.first <= self.last

    def within(self, other: "Span") -> bool:
        return other.first <= self.first and self.last <= other.last


Days: TypeAlias = tuple[Span, ...]
NONE: Days = ()


def united(spans: Iterable[Span]) -> Days:
    """The days that lie in any of them, whatever their order."""
    found: list[Span] = []
    for span in sorted(spans):
        if span.first > span.last:
            continue
        if found and (span.first - found[-1].last).days <= 1:
            found[-1] = Span(found[-1].first, max(found[-1].last, span.last))
        else:
            found.append(span)
    return tuple(found)


def common(these: Days, those: Days) -> Days:
    """The days that lie in both."""
    found: list[Span] = []
    here = there = 0
    while here < len(these) and there < len(those):
        first = max(these[here].first, those[there].first)
        last = min(these[here].last, those[there].last)
        if first <= last:
            found.append(Span(first, last))
        if these[here].last <= those[there].last:
            here += 1
        else:
            there += 1
    return tuple(found)


def without(these: Days, those: Days) -> Days:
    """The days of the first that don't lie in the second."""
    found: list[Span] = []
    start = 0
    for span in these:
        while start < len(those) and those[start].last < span.first:
            start += 1
        found += _pieces(span, those, start)
    return tuple(found)


def _pieces(span: Span, holes: Days, start: int) -> list[Span]:
    pieces, first = [], span.first
    for hole in holes[start:]:
        if hole.first > span.last:
            break
        if first < hole.first:
            pieces.append(Span(first, hole.first - DAY))
        first = hole.last + DAY
        if first > span.last:
            return pieces
    return [*pieces, Span(first, span.last)]


def count(days: Days) -> int:
    return sum(span.length for span in days)


def holds(days: Days, span: Span) -> bool:
    """Whether every day of the span lies in it."""
    return any(span.within(one) for one in days)


def touches(days: Days, span: Span) -> bool:
    """Whether any day of the span lies in it."""
    return any(span.meets(one) for one in days)
