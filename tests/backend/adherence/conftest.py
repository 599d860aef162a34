"""Leo's family over twelve weeks and the weeks to come: check-ins, what they were told of, and silence."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from backend.adherence.jobs import close_work_items, open_work_items
from backend.wiring import Wiring
from models import Notice, Participant, WorkItem
from models.protocol import last_days
from models.vocabulary import DeliveryState, NoticeKind
from tests.cast import Cast

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAY = timedelta(days=1)


@pytest.fixture
def today(now: datetime) -> date:
    return now.astimezone(STOCKHOLM).date()


@pytest.fixture
def ends(study: Wiring, today: date) -> Callable[[int], date]:
    """`ends(-1)` is the last day of the period that ended last before today, `ends(0)` of the one that runs now."""

    def end(number: int) -> date:
        first = today - 400 * DAY
        days = [day for day, _ in last_days(study.protocol.file.check_in, first, today + 400 * DAY)]
        running = next(place for place, day in enumerate(days) if day >= today)
        return days[running + number]

    return end


@pytest.fixture
async def twelve_weeks(cast: Cast, today: date) -> None:
    """Leo and Tom have taken part for twelve weeks."""
    began = datetime.combine(today - 84 * DAY, time(12), STOCKHOLM)
    await Participant.all().update(enrolled_at=began)


@pytest.fixture
def check_in(phone_of: Callable[..., Any]) -> Callable[..., Awaitable[UUID]]:
    """`await check_in("mia", first, last)`: nothing happened on these days, told on the day after unless said."""
    phones: dict[str, Any] = {}

    async def tell(who: str, first: date, last: date, told: date | None = None, **more: Any) -> UUID:
        phone = phones.setdefault(who, phone_of(who, *more.pop("of", [])))
        at = datetime.combine(told or last + DAY, time(8), STOCKHOLM).isoformat()
        data = {"from": str(first), "to": str(last), "answer": "nothing_happened", **more}
        (made,) = await phone.push(phone.item(data, kind="check_in", recorded_at=at))
        assert made["status"] == "applied", made
        return UUID(made["id"])

    return tell


@pytest.fixture
def told(cast: Cast) -> Callable[..., Awaitable[None]]:
    """`await told("mia", day)`: she was told that the check-in of the period up to this day is due."""

    async def tell(who: str, slot: str, *, kind: NoticeKind = NoticeKind.CHECK_IN_DUE, left: bool = True) -> None:
        at = datetime.combine(date.fromisoformat(slot[:10]), time(18), STOCKHOLM)
        await Notice.create(
            account=cast.people[who].account, participant=cast.leo, kind=kind, subject_id=cast.leo.id, slot=slot,
            due_at=at, created_at=at, told_at=at if left else None,
            state=DeliveryState.DELIVERED if left else DeliveryState.DEAD,
        )

    return tell


@pytest.fixture
def work_on(study: Wiring) -> Callable[[datetime], Awaitable[None]]:
    """`await work_on(day)`: what the timetable does at that moment."""

    async def work(at: datetime) -> None:
        await close_work_items(study, at)
        await open_work_items(study, at)

    return work


@pytest.fixture
async def silence(cast: Cast, now: datetime, ends: Callable[[int], date]) -> WorkItem:
    """Nobody has said anything about Leo for long, and an item is open."""
    return await WorkItem.create(
        participant=cast.leo, site=cast.sites["SE01"], kind="silence", slot=str(ends(-3)), seq=0, opened_at=now,
        due_at=now + 3 * DAY,
    )
