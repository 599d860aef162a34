"""Three strict push services on this machine, one clock for all, and devices of the cast."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from backend.access.seal import Seal
from models import PushDevice
from models.vocabulary import PushEnvironment, PushProvider
from notifications.channels.apns import Apns, one_connection
from notifications.channels.base import Parcel
from notifications.channels.fcm import Fcm
from notifications.channels.provider_tokens import ProviderTokens
from notifications.channels.push import PushChannel
from notifications.channels.web_push import WebPush
from notifications.channels.web_push_seal import new_own_key
from tests.cast import Cast
from tests.push_fakes import apple as apple_fake
from tests.push_fakes.apple import Apple
from tests.push_fakes.browser_maker import BrowserMaker
from tests.push_fakes.google import Google
from tests.push_fakes.hosting import hosted, trusting

START = datetime(2026, 5, 10, 16, tzinfo=UTC)
NOTICE = UUID("018f0000-0000-7000-8000-000000000001")


@dataclass
class Clock:
    """The machine's time, as far as push services and we can tell."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seal() -> Seal:
    return Seal("a secret key that is used in tests only")


@pytest.fixture
def tokens(clock: Clock, seal: Seal, cast: Cast) -> ProviderTokens:
    return ProviderTokens(seal, clock)


@pytest.fixture
async def google(clock: Clock) -> AsyncIterator[Google]:
    google = Google(clock)
    async with hosted(google.handle) as google.port:
        yield google
    assert google.faults == []


@pytest.fixture
async def apple(clock: Clock) -> AsyncIterator[Apple]:
    apple = Apple(clock)
    async with hosted(apple.handle) as apple.port:
        yield apple
    assert apple.faults == []


@pytest.fixture
async def maker(clock: Clock) -> AsyncIterator[BrowserMaker]:
    maker = BrowserMaker(clock)
    async with hosted(maker.handle) as maker.port:
        yield maker
    assert maker.faults == []


@pytest.fixture
async def fcm(google: Google, tokens: ProviderTokens, clock: Clock) -> AsyncIterator[Fcm]:
    client = httpx.AsyncClient(verify=trusting(), trust_env=False)
    fcm = Fcm(google.service_account(), tokens, clock, url=google.url, client=client)
    yield fcm
    await fcm.close()


def apns_to(apple: Apple, tokens: ProviderTokens, clock: Clock) -> Apns:
    ours = (apple_fake.pem(), apple_fake.KEY_ID, apple_fake.TEAM_ID, apple_fake.TOPIC)
    urls = dict.fromkeys(PushEnvironment, apple.url)
    return Apns(*ours, tokens, clock, urls=urls, client=one_connection(trusting()))


@pytest.fixture
async def apns(apple: Apple, tokens: ProviderTokens, clock: Clock) -> AsyncIterator[Apns]:
    apns = apns_to(apple, tokens, clock)
    yield apns
    await apns.close()


@pytest.fixture
async def web_push(maker: BrowserMaker, clock: Clock) -> AsyncIterator[WebPush]:
    private, maker.server_key = new_own_key()
    web_push = WebPush(private, "mailto:it@clinic.example", clock, more_hosts=(maker.host,), tls=trusting())
    yield web_push
    await web_push.close()


@pytest.fixture
def push(fcm: Fcm, apns: Apns, web_push: WebPush) -> PushChannel:
    return PushChannel([fcm, apns, web_push], "https://diary.example.org")


@pytest.fixture
def parcel(clock: Clock) -> Callable[..., Parcel]:
    def make(*devices: PushDevice, **changes: Any) -> Parcel:
        plain: dict[str, Any] = {"kind": "visit_ahead", "tag": "abcdefghij-_ABCDEFGHIJ",
                                 "link": f"https://diary.example.org/app/#notice={NOTICE}"}
        return Parcel(NOTICE, "mia", "Diary", "Reminder: an appointment tomorrow", clock.now, devices=devices,
                      **{**plain, **changes})
    return make


@pytest.fixture
def device(cast: Cast, clock: Clock) -> Callable[..., Any]:
    """A registered device of Mia's."""
    async def make(service: PushProvider, token: str, **changes: Any) -> PushDevice:
        values: dict[str, Any] = {
            "account_id": cast.mia.id, "session_id": cast.mia.session.id, "installation_id": token[-20:],
            "registered_at": clock.now, "last_seen_at": clock.now, **changes,
        }
        return await PushDevice.create(service=service, token=token, **values)
    return make


@pytest.fixture
def android(google: Google, device: Callable[..., Any]) -> Callable[..., Any]:
    async def make(name: str = "a", known: bool = True, **changes: Any) -> PushDevice:
        token = f"{name * 40}:APA91b"
        if known:
            google.registered.add(token)
        return await device(PushProvider.FCM, token, **changes)
    return make


@pytest.fixture
def iphone(apple: Apple, device: Callable[..., Any]) -> Callable[..., Any]:
    async def make(digit: str = "a", known: bool = True, **changes: Any) -> PushDevice:
        if known:
            apple.devices.add(digit * 64)
        return await device(PushProvider.APNS, digit * 64, **changes)
    return make


@pytest.fixture
def browser(maker: BrowserMaker, device: Callable[..., Any]) -> Callable[..., Any]:
    async def make(**changes: Any) -> PushDevice:
        found, endpoint = maker.subscribe()
        return await device(PushProvider.WEB_PUSH, endpoint, keys=found.keys, **changes)
    return make
