"""People of the cast who can sign in from scratch."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import pyotp
import pytest

from backend.access.passwords import hash_password
from backend.accounts.mails import send_mails_due
from backend.clock import utc_now
from backend.wiring import Wiring
from models import AccountMail
from notifications.channels.base import Parcel, Reach, Receipt
from tests.cast import PASSWORD, Cast

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
async def signs_in(cast: Cast, study: Wiring) -> Callable[..., Awaitable[dict[str, str]]]:
    """`await signs_in("mia")` gives her a password and returns the body of her sign-in; staff get a TOTP too."""

    async def prepare(name: str, *, authenticator: bool = False) -> dict[str, str]:
        account = cast.people[name].account
        account.password_hash = await hash_password(PASSWORD)
        if authenticator:
            account.totp_secret = study.seal.close(TOTP_SECRET)
        await account.save()
        return {"email": account.email, "password": PASSWORD}

    return prepare


@pytest.fixture
def totp() -> Callable[[datetime], str]:
    return lambda at: pyotp.TOTP(TOTP_SECRET).at(at)


class PostBox:
    """The channel at which account mails arrive; the worker is sent out by `collect()`. `refusals` come first."""

    name = "box"

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = replace(wiring, channels=(self,))
        self.parcels: list[Parcel] = []
        self.refusals: list[BaseException] = []

    replaces = False

    def address_of(self, reach: Reach) -> str | None:
        raise AssertionError("an account's own mail does not ask for preferences")

    def mail_address(self, mail: AccountMail) -> str | None:
        return mail.address

    async def send(self, parcel: Parcel) -> Receipt:
        assert parcel.link is None or parcel.link in parcel.body
        if self.refusals:
            raise self.refusals.pop(0)
        self.parcels.append(parcel)
        return Receipt()

    async def close(self) -> None:
        pass

    async def collect(self, at: datetime | None = None) -> list[Parcel]:
        """What arrives now that had not arrived before."""
        before = len(self.parcels)
        await send_mails_due(self.wiring, lambda: at or utc_now())
        return self.parcels[before:]

    async def token(self, at: datetime | None = None) -> str:
        """What stands behind the # of the only link that arrives."""
        (link,) = [parcel.link for parcel in await self.collect(at) if parcel.link]
        return link.partition("#")[2]

    async def told(self, subject: str) -> Parcel:
        """The only mail that arrives with such words in its subject."""
        (parcel,) = [parcel for parcel in await self.collect() if subject in parcel.subject]
        return parcel


@pytest.fixture
def post(study: Wiring) -> PostBox:
    return PostBox(study)
