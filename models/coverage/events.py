"""What happened against what was attested: events in covered time, and zeros that an event contradicts (pure).

The event wins: it is counted, the days stay covered, both entries stay as they are and are listed together.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple
from uuid import UUID

from models.coverage.days import Days, Span, holds, touches


class Place(StrEnum):
    """Where all the days lie on which an event can have happened."""

    INSIDE = "inside"
    PARTLY = "partly"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Event:
    entry_id: UUID
    span: Span
    """From the earliest to the latest day on which it can have happened, as told."""
    earliest: datetime
    latest: datetime


@dataclass(frozen=True)
class Zero:
    """Somebody said that nothing, or nothing else, happened on these days."""

    entry_id: UUID
    span: Span
    told_at: datetime
    own: Span | None = None
    """The days of the event that the same entry tells of."""


class Contradiction(NamedTuple):
    event_id: UUID
    zero_id: UUID
    is_certain: bool
    """False: it can also have happened on another day, or after the zero was told."""


def place_of(span: Span, days: Days) -> Place:
    if holds(days, span):
        return Place.INSIDE
    return Place.PARTLY if touches(days, span) else Place.OUTSIDE


def contradictions(events: Iterable[Event], zeros: Iterable[Zero]) -> list[Contradiction]:
    """In order of the entries' ids, so that the order of arrival changes nothing."""
    told = sorted(zeros, key=lambda zero: zero.span)
    firsts = [zero.span.first for zero in told]
    reach = list(accumulate((zero.span.last for zero in told), max))
    found = []
    for event in events:
        place = bisect_right(firsts, event.span.last) - 1
        while place >= 0 and reach[place] >= event.span.first:  # none before this one reaches as far as the event
            zero = told[place]
            if _speak_of_the_same(event, zero):
                found.append(Contradiction(event.entry_id, zero.entry_id, _is_certain(event, zero)))
            place -= 1
    return sorted(found)


def _speak_of_the_same(event: Event, zero: Zero) -> bool:
    """Who tells of an event on these days themselves may well mean this one: that is for the search for duplicates."""
    if not event.span.meets(zero.span) or event.earliest >= zero.told_at or event.entry_id == zero.entry_id:
        return False
    return zero.own is None or not zero.own.meets(event.span)


def _is_certain(event: Event, zero: Zero) -> bool:
    return event.span.within(zero.span) and event.latest < zero.told_at
