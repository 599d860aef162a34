"""Expected, sent, answered: per child, per site and per arm, between two days.

What is expected is coverage's rule. Participants are read in batches, and of their notices and check-ins only those of
the days asked for.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from backend.access import scope
from backend.access.actor import Actor
from backend.adherence.schemas import AdherenceBy, AdherenceLine, AdherenceTable
from backend.adherence.told import told_days
from backend.coverage.claims import Answer
from backend.coverage.facts import facts_of
from backend.coverage.person_time import Time
from backend.errors import InvalidParameter
from backend.paging import decode_cursor, encode_cursor, page_limit, page_of
from models import Participant
from models.coverage.days import Span
from models.coverage.ledger import FIRST_DAY, LAST_DAY, class_of
from models.protocol import Protocol
from models.vocabulary import Lateness

BATCH = 500
USUAL_DAYS = 84
MOST_DAYS = 366
ShortCode = Annotated[str, msgspec.Meta(max_length=20)]


@dataclass(frozen=True)
class Wanted:
    by: AdherenceBy = "child"
    first: date | None = None
    last: date | None = None
    site: str | None = None
    cursor: str | None = None
    limit: int = 50


@dataclass
class Tally:
    """Each number is a part of `expected`; a child counts once it has any."""

    participants: int = 0
    expected: int = 0
    sent: int = 0
    answered: int = 0
    in_time: int = 0

    def add(self, other: "Tally") -> None:
        self.participants += other.participants
        self.expected += other.expected
        self.sent += other.sent
        self.answered += other.answered
        self.in_time += other.in_time

    def share(self, part: int) -> float | None:
        return part / self.expected if self.expected else None


async def adherence(actor: Actor, wanted: Wanted, protocol: Protocol, now: datetime) -> AdherenceTable:
    """Where the actor may look. Raises NotFound for a site outside, InvalidParameter, UnknownCursor."""
    window = window_of(wanted, now)
    table = AdherenceTable(
        wanted.by, window.first, window.last, protocol.file.lateness.contemporaneous, protocol.hash, []
    )
    if wanted.by == "child":
        await _children(table, actor, wanted, protocol, now)
    else:
        await _together(table, actor, wanted, protocol, now)
    return table


def window_of(wanted: Wanted, now: datetime) -> Span:
    """The twelve weeks that end today, unless said."""
    usual = timedelta(days=USUAL_DAYS - 1)
    last = wanted.last or (min(wanted.first, LAST_DAY) + usual if wanted.first else now.date())
    first = wanted.first or max(last, FIRST_DAY + usual) - usual
    if first > last or first < FIRST_DAY or last > LAST_DAY + usual or (last - first).days >= MOST_DAYS:
        raise InvalidParameter(errors=[{
            "pointer": "/from", "detail": f"must not be after `to`, and not more than {MOST_DAYS} days lie between"}])
    return Span(first, last)


async def _children(table: AdherenceTable, actor: Actor, wanted: Wanted, protocol: Protocol, now: datetime) -> None:
    chosen = scope.participants_of(actor)
    if wanted.site:
        chosen = chosen.filter(site_id=(await scope.site_for(actor, wanted.site)).id)
    if after := decode_cursor(wanted.cursor, ShortCode):
        chosen = chosen.filter(code__gt=after[0])
    people = await chosen.order_by("code").limit(page_limit(wanted.limit) + 1).select_related("site")
    page = page_of(people, wanted.limit, lambda last: encode_cursor(last.code))
    found = await tallies(page.items, protocol, Span(table.first_day, table.last_day), now)
    table.items = [_line(child.code, found[child.id], child.id, child.site.code) for child in page.items]
    table.next_cursor = page.next_cursor


async def _together(table: AdherenceTable, actor: Actor, wanted: Wanted, protocol: Protocol, now: datetime) -> None:
    """Every site that the actor may look on, or every arm of the protocol, also where nothing was expected."""
    sites = {site.id: site.code for site in await scope.sites_chosen(actor, wanted.site)}
    by_site = wanted.by == "site"
    sums = {key: Tally() for key in (sites.values() if by_site else protocol.file.arms)}
    window = Span(table.first_day, table.last_day)
    async for batch in _batches(list(sites)):
        found = await tallies(batch, protocol, window, now)
        for child in batch:
            sums.setdefault(child.site.code if by_site else child.arm, Tally()).add(found[child.id])
    table.items = [_line(code, sums[code], None, code if by_site else None) for code in sorted(sums)]


async def _batches(sites: list[UUID]) -> AsyncIterator[list[Participant]]:
    """`sites` are in scope."""
    after: UUID | None = None
    while True:
        chosen = Participant.filter(site_id__in=sites, **({"id__gt": after} if after else {}))
        batch = await chosen.order_by("id").limit(BATCH).select_related("site")
        if batch:
            yield batch
        if len(batch) < BATCH:
            return
        after = batch[-1].id


async def tallies(
    people: list[Participant], protocol: Protocol, window: Span, now: datetime
) -> dict[UUID, Tally]:
    """Of participants read in scope, each with its site; in as many statements for a hundred as for one."""
    asked = [child for child in people if child.arm in protocol.file.consent.arms]
    facts = await facts_of(asked, protocol, now, check_ins_since=_day_before(window.first))
    told = await told_days([child.id for child in asked], window)
    found: dict[UUID, Tally] = defaultdict(Tally)
    for child in asked:
        expected = Time(facts[child.id], protocol, window).expected
        found[child.id] = _tally([day for day, _ in expected], facts[child.id].diary.answers, protocol)
        found[child.id].sent = sum(1 for day, every_days in expected if told.about(child.id, day, every_days))
    return found


def _day_before(day: date) -> datetime:
    """What is said about a day comes after it, wherever on earth it is written."""
    return datetime.combine(day, time.min, UTC) - timedelta(days=1)


def _tally(days: list[date], answers: Iterable[Answer], protocol: Protocol) -> Tally:
    """`days`: on which an expected period ended."""
    soonest: dict[date, date] = {}
    for answer in answers:
        if answer.by_family:
            for day in days:
                if answer.asked.first <= day <= answer.asked.last:
                    soonest[day] = min(answer.told_on, soonest.get(day, answer.told_on))
    in_time = sum(
        1 for day, told_on in soonest.items()
        if class_of((told_on - day).days, protocol.file.lateness) is Lateness.CONTEMPORANEOUS
    )
    return Tally(1 if days else 0, len(days), 0, len(soonest), in_time)


def _line(code: str, tally: Tally, participant_id: UUID | None, site: str | None) -> AdherenceLine:
    return AdherenceLine(
        code, participant_id, site, tally.participants, tally.expected, tally.sent, tally.answered, tally.in_time,
        tally.share(tally.sent), tally.share(tally.answered), tally.share(tally.in_time),
    )
