"""Browsers in which the staff of the cast are signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

import httpx
import pytest
from litestar import Litestar

from backend.access.sessions import Device, start_session
from models import DiaryEntry
from models.vocabulary import SessionKind
from tests.browsers import Browser
from tests.cast import Cast, client_for


@pytest.fixture
async def browser_of(app: Litestar, cast: Cast, now: datetime) -> AsyncIterator[Callable[..., Awaitable[Browser]]]:
    """`await browser_of("nora")` is her browser, signed in; `browser_of()` is nobody's."""
    clients: list[httpx.AsyncClient] = []

    async def browser(name: str | None = None) -> Browser:
        client = client_for(app)
        clients.append(client)
        if name:
            device = Device(SessionKind.BROWSER)
            started = await start_session(cast.wiring.seal, cast.people[name].account, device, now)
            client.cookies.set("session", started.secret)
        return Browser(client)

    yield browser
    for client in clients:
        await client.aclose()


@pytest.fixture
async def fracture(phone_of):
    """A fracture that Mia logged for Leo."""
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item())
    return await DiaryEntry.get(id=made["id"])
