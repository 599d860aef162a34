"""What a diary says about days: who vouched for which, what happened when, and which check-ins were answered.

A version of an entry speaks for itself only where it says something new about the days; what an entry no longer says
counts no more, and what it still says keeps the time at which it was first said.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.coverage.rows import Content, VersionRow
from models.coverage.days import Span
from models.coverage.events import Event, Zero
from models.coverage.ledger import FIRST_DAY, LAST_DAY, Telling, moment_told
from models.protocol import Protocol
from models.vocabulary import EntryKind, EntrySource, EntryState, Relation
from notifications.local_time import local_date

ZERO = "nothing_happened"
ATTESTING = {ZERO, "had"}
"""Answers to a check-in that vouch for its days; `dont_know` is an honest answer and vouches for nothing."""
NOT_RATED = {"prenatal", "present_at_birth"}
"""Fractures that are never mixed with those of the diary's time."""

_WRITTEN_IN_FULL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONG_AGO = datetime.combine(FIRST_DAY, time.min, UTC)


class Claim(msgspec.Struct, frozen=True):
    """Somebody vouched for some days."""

    telling: Telling
    told_at: datetime
    kind: EntryKind
    account: UUID
    relation: Relation
    source: EntrySource


class Answer(msgspec.Struct, frozen=True):
    """A check-in, whatever it says."""

    asked: Span
    """The days it is about."""
    told_on: date
    by_family: bool
    """In the app; False: written down by staff."""


@dataclass
class Diary:
    """One participant's diary, as far as it is about time."""

    claims: list[Claim] = field(default_factory=list)
    zeros: list[Zero] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    not_rated: int = 0
    answers: list[Answer] = field(default_factory=list)


class _Said(msgspec.Struct, frozen=True):
    """What one version says about days, and when."""

    row: VersionRow
    content: Content
    span: Span | None
    told_at: datetime
    told_on: date


def diary_of(entries: Iterable[Sequence[VersionRow]], protocol: Protocol, site_zone: ZoneInfo) -> Diary:
    """Each entry is all its accepted versions, oldest first."""
    diary, tolerance = Diary(), _tolerance(protocol)
    for versions in entries:
        said = [_said(row, site_zone, tolerance) for row in versions]
        own = _own_days(said[-1], site_zone)
        _note_claims(diary, said, own)
        if versions[0].kind == EntryKind.FRACTURE and versions[0].state != EntryState.DUPLICATE and own:
            _note_event(diary, said[-1], own)
        if versions[0].kind == EntryKind.CHECK_IN:
            diary.answers += [Answer(asked, one.told_on, one.row.source == EntrySource.APP) for one in said
                              if (asked := _span(one.content.from_, one.content.to))]
    return diary


def _tolerance(protocol: Protocol) -> int:
    """Seconds by which a phone's clock may be wrong before ours counts instead: the protocol's own edit check."""
    allowed = [rule.tolerance_minutes for rule in protocol.file.edit_check if rule.test == "clock_within"]
    return min(allowed, default=10) * 60


def _said(row: VersionRow, site_zone: ZoneInfo, tolerance: int) -> _Said:
    zone, content = row.zone(site_zone), row.content
    told_at = moment_told(row.device_time, row.received_at, row.clock_skew, tolerance)
    told_on = local_date(told_at, zone)
    since = _day(content.nothing_else_since)
    if row.kind == EntryKind.CHECK_IN:
        span = _span(content.from_, content.to) if content.answer in ATTESTING else None
        first = span.first if span else told_on
    else:
        span, first = None, since or told_on
    if told_on < first:  # nobody tells before the days begin: that clock was never set
        told_at, told_on = row.received_at, local_date(row.received_at, zone)
    if row.kind != EntryKind.CHECK_IN and since:
        span = _span_of(since, told_on)
    return _Said(row, content, span, told_at, told_on)


def _note_claims(diary: Diary, said: list[_Said], own: Span | None) -> None:
    news = said[:1] + [one for before, one in pairwise(said) if one.content.about_days != before.content.about_days]
    last = news[-1]
    if last.span is None:
        return
    for one in news:
        span = one.span and _span_of(max(one.span.first, last.span.first), min(one.span.last, last.span.last))
        if span:
            diary.claims.append(_claim(one, span))
    if last.row.kind != EntryKind.CHECK_IN:
        diary.zeros.append(Zero(last.row.id, last.span, last.told_at, own))
    elif last.content.answer == ZERO:
        diary.zeros.append(Zero(last.row.id, last.span, last.told_at))


def _claim(one: _Said, span: Span) -> Claim:
    row = one.row
    is_confirmed = row.source != EntrySource.APP or row.state == EntryState.VALIDATED
    return Claim(
        Telling(row.id, span, one.told_on, is_confirmed), one.told_at, EntryKind(row.kind), row.teller,
        Relation(row.relation), EntrySource(row.source),
    )


def _note_event(diary: Diary, now: _Said, own: Span) -> None:
    if now.content.epoch in NOT_RATED:
        diary.not_rated += 1
        return
    row = now.row
    earliest, latest = row.occurred_from or LONG_AGO, row.occurred_to or row.first_received_at
    diary.events.append(Event(row.id, own, earliest, latest))


def _own_days(now: _Said, site_zone: ZoneInfo) -> Span | None:
    """The days of the event itself, on the calendar of the person who told; without any date nobody can say."""
    row, zone = now.row, now.row.zone(site_zone)
    if row.kind == EntryKind.CHECK_IN:
        return None
    first = local_date(row.occurred_from, zone) if row.occurred_from else FIRST_DAY
    last = local_date(row.occurred_to or row.first_received_at, zone)
    return _span_of(first, last) or Span(last, last)


def _span(first: Any, last: Any) -> Span | None:
    begin, end = _day(first), _day(last)
    return _span_of(begin, end) if begin and end else None


def _span_of(first: date, last: date) -> Span | None:
    first, last = max(first, FIRST_DAY), min(last, LAST_DAY)
    return Span(first, last) if first <= last else None


def _day(value: Any) -> date | None:
    """A day of the calendar, written in full; what else an old version may hold there is no day."""
    return _written_day(value) if isinstance(value, str) else None


@lru_cache(maxsize=20_000)
def _written_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _WRITTEN_IN_FULL.fullmatch(text) else None
    except ValueError:
        return None
