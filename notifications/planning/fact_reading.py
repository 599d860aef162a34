"""From the tables: what is known of some children and their guardians, with one statement per kind of thing.

Read after the children were locked. What is long past is not looked at: only what a reminder of the next weeks, or one
that somebody may still see, can be about.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import DataQuery, DiaryEntry, Guardianship, Notice, NoticePreference, QueryReply, SafetyCase, Visit
from models.dose_anchors import anchors_of
from models.follow_ups import TOLD_NO_LONGER
from models.protocol import NO_ANCHORS, Protocol
from models.vocabulary import (
    CaseState,
    DeliveryState,
    EntryKind,
    NoticeKind,
    NoticeRank,
    QueryState,
    VisitState,
)
from notifications.listeners import listener, living, may_hear, preferences_of
from notifications.local_time import to_utc, zone_named
from notifications.planning.check_ins import attested_periods
from notifications.planning.consent_ends import consent_ends_of
from notifications.planning.facts import AttestedPeriod, Child, Fracture, Guardian, OpenQuery, PlannedVisit
from notifications.planning.snooze import SNOOZED
from notifications.slots import task
from notifications.visit_dates import date_of

LOOKS_BACK = timedelta(days=45)
"""Nothing that was due before is moved, taken back or asked about again."""
AHEAD = timedelta(days=60)
"""So far ahead notices are written."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Known:
    """Some children, the rows it was read from, and who did what a notice of theirs asks for."""

    children: tuple[Child, ...]
    guardianships: tuple[Guardianship, ...]
    preferences: dict[UUID, NoticePreference]
    notices: dict[UUID, list[Notice]]
    """Account → its notices that are not long past."""
    answered: dict[UUID, frozenset[UUID]]
    """Question that is not open any more → who of the family answered."""


async def known_of(children: Iterable[UUID], protocol: Protocol, now: datetime) -> Known:
    ids = set(children)
    links = await Guardianship.filter(living(now), participant_id__in=ids).order_by("starts_at", "id").select_related(
        "account", "participant")
    preferences = await preferences_of(link.account_id for link in links)
    notices = await _notices({link.account_id for link in links}, now)
    periods = await attested_periods(ids, protocol.file.check_in, now)
    anchors = await anchors_of(ids, protocol)
    visits, fractures = await _visits(ids, now), await _fractures(ids, protocol, now)
    queries, ends = await _queries(ids), await consent_ends_of(ids, links, protocol, now, now + AHEAD + LOOKS_BACK)
    found = tuple(Child(
        id=child, guardians=tuple(_guardian(link, preferences) for link in links if link.participant_id == child),
        anchors=anchors.get(child, NO_ANCHORS), attested=tuple(periods[child]),
        last_check_in_by=_last_by(periods[child]), asked=_asked(child, links, notices, now),
        visits=tuple(visits[child]), fractures=tuple(fractures[child]), queries=tuple(queries[child]),
        consent_ends=tuple(ends[child]),
    ) for child in sorted(ids))
    return Known(found, tuple(links), preferences, notices, await _answered(notices))


def _guardian(link: Guardianship, preferences: dict[UUID, NoticePreference]) -> Guardian:
    hears = frozenset(kind for kind in NoticeKind if may_hear(link, kind))
    clock = listener(link.account, preferences[link.account_id])
    return Guardian(link.account_id, clock, link.starts_at, link.ends_at, hears)


def _last_by(periods: list[AttestedPeriod]) -> UUID | None:
    return periods[-1].by if periods else None


async def _notices(accounts: set[UUID], now: datetime) -> dict[UUID, list[Notice]]:
    found: dict[UUID, list[Notice]] = defaultdict(list)
    for notice in await recent_notices(accounts, now) if accounts else []:
        found[notice.account_id].append(notice)
    return found


def recent_notices(accounts: Iterable[UUID], now: datetime) -> QuerySet[Notice]:
    """By the index of the inbox; all that was ever told is not gone through."""
    return Notice.filter(account_id__in=list(accounts), visible_at__gte=now - LOOKS_BACK)


def _asked(
    child: UUID, links: list[Guardianship], notices: dict[UUID, list[Notice]], now: datetime
) -> dict[tuple[UUID, str], UUID]:
    """Whose turn it was, of what has been due."""
    return {
        (notice.subject_id, notice.slot): notice.account_id
        for link in links if link.participant_id == child for notice in notices[link.account_id]
        if notice.participant_id == child and notice.kind in (NoticeKind.CHECK_IN_DUE, NoticeKind.FOLLOW_UP_DUE)
        and notice.slot == task(notice.slot) and notice.visible_at <= now
        and (notice.told_at or notice.state is not DeliveryState.CANCELLED or notice.last_error == SNOOZED)
    }


async def _visits(ids: set[UUID], now: datetime) -> dict[UUID, list[PlannedVisit]]:
    """(A day of margin: dates are the site's, reminders the person's.)"""
    first, last = now - DAY, now + AHEAD + LOOKS_BACK
    near = Q(agreed_at__gte=first, agreed_at__lte=last) | Q(
        agreed_at=None, target_on__gte=first.date(), target_on__lte=last.date())
    found: dict[UUID, list[PlannedVisit]] = defaultdict(list)
    for visit in await Visit.filter(near, participant_id__in=ids, state=VisitState.PLANNED).order_by("id"):
        found[visit.participant_id].append(PlannedVisit(visit.id, date_of(visit), over_at(visit)))
    return found


def over_at(visit: Visit) -> datetime:
    """The appointment, else the end of the day at its site."""
    midnight = datetime.combine(date_of(visit) + DAY, time())
    return visit.agreed_at or to_utc(midnight, zone_named(visit.timezone))


async def _fractures(ids: set[UUID], protocol: Protocol, now: datetime) -> dict[UUID, list[Fracture]]:
    found: dict[UUID, list[Fracture]] = defaultdict(list)
    rule = protocol.file.follow_up
    if rule is None:
        return found
    since = now - LOOKS_BACK - max(rule.days, default=0) * DAY
    told = DiaryEntry.filter(participant_id__in=ids).exclude(state__in=list(TOLD_NO_LONGER))
    answers: dict[UUID | None, DiaryEntry] = {}
    follow_ups = told.filter(kind=EntryKind.FOLLOW_UP, received_at__gte=since)
    for entry in await follow_ups.order_by("received_at", "id"):
        if isinstance(entry.data.get("healed"), str):
            answers[entry.parent_id] = entry
    for entry in await told.filter(kind=EntryKind.FRACTURE, occurred_to__gte=since).order_by("id"):
        if entry.occurred_to:
            found[entry.participant_id].append(
                _fracture(entry, entry.occurred_to, answers.get(entry.id), rule.closed_by))
    return found


def _fracture(entry: DiaryEntry, happened_at: datetime, last: DiaryEntry | None, closed_by: list[str]) -> Fracture:
    if last is None:
        return Fracture(entry.id, happened_at, entry.recorded_by_id)
    closed = last.data["healed"] in closed_by
    return Fracture(entry.id, happened_at, entry.recorded_by_id, last.received_at, last.recorded_by_id, closed)


async def _queries(ids: set[UUID]) -> dict[UUID, list[OpenQuery]]:
    """A question about an entry that somebody must look at soon ranks with safety."""
    waiting = await DataQuery.filter(participant_id__in=ids, state=QueryState.OPEN).order_by("id")
    cases = SafetyCase.filter(entry_id__in={query.entry_id for query in waiting}).exclude(state=CaseState.CLOSED)
    urgent = set(await cases.values_list("entry_id", flat=True)) if waiting else set()
    found: dict[UUID, list[OpenQuery]] = defaultdict(list)
    for query in waiting:
        rank = NoticeRank.SAFETY if query.entry_id in urgent else NoticeRank.OTHER
        found[query.participant_id].append(OpenQuery(query.id, query.opened_at, rank))
    return found


async def _answered(notices: dict[UUID, list[Notice]]) -> dict[UUID, frozenset[UUID]]:
    asked = {notice.subject_id for one in notices.values() for notice in one
             if notice.kind is NoticeKind.QUERY_WAITING}
    if not asked:
        return {}
    found: dict[UUID, set[UUID]] = {
        query.id: set() for query in await DataQuery.filter(id__in=asked).exclude(state=QueryState.OPEN)}
    for reply in await QueryReply.filter(query_id__in=list(found), from_staff=False) if found else []:
        found[reply.query_id].add(reply.author_id)
    return {query: frozenset(authors) for query, authors in found.items()}
