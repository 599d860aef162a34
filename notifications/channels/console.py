"""Prints notices: stands in for e-mail where none is set up (development, demo). Shows no addresses."""

from typing import TextIO

from models import Account, AccountMail, NoticePreference
from notifications.channels.base import Parcel


class ConsoleChannel:
    name = "console"

    def __init__(self, stream: TextIO | None = None, *, shows_links: bool = False) -> None:
        """Prints to standard output, or to `stream`; secret links on a developer's own machine only."""
        self.stream = stream
        self.shows_links = shows_links

    def address_of(self, account: Account, preference: NoticePreference) -> str | None:
        return str(account.id) if preference.email_on else None

    def mail_address(self, mail: AccountMail) -> str | None:
        return str(mail.account_id)

    async def send(self, parcel: Parcel) -> None:
        link = f" {parcel.link}" if parcel.link and self.shows_links else ""
        print(f"notice {parcel.id} to account {parcel.address}: {parcel.subject}{link}", file=self.stream, flush=True)
