"""What is heard of a notice afterwards only ever raises its state, however often and in whatever order it is said."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from models import Notice, NoticeAttempt
from models.vocabulary import AttemptState, ChannelName, DeliveryState
from notifications.sending.receipts import called, note_delivered, note_failed, note_opened, on_channel
from tests.notifications.conftest import a_notice
from tests.notifications.test_sender import HOUR, send


@pytest.fixture
async def attempt(cast, now) -> NoticeAttempt:
    notice = await a_notice(cast, "mia", now, told_at=now)
    return await NoticeAttempt.create(
        notice_id=notice.id, channel=ChannelName.SMS, state=AttemptState.ACCEPTED, at=now, provider_id="s70df59")


@pytest.mark.parametrize("order", [*permutations(["delivered", "opened", "failed"])])
async def test_opened_stands_in_whatever_order_it_is_told(attempt, now, order):
    which = called(ChannelName.SMS, "s70df59")
    for number, what in enumerate(order):
        when = now + number * HOUR
        for _ in range(2):
            if what == "failed":
                assert await note_failed(which, "undelivered", when)
            else:
                assert await (note_opened if what == "opened" else note_delivered)(which, when)

    await attempt.refresh_from_db()
    assert attempt.state is AttemptState.OPENED
    assert attempt.error is None
    assert attempt.opened_at == now + order.index("opened") * HOUR
    assert attempt.delivered_at == now + min(order.index("opened"), order.index("delivered")) * HOUR


async def test_a_failure_after_the_arrival_changes_nothing(attempt, now):
    which = on_channel(attempt.notice_id, ChannelName.SMS)
    await note_delivered(which, now)
    await note_failed(which, "expired", now)

    await attempt.refresh_from_db()
    assert (attempt.state, attempt.delivered_at, attempt.error) == (AttemptState.DELIVERED, now, None)


async def test_what_was_superseded_stays_so(attempt, now):
    await NoticeAttempt.all().update(state=AttemptState.SUPERSEDED)

    for note in (note_delivered, note_opened):
        await note(on_channel(attempt.notice_id, ChannelName.SMS), now)

    await attempt.refresh_from_db()
    assert (attempt.state, attempt.opened_at) == (AttemptState.SUPERSEDED, now)


async def test_a_receipt_of_something_unknown_says_so(attempt, now):
    assert not await note_delivered(called(ChannelName.SMS, "another"), now)
    assert not await note_opened(on_channel(uuid4(), ChannelName.SMS), now)
    assert not await note_failed(called(ChannelName.PUSH, "s70df59"), "expired", now)


async def test_what_did_not_get_there_is_told_by_the_next_channel_at_once(planned, push, box, now, notice_for):
    await send(push, now, box)
    mia = await notice_for(planned, "mia")

    await note_failed(on_channel(mia.id, ChannelName.PUSH), "expired", now + HOUR)
    await send(push, now + HOUR, box)

    assert box.addresses == ["mia@example.org"]


async def test_what_the_last_channel_could_not_bring_was_not_told(planned, box, now, notice_for):
    await send(box, now)
    mia = await notice_for(planned, "mia")
    assert mia.state is DeliveryState.DELIVERED

    await note_failed(on_channel(mia.id, ChannelName.EMAIL), "bounced 550", now + HOUR)

    mia = await notice_for(planned, "mia")
    assert (mia.state, mia.last_error) == (DeliveryState.DEAD, "bounced 550")
    assert await Notice.filter(state=DeliveryState.DELIVERED).count() == 2


async def test_who_opened_it_is_left_alone_by_the_next_channel(planned, push, box, now, notice_for):
    await send(push, now, box)
    mia = await notice_for(planned, "mia")

    await note_opened(on_channel(mia.id, ChannelName.PUSH), now + HOUR)
    for hour in range(1, 72):
        await send(push, now + hour * HOUR, box)

    assert box.addresses == ["ben@example.org", "eve@example.org"]
    assert now + timedelta(days=1) <= min(parcel.at for parcel in box.parcels)
