"""Everything by which a batch of notices is judged, read with a handful of statements however many there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q
from tortoise.functions import Max

from models import Guardianship, Notice, NoticeAttempt, NoticePreference, PushDevice, Session
from models.statement import identifier, instant, is_postgres, rows
from models.vocabulary import DeliveryState, NoticeKind, NoticeRank
from notifications.listeners import living, preferences_of
from notifications.sending.living_devices import living_devices
from notifications.sending.tasks import Tasks, tasks_of

WEEK = timedelta(days=8)
"""Seven local days, whatever the zone."""
WAITS_FOR = timedelta(days=30)
"""What has stood in the inbox unread for longer is no reason for a digest any more."""
SOON = timedelta(days=2)
"""Within this time every local day of today lies."""
_BEGUN = """SELECT notice.account_id, notice.id, attempt.at FROM notice
JOIN notice_attempt AS attempt ON attempt.notice_id = notice.id AND attempt.state = 'sent'
WHERE notice.state = 'queued' AND notice.told_at IS NULL AND notice.account_id IN ({accounts})"""
_LOCK = "SELECT id FROM account WHERE id IN ({accounts}) ORDER BY id FOR NO KEY UPDATE"


@dataclass(frozen=True)
class Circumstances:
    """By account, by notice or by (account, participant)."""

    guardianships: dict[tuple[UUID, UUID], Guardianship]
    preferences: dict[UUID, NoticePreference]
    devices: dict[UUID, tuple[PushDevice, ...]]
    tried: dict[UUID, dict[str, NoticeAttempt]]
    last_seen: dict[UUID, datetime]
    """When a session of that account was last used."""
    told: dict[UUID, dict[UUID, datetime]]
    """Account → notice → when it was told in the last days, or handed over and not answered yet."""
    more_urgent: dict[UUID, list[Notice]]
    """Account → what of a higher rank is still to be told soon."""
    in_inbox: dict[UUID, list[Notice]]
    """Account → what stands unread in the inbox alone; of those who wait for a digest."""
    tasks: Tasks


async def lock_accounts(accounts: Iterable[UUID]) -> None:
    """Two workers never count at the same time what the same person was told. (SQLite has one writer anyway.)"""
    if (wanted := sorted(set(accounts))) and is_postgres():
        await rows(_LOCK.format(accounts=_listed(wanted)), *wanted)


def _listed(values: Collection[UUID]) -> str:
    return ", ".join(f"${number}" for number in range(1, len(values) + 1))


async def circumstances_of(notices: Collection[Notice], now: datetime) -> Circumstances:
    accounts = {notice.account_id for notice in notices}
    digests = {notice.account_id for notice in notices if notice.kind is NoticeKind.DIGEST}
    in_inbox = await _in_inbox(digests, now)
    about = [*notices, *(waiting for one in in_inbox.values() for waiting in one)]
    return Circumstances(
        await _guardianships(about, now), await preferences_of(accounts), await living_devices(accounts, now),
        await _tried(notices), await _last_seen({n.account_id for n in notices if n.told_at}),
        await _told(accounts, now), await _more_urgent(accounts, now), in_inbox, await tasks_of(about, now),
    )


async def _guardianships(notices: Collection[Notice], now: datetime) -> dict[tuple[UUID, UUID], Guardianship]:
    found = Guardianship.filter(
        living(now), account_id__in={n.account_id for n in notices},
        participant_id__in={n.participant_id for n in notices},
    )
    return {(g.account.id, g.participant_id): g for g in await found.select_related("account", "participant")}


async def _tried(notices: Collection[Notice]) -> dict[UUID, dict[str, NoticeAttempt]]:
    found: dict[UUID, dict[str, NoticeAttempt]] = defaultdict(dict)
    for attempt in await NoticeAttempt.filter(notice_id__in=[notice.id for notice in notices]):
        found[attempt.notice_id][attempt.channel] = attempt
    return found


async def _last_seen(accounts: set[UUID]) -> dict[UUID, datetime]:
    if not accounts:
        return {}
    newest = Session.filter(account_id__in=accounts).annotate(at=Max("last_seen_at")).group_by("account_id")
    found = {identifier(account): instant(at) for account, at in await newest.values_list("account_id", "at")}
    return {account: at for account, at in found.items() if at}


async def _told(accounts: set[UUID], now: datetime) -> dict[UUID, dict[UUID, datetime]]:
    found: dict[UUID, dict[UUID, datetime]] = defaultdict(dict)
    told = Notice.filter(account_id__in=accounts, told_at__gte=now - WEEK)
    for account, notice, at in await told.values_list("account_id", "id", "told_at"):
        found[account][notice] = at
    for row in await rows(_BEGUN.format(accounts=_listed(accounts)), *accounts):
        found[identifier(row["account_id"])][identifier(row["id"])] = instant(row["at"]) or now
    return found


async def _more_urgent(accounts: set[UUID], now: datetime) -> dict[UUID, list[Notice]]:
    soon = Notice.filter(
        account_id__in=accounts, state=DeliveryState.QUEUED, due_at__lte=now + SOON, told_at=None, read_at=None,
        rank__lt=NoticeRank.OTHER,
    )
    found: dict[UUID, list[Notice]] = defaultdict(list)
    for notice in await soon:
        found[notice.account_id].append(notice)
    return found


async def _in_inbox(accounts: set[UUID], now: datetime) -> dict[UUID, list[Notice]]:
    """What nobody was told of because its reader wants it once a week."""
    if not accounts:
        return {}
    still_useful = Q(Q(useless_after=None), Q(useless_after__gt=now), join_type="OR")
    waiting = Notice.filter(
        still_useful, account_id__in=accounts, visible_at__gte=now - WAITS_FOR, visible_at__lte=now, read_at=None,
        told_at=None, done_at=None, state=DeliveryState.DELIVERED, rank=NoticeRank.OTHER,
    ).exclude(kind=NoticeKind.DIGEST)
    found: dict[UUID, list[Notice]] = defaultdict(list)
    for notice in await waiting:
        found[notice.account_id].append(notice)
    return found
