"""The contract of a channel: who it reaches, and how one text gets there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models import Account, AccountMail, NoticePreference


class ChannelError(Exception):
    """It did not leave. `permanent`: this address will never take it, so it is not tried again.

    The message is a code and perhaps a status, never what the other side wrote.
    """

    def __init__(self, message: str, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


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


class Channel(Protocol):
    @property
    def name(self) -> str:
        """As in CHANNELS; stands in every NoticeAttempt."""

    def address_of(self, account: Account, preference: NoticePreference) -> str | None:
        """Where this channel reaches the person; None = it does not, or they don't want it."""

    def mail_address(self, mail: AccountMail) -> str | None:
        """Where this channel takes a mail about an account itself; None = it carries notices only."""

    async def send(self, parcel: Parcel) -> None:
        """Hand it over. Raises ChannelError; ends within the sender's deadline or is cancelled."""
