"""How reminders reach the family of one participant, guardian by guardian and channel by channel."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.adherence.schemas import ChannelReach, FamilyReach, GuardianReach
from backend.adherence.unreachable import Ways, ways_of
from backend.audit import note_read
from models import Guardianship, Notice, NoticeAttempt
from models.statement import identifier, instant, rows
from models.vocabulary import AttemptState, ChannelName, DeliveryState
from notifications.listeners import ROLES, living
from notifications.local_time import local_date, zone_named

RECENT = timedelta(days=90)
CHANNELS = (ChannelName.PUSH, ChannelName.EMAIL, ChannelName.SMS)
TAKEN = (AttemptState.ACCEPTED, AttemptState.DELIVERED, AttemptState.OPENED, AttemptState.SUPERSEDED)
SEEN = "SELECT account_id, max(last_seen_at) AS at FROM session WHERE account_id IN ({whose}) GROUP BY account_id"


@dataclass
class Tries:
    """What became of one person's notices on one channel."""

    told_at: datetime | None = None
    opened_at: datetime | None = None
    failed_at: datetime | None = None
    error: str | None = None
    failures: int = 0

    def note(self, attempt: NoticeAttempt) -> None:
        if attempt.state in TAKEN:
            self.told_at = _later(self.told_at, attempt.at)
        self.opened_at = _later(self.opened_at, attempt.opened_at)
        if attempt.state is AttemptState.FAILED or (attempt.error and attempt.state is AttemptState.QUEUED):
            self.failures += 1
            if self.failed_at is None or attempt.at >= self.failed_at:
                self.failed_at, self.error = attempt.at, attempt.error


async def family_reach(actor: Actor, participant_id: UUID, now: datetime) -> FamilyReach:
    """Of everybody who is asked for something now, by relation. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    await note_read(actor, participant.id, now)
    links = await Guardianship.filter(
        living(now), participant_id=participant.id, role__in=list(ROLES)
    ).order_by("starts_at", "id").select_related("account")
    accounts = [link.account for link in links]
    ways, seen = await ways_of(accounts, now), await _last_seen([account.id for account in accounts])
    tries = await _tries(participant.id, now)
    waiting = await _waiting(participant.id, now)
    return FamilyReach(participant.id, [
        _guardian(link, ways[link.account_id], tries[link.account_id], waiting[link.account_id],
                  (seen.get(link.account_id), now))
        for link in links
    ])


async def _tries(participant_id: UUID, now: datetime) -> dict[UUID, dict[str, Tries]]:
    """Account → channel → its tries, of notices about this participant alone: of another child's nothing is told."""
    recent = NoticeAttempt.filter(notice__participant_id=participant_id, at__gte=now - RECENT)
    found: dict[UUID, dict[str, Tries]] = defaultdict(lambda: defaultdict(Tries))
    for attempt in await recent.order_by("at").select_related("notice"):
        channel = ChannelName.EMAIL if attempt.channel == ChannelName.CONSOLE else attempt.channel
        found[attempt.notice.account_id][channel].note(attempt)
    return found


async def _waiting(participant_id: UUID, now: datetime) -> dict[UUID, int]:
    """Account → notices that stand in its inbox unread."""
    unread = Notice.filter(
        participant_id=participant_id, read_at=None, visible_at__lte=now, visible_at__gte=now - RECENT
    ).exclude(state=DeliveryState.CANCELLED)
    found: dict[UUID, int] = defaultdict(int)
    for account_id in await unread.values_list("account_id", flat=True):
        found[account_id] += 1  # type: ignore[index]
    return found


async def _last_seen(accounts: list[UUID]) -> dict[UUID, datetime | None]:
    if not accounts:
        return {}
    whose = ", ".join(f"${number + 1}" for number in range(len(accounts)))
    found = await rows(SEEN.format(whose=whose), *accounts)
    return {identifier(row["account_id"]): instant(row["at"]) for row in found}


def _guardian(
    link: Guardianship, ways: Ways, tries: dict[str, Tries], waiting: int, seen: tuple[datetime | None, datetime]
) -> GuardianReach:
    last_seen_at, now = seen
    until = ways.preference.away_until
    today = local_date(now, zone_named(ways.account.timezone))
    is_away = until is not None and (ways.preference.away_from or today) <= today <= until
    return GuardianReach(
        link.id, link.relation, [_channel(name, ways, tries.get(name, Tries())) for name in CHANNELS],
        ways.is_unreached, until if is_away else None, waiting, last_seen_at,
    )


def _channel(name: ChannelName, ways: Ways, tries: Tries) -> ChannelReach:
    living_devices = len(ways.living_devices) if name is ChannelName.PUSH else 0
    failed_at, error = tries.failed_at, tries.error
    if name is ChannelName.PUSH and error is None:
        failed_at, error = _last_end(ways)
    return ChannelReach(
        name, ways.wants(name), ways.works(name), living_devices, _refused_at(name, ways), tries.told_at,
        tries.opened_at, failed_at, error, tries.failures,
    )


def _refused_at(name: ChannelName, ways: Ways) -> datetime | None:
    if name is ChannelName.EMAIL:
        return ways.account.mail_refused_at
    return _last_end(ways)[0] if name is ChannelName.PUSH else None


def _last_end(ways: Ways) -> tuple[datetime | None, str | None]:
    """When a device ended last, and what its service said of it."""
    ends = [(one.ended_at, one.last_error or one.end_reason) for one in ways.devices if one.ended_at]
    return max(ends, key=lambda end: end[0], default=(None, None))


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)
