"""A Sunday in May, the cast enrolled a month before, and a strict letter box."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from backend.wiring import Wiring
from models import Account, Notice, NoticePreference
from notifications.channels.base import ChannelError, Parcel
from tests.cast import Cast, assemble

SIX = datetime(2026, 5, 10, 16, tzinfo=UTC)
"""Six in the evening in Stockholm, five in London."""


@pytest.fixture
def now() -> datetime:
    return SIX


@pytest.fixture
async def cast(study: Wiring, now: datetime) -> Cast:
    return await assemble(study, now - timedelta(days=30))


class LetterBox:
    """A channel that keeps what it gets; `refusals` are raised first, one per try."""

    def __init__(self, name: str = "box") -> None:
        self.name = name
        self.parcels: list[Parcel] = []
        self.refusals: list[BaseException] = []
        self.before: Callable[[Parcel], object] | None = None

    def address_of(self, account: Account, preference: NoticePreference) -> str | None:
        return account.email if preference.email_on else None

    async def send(self, parcel: Parcel) -> None:
        assert parcel.subject.strip()
        assert parcel.body.strip()
        assert parcel.at.tzinfo is not None
        if self.before:
            await self.before(parcel)
        if self.refusals:
            raise self.refusals.pop(0)
        self.parcels.append(parcel)

    @property
    def addresses(self) -> list[str]:
        return sorted(parcel.address for parcel in self.parcels)


@pytest.fixture
def box() -> LetterBox:
    return LetterBox()


@pytest.fixture
def other_box() -> LetterBox:
    return LetterBox("other")


@pytest.fixture
def failure() -> type[ChannelError]:
    return ChannelError


@pytest.fixture
def notice_for() -> Callable:
    async def find(cast: Cast, name: str) -> Notice:
        return await Notice.get(account_id=cast.people[name].id)
    return find
