"""Done by one clears for all: what another phone still shows is replaced under the same tag, without a sound."""

from datetime import UTC, datetime, timedelta

from models import Notice, NoticeAttempt
from models.vocabulary import AttemptState, DeliveryState
from notifications.channels.base import ChannelError
from tests.notifications.test_sender import HOUR, an_entry, send

DAY = timedelta(days=1)


async def done_by_ben(cast, when: datetime) -> None:
    """As the planner notes it on what Mia was told."""
    told = Notice.filter(account_id=cast.mia.id)
    await told.update(state=DeliveryState.QUEUED, due_at=when, done_at=when)


async def test_a_shown_push_is_replaced_under_its_tag(planned, push, box, now, notice_for):
    await send(push, now, box)
    await done_by_ben(planned, now + HOUR)

    await send(push, now + HOUR, box)
    await send(push, now + HOUR, box)

    first, again = [parcel for parcel in push.parcels if parcel.address == "mia@example.org"]
    assert (again.id, again.tag) == (first.id, first.tag)
    assert (again.silent, again.urgent, first.silent) == (True, False, False)
    assert again.subject != first.subject
    mia = await notice_for(planned, "mia")
    assert (mia.state, mia.last_error, mia.done_at) == (DeliveryState.CANCELLED, "done", now + HOUR)
    assert (await NoticeAttempt.get(notice_id=mia.id)).state is AttemptState.SUPERSEDED
    assert box.parcels == []


async def test_a_mail_can_not_be_taken_back_and_is_only_superseded(planned, box, now, notice_for):
    await send(box, now)
    await done_by_ben(planned, now + HOUR)

    await send(box, now + HOUR)

    mia = await notice_for(planned, "mia")
    assert len(box.parcels) == 3
    assert (mia.state, mia.last_error) == (DeliveryState.CANCELLED, "done")
    assert (await NoticeAttempt.get(notice_id=mia.id)).state is AttemptState.SUPERSEDED


async def test_nobody_is_woken_to_hear_that_it_is_done(planned, push, now):
    await send(push, now)
    await done_by_ben(planned, now + 3 * HOUR)

    await send(push, now + 3 * HOUR)
    assert len(push.parcels) == 3
    await send(push, datetime(2026, 5, 11, 6, tzinfo=UTC))
    assert len(push.parcels) == 4


async def test_who_opened_it_meanwhile_is_told_nothing_more(planned, push, now, notice_for):
    await send(push, now)
    await NoticeAttempt.all().update(state=AttemptState.OPENED)
    await done_by_ben(planned, now + HOUR)

    await send(push, now + HOUR)

    assert len(push.parcels) == 3
    mia = await notice_for(planned, "mia")
    assert mia.state is DeliveryState.CANCELLED
    assert (await NoticeAttempt.get(notice_id=mia.id)).state is AttemptState.OPENED


async def test_a_replacement_is_tried_again_for_two_days_and_then_left(planned, push, now, notice_for):
    await send(push, now)
    await done_by_ben(planned, now + HOUR)
    push.refusals = [ChannelError("provider_down 503")] * 100
    for hour in range(1, 100):
        await send(push, now + hour * HOUR)

    assert len(push.parcels) == 3
    mia = await notice_for(planned, "mia")
    assert (mia.state, mia.last_error) == (DeliveryState.CANCELLED, "done")
    assert (await NoticeAttempt.get(notice_id=mia.id)).state is AttemptState.SUPERSEDED


async def test_the_next_channel_does_not_tell_what_was_done_before_the_planner_saw_it(planned, push, box, now):
    await send(push, now, box)
    await an_entry(planned, now + 20 * HOUR)

    await send(push, now + DAY, box)

    assert box.addresses == ["eve@example.org"]
    assert len(push.parcels) == 5, "Mia's and Ben's phones show that it is done"


async def test_what_was_done_while_it_was_in_our_hands_is_replaced_too(planned, push, now, notice_for):
    async def meanwhile(parcel) -> None:
        await Notice.filter(id=parcel.id).update(done_at=now)

    push.before = meanwhile
    await send(push, now)

    assert len(push.parcels) == 6
    assert await Notice.filter(state=DeliveryState.CANCELLED, last_error="done").count() == 3


async def test_a_retry_that_is_moot_is_superseded(planned, box, now):
    box.refusals = [ChannelError("smtp_refused 451")] * 3
    await send(box, now)
    await an_entry(planned, now)

    await send(box, now + timedelta(minutes=1))

    assert box.addresses == ["eve@example.org"]
    assert await NoticeAttempt.filter(state=AttemptState.SUPERSEDED).count() == 2
