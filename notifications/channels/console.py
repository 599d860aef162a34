"""Prints notices: stands in for e-mail where none is set up (development, demo). Shows no addresses."""

from typing import TextIO

from models import Account, NoticePreference
from notifications.channels.base import Parcel


class ConsoleChannel:
    name = "console"

    def __init__(self, stream: TextIO | None = None) -> None:
        """Prints to standard output, or to `stream`."""
        self.stream = stream

    def address_of(self, account: Account, preference: NoticePreference) -> str | None:
        return str(account.id) if preference.email_on else None

    async def send(self, parcel: Parcel) -> None:
        print(f"notice {parcel.notice_id} to account {parcel.address}: {parcel.subject}", file=self.stream, flush=True)
