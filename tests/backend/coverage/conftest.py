"""Leo's diary over the last hundred days, told by his parents on their phones and by Nora at the desk."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models import Participant
from models.fields import new_id
from tests.cast import Cast

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def today(now: datetime) -> date:
    return now.astimezone(STOCKHOLM).date()


@pytest.fixture
def ago(today: date) -> Callable[[int], str]:
    """`ago(3)` is the day three days ago, as the phone writes it."""
    return lambda days: (today - timedelta(days=days)).isoformat()


@pytest.fixture
def noon(today: date) -> Callable[[int], datetime]:
    """`noon(3)` is noon in Stockholm three days ago, whatever the clocks did since."""
    return lambda days: datetime.combine(today - timedelta(days=days), time(12), STOCKHOLM)


@pytest.fixture
async def a_hundred_days(cast: Cast, noon: Callable[[int], datetime]) -> None:
    """Everybody has taken part for a hundred days."""
    await Participant.all().update(enrolled_at=noon(100))


@pytest.fixture
def check_in(phone_of: Callable[..., Any], ago: Callable[[int], str], now: datetime) -> Callable[..., Awaitable[str]]:
    """`await check_in("mia", 9, 3)`: nothing happened from nine to three days ago, told `told` days ago."""
    phones: dict[str, Any] = {}

    async def tell(who: str, first: int, last: int, *, told: int = 0, answer: str = "nothing_happened") -> str:
        phone = phones.setdefault(who, phone_of(who))
        at = (now - timedelta(days=told)).astimezone(STOCKHOLM).isoformat()
        (made,) = await phone.push(phone.item(
            {"from": ago(first), "to": ago(last), "answer": answer}, kind="check_in", recorded_at=at))
        assert made["status"] == "applied", made
        return str(made["id"])

    return tell


@pytest.fixture
def fracture(phone_of: Callable[..., Any], now: datetime) -> Callable[..., Awaitable[str]]:
    """`await fracture("ben", occurred="2026-11")`."""
    phones: dict[str, Any] = {}

    async def tell(who: str, **data: Any) -> str:
        phone = phones.setdefault(who, phone_of(who))
        whole = {"sites": [{"bone": "femur", "side": "left"}], **data}
        (made,) = await phone.push(phone.item(whole, recorded_at=now.astimezone(STOCKHOLM).isoformat()))
        assert made["status"] == "applied", made
        return str(made["id"])

    return tell


@pytest.fixture
def coverage(as_: Callable[..., Any], cast: Cast) -> Callable[..., Awaitable[dict[str, Any]]]:
    """`await coverage("nora")` is Leo's coverage as she reads it."""

    async def read(who: str = "nora", **window: str) -> dict[str, Any]:
        answer = await as_(who).get(f"/api/v1/participants/{cast.leo.id}/coverage", params=window)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    return read


@pytest.fixture
def told_to_nora(as_: Callable[..., Any], cast: Cast) -> Callable[..., Awaitable[str]]:
    """What Mia tells at a visit, or what a chart says, written down by Nora."""

    async def write(source: str = "site_interview", **data: Any) -> str:
        who = {"relation": "mother"} if source == "site_interview" else {}
        entry_id = str(new_id())
        answer = await as_("nora").put(
            f"/api/v1/participants/{cast.leo.id}/entries-on-behalf/{entry_id}", headers={"If-None-Match": "*"},
            json={"kind": "check_in", "data": data, "source": source, "confirmed": ["week_too_long"], **who})
        assert answer.status_code == 201, answer.text
        return entry_id

    return write
