"""People of the cast who can sign in from scratch."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pyotp
import pytest

from backend.access.passwords import hash_password
from backend.wiring import Wiring
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
