"""One notice on several channels: the next one only while nobody has looked; and never too much in one week."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from models import Notice, NoticeAttempt, NoticePreference, Session
from models.vocabulary import AttemptState, DeliveryState, NoticeKind, NoticeRank
from notifications.channels.base import ChannelError
from tests.notifications.conftest import a_notice
from tests.notifications.test_sender import HOUR, an_entry, send

DAY = timedelta(days=1)


@pytest.fixture
async def mias(cast, now) -> Notice:
    """Mia wants all three channels."""
    await NoticePreference.create(account_id=cast.mia.id, sms_on=True)
    return await a_notice(cast, "mia", now)


async def test_the_next_channel_tells_it_a_day_later_and_the_third_after_two(mias, push, box, sms, now):
    told = []
    for hour in range(60):
        await send(push, now + hour * HOUR, box, sms)
        told.append((len(push.parcels), len(box.parcels), len(sms.parcels)))

    assert [told.count(state) for state in ((1, 0, 0), (1, 1, 0), (1, 1, 1))] == [24, 24, 12]
    await mias.refresh_from_db()
    assert (mias.state, mias.told_at) == (DeliveryState.DELIVERED, now)


async def test_channels_are_tried_in_the_order_and_for_the_kinds_one_chose(cast, push, box, sms, now):
    await NoticePreference.create(
        account_id=cast.mia.id, sms_on=True, fallback=["sms", "push", "email"],
        by_kind={"check_in_due": ["email", "sms"]},
    )
    await a_notice(cast, "mia", now)
    for hour in range(60):
        await send(push, now + hour * HOUR, box, sms)

    assert [[parcel.at for parcel in one.parcels] for one in (sms, push, box)] == [[now], [], [now + DAY]]


@pytest.mark.parametrize("sign", ["read", "session", "opened"])
async def test_the_first_sign_of_life_ends_it(mias, cast, push, box, sms, now, sign):
    await send(push, now, box, sms)
    if sign == "read":
        await Notice.filter(id=mias.id).update(read_at=now + HOUR)
    elif sign == "session":
        await Session.filter(account_id=cast.mia.id).update(last_seen_at=now + HOUR)
    else:
        await NoticeAttempt.filter(notice_id=mias.id).update(state=AttemptState.OPENED)

    for hour in range(1, 72):
        await send(push, now + hour * HOUR, box, sms)

    assert (len(push.parcels), len(box.parcels), len(sms.parcels)) == (1, 0, 0)
    await mias.refresh_from_db()
    assert mias.state is DeliveryState.DELIVERED


async def test_an_address_that_is_refused_leaves_its_place_to_the_next_at_once(mias, push, box, sms, now):
    push.refusals = [ChannelError("no_device", permanent=True)]

    await send(push, now, box, sms)

    assert (len(push.parcels), len(box.parcels), len(sms.parcels)) == (0, 1, 0)
    await send(push, now + DAY, box, sms)
    assert len(sms.parcels) == 1, "the third is the second now"


async def test_no_channel_tells_it_when_its_window_is_over(mias, push, box, sms, now):
    await Notice.filter(id=mias.id).update(useless_after=now + 20 * HOUR)
    for hour in range(60):
        await send(push, now + hour * HOUR, box, sms)

    assert (len(push.parcels), len(box.parcels)) == (1, 0)
    await mias.refresh_from_db()
    assert mias.state is DeliveryState.DELIVERED


async def test_the_next_channel_waits_for_the_morning_too(cast, push, box, now):
    evening = now + 2 * HOUR - timedelta(minutes=10)
    notice = await a_notice(cast, "mia", evening, told_at=evening - 24 * HOUR + HOUR)
    await NoticeAttempt.create(notice_id=notice.id, channel="push", state="accepted", at=evening)
    await send(push, evening, box)
    await send(push, evening + HOUR, box)

    assert box.parcels == []
    await send(push, datetime(2026, 5, 11, 6, tzinfo=UTC), box)
    assert len(box.parcels) == 1


async def each_day(box, cast, now, ranks: list[int], days: int = 8) -> list[date]:
    """The days on which one person was told, if so many notices of these ranks are due at once."""
    for rank in ranks:
        await a_notice(cast, "mia", now, rank=rank, subject_id=uuid4(), useless_after=None,
                       kind=NoticeKind.CONSENT_EXPIRING)
    for hour in range(days * 24):
        await send(box, now + hour * HOUR)
    return [parcel.at.date() for parcel in box.parcels]


async def test_one_person_is_told_one_thing_a_day_and_three_a_week(cast, box, now):
    told = await each_day(box, cast, now, [NoticeRank.OTHER] * 5)

    assert told == [now.date() + days * DAY for days in (0, 1, 2, 7)]


async def test_what_is_urgent_is_told_whatever_the_cap_and_the_others_yield(cast, box, now):
    told = await each_day(box, cast, now, [NoticeRank.OTHER, NoticeRank.SAFETY, NoticeRank.TOMORROW], days=2)

    assert told == [now.date(), now.date(), now.date() + DAY]
    assert [parcel.urgent for parcel in box.parcels] == [True, True, False]


async def test_a_lower_one_yields_to_what_is_still_to_come_today(cast, box, now):
    await a_notice(cast, "mia", now, useless_after=None, kind=NoticeKind.CONSENT_EXPIRING)
    await a_notice(cast, "mia", now + HOUR, rank=NoticeRank.TOMORROW, subject_id=uuid4())

    for hour in range(3):
        await send(box, now + hour * HOUR)

    assert [parcel.urgent for parcel in box.parcels] == [True]


async def test_what_can_not_be_told_within_its_window_stands_in_the_inbox(cast, box, now):
    await a_notice(cast, "mia", now)
    second = await a_notice(cast, "mia", now, subject_id=uuid4(), useless_after=now + 10 * HOUR)

    await send(box, now)

    await second.refresh_from_db()
    assert len(box.parcels) == 1
    assert (second.state, second.told_at) == (DeliveryState.DELIVERED, None)


async def test_two_workers_count_the_same_person_together(cast, box, now, monkeypatch):
    """Each claims one of the two notices, and both are being sent at the same moment."""
    for _ in range(2):
        await a_notice(cast, "mia", now, subject_id=uuid4(), useless_after=None, kind=NoticeKind.CONSENT_EXPIRING)
    monkeypatch.setattr("notifications.sending.sender.BATCH", 1)
    await asyncio.gather(send(box, now), send(box, now))

    assert len(box.parcels) == 1


async def test_on_holiday_only_tomorrow_is_told(cast, box, now):
    await NoticePreference.create(
        account_id=cast.mia.id, away_from=now.date() - DAY, away_until=now.date() + 3 * DAY)
    waits = await a_notice(cast, "mia", now)
    await a_notice(cast, "mia", now, rank=NoticeRank.TOMORROW, subject_id=uuid4())

    await send(box, now)

    await waits.refresh_from_db()
    assert len(box.parcels) == 1
    assert waits.due_at == now + 4 * DAY


async def test_who_wants_a_digest_is_told_once_a_week_and_only_if_something_waits(cast, box, now):
    await NoticePreference.create(account_id=cast.mia.id, digest_weekday=1)
    await a_notice(cast, "mia", now, slot="2026-05-10")
    digest = {"kind": NoticeKind.DIGEST, "subject_id": cast.mia.id}
    await send(box, now)
    assert box.parcels == []

    await a_notice(cast, "mia", now + 20 * HOUR, slot="2026-05-11", **digest)
    await send(box, now + 20 * HOUR)
    assert [parcel.kind for parcel in box.parcels] == ["digest"]

    await an_entry(cast, now)
    idle = await a_notice(cast, "mia", now + 7 * DAY, slot="2026-05-18", **digest)
    await send(box, now + 7 * DAY)
    await idle.refresh_from_db()
    assert (len(box.parcels), idle.last_error) == (1, "nothing_waits")
