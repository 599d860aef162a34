"""Which guardians nothing reaches any more: what they want to be told by is broken, and nothing else they want works.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models import Account, Guardianship, NoticePreference, PushDevice
from models.participation import states_that_tell
from models.statement import identifier, rows
from models.vocabulary import ChannelName, NoticeKind
from notifications.listeners import ROLES, living, preferences_of
from notifications.sending.living_devices import SILENT_AFTER, living_devices

UNMAILED = """SELECT g.id FROM guardianship g JOIN participant p ON p.id = g.participant_id
  JOIN account a ON a.id = g.account_id LEFT JOIN notice_preference n ON n.account_id = a.id
WHERE g.id > $1 AND (g.ends_at IS NULL OR g.ends_at > $2) AND g.locked_at IS NULL AND a.disabled_at IS NULL
  AND p.state IN ({states})
  AND (a.mail_refused_at IS NOT NULL OR a.email IS NULL OR a.email_verified_at IS NULL OR NOT n.email_on)
  AND NOT EXISTS (SELECT 1 FROM push_device d JOIN session s ON s.id = d.session_id WHERE d.account_id = a.id
    AND d.ended_at IS NULL AND d.last_seen_at > $3 AND s.ended_at IS NULL AND s.expires_at > $2
    AND (n.account_id IS NULL OR n.push_on))
ORDER BY g.id LIMIT {most}"""
"""Nobody whom mail or a device reaches needs a closer look."""


@dataclass(frozen=True)
class Ways:
    """What one account may be reached by."""

    account: Account
    preference: NoticePreference
    devices: list[PushDevice]
    """Also those that have ended."""
    living_devices: tuple[PushDevice, ...] = ()

    def wants(self, channel: ChannelName) -> bool:
        return {ChannelName.PUSH: self.preference.push_on, ChannelName.EMAIL: self.preference.email_on,
                ChannelName.SMS: self.preference.sms_on}[channel]

    def works(self, channel: ChannelName) -> bool:
        """Whether there is somewhere to send to."""
        if channel is ChannelName.PUSH:
            return bool(self.living_devices)
        if channel is ChannelName.SMS:
            return self.account.phone is not None
        return bool(self.account.email and self.account.email_verified_at) and self.account.mail_refused_at is None

    @property
    def is_unreached(self) -> bool:
        """Who wants the inbox alone, or never had a device, is reached as they wish."""
        wanted = [way for way in (ChannelName.PUSH, ChannelName.EMAIL, ChannelName.SMS) if self.wants(way)]
        broken = [way for way in wanted if not self.works(way) and (way is not ChannelName.PUSH or self.devices)]
        return bool(broken) and not any(self.works(way) for way in wanted)

    def broke_at(self, link: Guardianship) -> datetime:
        """When the last way broke, as far as anything tells."""
        ended = [device.ended_at for device in self.devices if device.ended_at]
        return max([link.starts_at, *ended, *filter(None, [self.account.mail_refused_at])])


async def perhaps_unreached(after: UUID, most: int, now: datetime) -> list[UUID]:
    """The next guardianships to look at more closely."""
    return [identifier(row["id"]) for row in await rows(unmailed_statement(most), after, now, now - SILENT_AFTER)]


def unmailed_statement(most: int) -> str:
    states = ", ".join(f"'{state}'" for state in sorted(states_that_tell(NoticeKind.CHECK_IN_DUE)))
    return UNMAILED.format(states=states, most=most)


async def broken_since(guardianship_id: UUID, now: datetime) -> datetime | None:
    """Since when nothing reaches its holder; None while something does, or nothing is to reach them."""
    found = Guardianship.filter(living(now), id=guardianship_id, role__in=list(ROLES)).select_related("account")
    link = await found.first()
    if link is None:
        return None
    ways = (await ways_of([link.account], now))[link.account_id]
    return ways.broke_at(link) if ways.is_unreached else None


async def ways_of(accounts: Collection[Account], now: datetime) -> dict[UUID, Ways]:
    ids = [account.id for account in accounts]
    preferences, alive = await preferences_of(ids), await living_devices(ids, now)
    devices: dict[UUID, list[PushDevice]] = {account_id: [] for account_id in ids}
    for device in await PushDevice.filter(account_id__in=ids):
        devices[device.account_id].append(device)
    return {one.id: Ways(one, preferences[one.id], devices[one.id], alive.get(one.id, ())) for one in accounts}
