"""plan_reminders(): living guardianships → Notice rows. Run as often as you like: a slot is planned once.

Each run walks all living guardianships in batches and writes only what is not there yet; what the unique key
already knows is passed over, so that any number of workers may plan at the same time.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q

from models import Guardianship, Notice, NoticePreference, Visit
from models.dose_anchors import anchors_of
from models.participation import states_that_tell
from models.protocol import NO_ANCHORS, Anchors, Protocol
from models.transaction import atomic
from models.vocabulary import NoticeKind, VisitState
from notifications.check_ins import attested
from notifications.listeners import listener, living, may_hear, preferences_of
from notifications.reminders import DAYS_BEFORE_VISIT, VISIT_AHEAD, Occasion, check_in_occasion, visit_occasions
from notifications.visit_dates import date_of

BATCH = 500
PLANNED_FOR = sorted({*states_that_tell(NoticeKind.CHECK_IN_DUE), *states_that_tell(NoticeKind.VISIT_AHEAD)})
"""In all other states nothing that is planned here is told."""
VISITS_WITHIN = timedelta(days=max(DAYS_BEFORE_VISIT) + 2) + VISIT_AHEAD


@dataclass(frozen=True)
class Plan:
    """Protocol and moment of one run."""

    protocol: Protocol
    now: datetime


async def plan_reminders(protocol: Protocol, now: datetime) -> int:
    """Plan what is due shortly; the answer is how many notices are new."""
    plan = Plan(protocol, now)
    planned = 0
    async for batch in _batches(now):
        planned += await _plan(plan, batch)
    return planned


async def _batches(now: datetime) -> AsyncIterator[list[Guardianship]]:
    last: UUID | None = None
    while True:
        chosen = Guardianship.filter(living(now), participant__state__in=PLANNED_FOR)
        if last:
            chosen = chosen.filter(id__gt=last)
        batch = await chosen.order_by("id").limit(BATCH).select_related("account", "participant")
        if batch:
            yield batch
        if len(batch) < BATCH:
            return
        last = batch[-1].id


async def _plan(plan: Plan, batch: list[Guardianship]) -> int:
    preferences = await preferences_of(g.account_id for g in batch)
    visits = await _visits_ahead(plan, batch)
    anchors = await anchors_of({g.participant_id for g in batch}, plan.protocol)
    due = [notice for g in batch
           for notice in _notices(plan, g, preferences, visits, anchors.get(g.participant_id, NO_ANCHORS))]
    missing = await _not_done(plan, await _unknown(due))
    if missing:
        await _write(missing)
    return len(missing)


def _notices(
    plan: Plan, guardianship: Guardianship, preferences: dict[UUID, NoticePreference],
    visits: dict[UUID, list[Visit]], anchors: Anchors,
) -> Iterator[Notice]:
    hearer = listener(guardianship.account, preferences[guardianship.account.id])
    participant_id: UUID = guardianship.participant_id
    if may_hear(guardianship, NoticeKind.CHECK_IN_DUE):
        check_in = check_in_occasion(plan.protocol.file.check_in, hearer, plan.now, anchors)
        yield from _notice(plan, guardianship, NoticeKind.CHECK_IN_DUE, (participant_id, check_in))
    if may_hear(guardianship, NoticeKind.VISIT_AHEAD):
        for visit in visits.get(participant_id, []):
            for ahead in visit_occasions(date_of(visit), hearer, plan.now):
                yield from _notice(plan, guardianship, NoticeKind.VISIT_AHEAD, (visit.id, ahead))


def _notice(
    plan: Plan, guardianship: Guardianship, kind: NoticeKind, about: tuple[UUID, Occasion | None]
) -> Iterator[Notice]:
    """Nobody is reminded of what was due before they became a guardian."""
    subject_id, occasion = about
    if occasion and occasion.due_at >= guardianship.starts_at:
        yield Notice(
            account_id=guardianship.account.id, participant_id=guardianship.participant_id, kind=kind,
            subject_id=subject_id, slot=occasion.slot, due_at=occasion.due_at, created_at=plan.now,
        )


async def _visits_ahead(plan: Plan, batch: list[Guardianship]) -> dict[UUID, list[Visit]]:
    """Planned visits near enough for a reminder. (A day of margin: dates are the site's, reminders the person's.)"""
    first, last = plan.now - timedelta(days=1), plan.now + VISITS_WITHIN
    near = Q(agreed_at__gte=first, agreed_at__lte=last) | Q(
        agreed_at=None, target_on__gte=first.date(), target_on__lte=last.date()
    )
    children = {g.participant_id for g in batch}
    found: dict[UUID, list[Visit]] = defaultdict(list)
    for visit in await Visit.filter(near, participant_id__in=children, state=VisitState.PLANNED):
        found[visit.participant_id].append(visit)
    return found


def _key(notice: Notice) -> tuple[UUID, NoticeKind, UUID, str]:
    return notice.account_id, notice.kind, notice.subject_id, notice.slot


async def _unknown(due: list[Notice]) -> list[Notice]:
    known = Notice.filter(
        account_id__in={key[0] for key in map(_key, due)}, slot__in={notice.slot for notice in due}
    )
    keys = set(await known.values_list("account_id", "kind", "subject_id", "slot")) if due else set()
    return [notice for notice in due if _key(notice) not in keys]


async def _not_done(plan: Plan, notices: list[Notice]) -> list[Notice]:
    weeks = [n for n in notices if n.kind is NoticeKind.CHECK_IN_DUE]
    done = await attested({n.subject_id for n in weeks}, plan.now) if weeks else None
    return [n for n in notices
            if done is None or n.kind is not NoticeKind.CHECK_IN_DUE or not done.covers(n.subject_id, n.slot)]


@atomic
async def _write(notices: list[Notice]) -> None:
    # One order for all workers, so that two who plan at once never wait for each other in a circle.
    await Notice.bulk_create(sorted(notices, key=_key), ignore_conflicts=True)
