"""The contract of a channel: who it reaches, and how one text gets there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models import Account, NoticePreference


class ChannelError(Exception):
    """It did not leave. `permanent`: this address will never take it, so it is not tried again.

    The message is a code and perhaps a status, never what the other side wrote.
    """

    def __init__(self, message: str, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True)
class Parcel:
    """One text for one address. `notice_id` stays the same when it is tried again."""

    notice_id: UUID
    address: str
    subject: str
    body: str
    at: datetime


class Channel(Protocol):
    @property
    def name(self) -> str:
        """As in CHANNELS; stands in every NoticeAttempt."""

    def address_of(self, account: Account, preference: NoticePreference) -> str | None:
        """Where this channel reaches the person; None = it does not, or they don't want it."""

    async def send(self, parcel: Parcel) -> None:
        """Hand it over. Raises ChannelError; ends within the sender's deadline or is cancelled."""
