"""Prints notices: stands in for e-mail where none is set up (development, demo). Shows no addresses."""

from typing import TextIO

from models import AccountMail
from notifications.channels.base import Parcel, Reach, Receipt


class ConsoleChannel:
    name = "console"
    replaces = False

    def __init__(self, stream: TextIO | None = None, *, shows_links: bool = False) -> None:
        """Prints to standard output, or to `stream`; secret links on a developer's own machine only."""
        self.stream = stream
        self.shows_links = shows_links

    def address_of(self, reach: Reach) -> str | None:
        return str(reach.account.id)

    def mail_address(self, mail: AccountMail) -> str | None:
        return str(mail.account_id)

    async def send(self, parcel: Parcel) -> Receipt:
        link = f" {parcel.link}" if parcel.link and self.shows_links else ""
        print(f"notice {parcel.id} to account {parcel.address}: {parcel.subject}{link}", file=self.stream, flush=True)
        return Receipt()

    async def close(self) -> None:
        """Nothing is held open."""
