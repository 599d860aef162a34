"""An installation on https that sends SMS through a stand-in of 46elks."""

import dataclasses
import re
from collections.abc import Callable
from datetime import datetime

import msgspec
import pytest
from litestar import Litestar

from backend.clock import utc_now
from backend.reach.phone_codes import send_codes_due
from backend.reach.sms_receipts import receipts_address
from backend.settings import Settings
from backend.wiring import Wiring
from notifications.channels.sms import SmsChannel
from notifications.channels.sms_46elks import Elks
from notifications.channels.sms_twilio import Twilio
from tests.sms_providers import ACCOUNT, AUTH_TOKEN, PASSWORD, SERVICE, USER, Elks46, TwilioApi

PUBLIC = "https://diary.example.org"
CAP = 20


@pytest.fixture
def reaching(app: Litestar, study: Wiring) -> Callable[..., Wiring]:
    """`reaching(provider)`: the app as it is where that provider is set up."""

    def set_up(provider: Elks46 | TwilioApi | None, cap: int = CAP) -> Wiring:
        name = {Elks46: "46elks", TwilioApi: "twilio"}.get(type(provider), "")
        settings = msgspec.structs.replace(
            study.settings, public_url=PUBLIC, sms_provider=name, sms_user=USER, sms_password=PASSWORD,
            sms_from="Diary", sms_monthly_cap=cap, twilio_account_sid=ACCOUNT, twilio_auth_token=AUTH_TOKEN,
        )
        ways = (SmsChannel(made(provider, settings, study), cap),) if provider else ()
        app.state.wiring = dataclasses.replace(study, settings=settings, channels=ways)
        return app.state.wiring

    return set_up


def made(provider: Elks46 | TwilioApi, settings: Settings, study: Wiring) -> Elks | Twilio:
    receipts = receipts_address(settings, study.seal)
    if isinstance(provider, Elks46):
        return Elks(USER, PASSWORD, "Diary", receipts, provider.transport)
    return Twilio(ACCOUNT, (USER, PASSWORD), SERVICE, receipts, provider.transport)


class Pocket:
    """A phone that gets the SMS which 46elks took; the worker is sent out by `code()`."""

    def __init__(self, wiring: Wiring, provider: Elks46) -> None:
        self.wiring, self.provider = wiring, provider

    async def work(self, at: datetime | None = None) -> int:
        return await send_codes_due(self.wiring, lambda: at or utc_now())

    async def code(self) -> str:
        """The six digits of the SMS that arrives now."""
        assert await self.work() == 1
        return re.search(r"\b\d{6}\b", self.provider.texts[-1])[0]


@pytest.fixture
def pocket(reaching: Callable[..., Wiring]) -> Pocket:
    provider = Elks46()
    return Pocket(reaching(provider), provider)
