"""A Sunday in May, the cast enrolled a month before, and a strict letter box."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from backend.wiring import Wiring
from models import Notice
from models.vocabulary import NoticeKind
from notifications.channels.base import ChannelError, Parcel, Reach, Receipt
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

    def __init__(self, name: str = "email", *, replaces: bool = False) -> None:
        self.name = name
        self.replaces = replaces
        self.parcels: list[Parcel] = []
        self.refusals: list[BaseException] = []
        self.before: Callable[[Parcel], object] | None = None

    def address_of(self, reach: Reach) -> str | None:
        return reach.account.email

    async def close(self) -> None:
        pass

    async def send(self, parcel: Parcel) -> Receipt:
        assert parcel.subject.strip()
        assert parcel.body.strip()
        assert parcel.at.tzinfo is not None
        if self.before:
            await self.before(parcel)
        if self.refusals:
            raise self.refusals.pop(0)
        self.parcels.append(parcel)
        return Receipt()

    @property
    def addresses(self) -> list[str]:
        return sorted(parcel.address for parcel in self.parcels)


@pytest.fixture
def box() -> LetterBox:
    return LetterBox()


@pytest.fixture
def push() -> LetterBox:
    """What a newer one takes the place of."""
    return LetterBox("push", replaces=True)


@pytest.fixture
def sms() -> LetterBox:
    return LetterBox("sms")


async def a_notice(cast: Cast, name: str, when: datetime, **changes: object) -> Notice:
    """A check-in reminder of that person's child, of use for a week."""
    child = cast.tom if name == "eve" else cast.leo
    values = {
        "account": cast.people[name].account, "participant": child, "kind": NoticeKind.CHECK_IN_DUE,
        "subject_id": child.id, "slot": when.date().isoformat(), "due_at": when, "created_at": when,
        "useless_after": when + timedelta(days=7), **changes,
    }
    return await Notice.create(**values)


@pytest.fixture
async def planned(cast: Cast, now: datetime) -> Cast:
    """Mia, Ben (Stockholm) and Eve (London) each have a check-in reminder due at six."""
    for name in ("mia", "ben", "eve"):
        await a_notice(cast, name, now)
    return cast


@pytest.fixture
def failure() -> type[ChannelError]:
    return ChannelError


@pytest.fixture
def notice_for() -> Callable:
    async def find(cast: Cast, name: str) -> Notice:
        return await Notice.get(account_id=cast.people[name].id)
    return find
