"""The contract of a channel: who it reaches, and how one text gets there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from models import Account, AccountMail, NoticePreference, PushDevice


class ChannelError(Exception):
    """It did not leave. `permanent`: this address will never take it, so it is not tried again.

    `retry_after`: the other side asked for that much patience. `ours`: our own set-up is wrong (a key, a quota, a
    text), whoever it was for: staff of the installation must look. The message is a code and perhaps a status, never
    what the other side wrote.
    """

    def __init__(
        self, message: str, permanent: bool = False, *, retry_after: timedelta | None = None, ours: bool = False
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
        self.ours = ours


@dataclass(frozen=True)
class Reach:
    """One person, what they wish, and the living devices that are theirs."""

    account: Account
    preference: NoticePreference
    devices: tuple[PushDevice, ...] = ()


@dataclass(frozen=True)
class Parcel:
    """One text for one address. `id`, of a notice or an account's mail, stays the same when it is tried again."""

    id: UUID
    address: str
    subject: str
    body: str
    at: datetime
    link: str | None = None
    """A secret link that stands in the body."""
    kind: str = ""
    tag: str = ""
    """Opaque, ≤ 32 letters of base64url: what a newer parcel about the same task takes the place of."""
    until: datetime | None = None
    """When it is of no use any more: no provider keeps it longer."""
    urgent: bool = False
    silent: bool = False
    """It takes the place of one that is shown ("already done"): nothing sounds for it."""
    account_id: UUID | None = None
    """Of a notice: whose it is. (A mail about an account itself is nothing one can turn off.)"""
    devices: tuple[PushDevice, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Receipt:
    """What the other side said when it took the parcel."""

    provider_id: str | None = None
    segments: int = 0
    """Of an SMS: how many are paid for."""


class Channel(Protocol):
    @property
    def name(self) -> str:
        """A `ChannelName`; stands in every NoticeAttempt."""

    @property
    def replaces(self) -> bool:
        """Whether a parcel with the same tag takes the place of one that is shown."""

    def address_of(self, reach: Reach) -> str | None:
        """Where this channel reaches the person; None = it does not. What they wish is asked elsewhere."""

    def mail_address(self, mail: AccountMail) -> str | None:
        """Where this channel takes a mail about an account itself; None = it carries notices only."""

    async def send(self, parcel: Parcel) -> Receipt:
        """Hand it over. Raises ChannelError; ends within the sender's deadline or is cancelled."""

    async def close(self) -> None:
        """Give back what it holds open; it is not used afterwards."""
