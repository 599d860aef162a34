"""What a channel can't take: tried again, given up, or left to the next channel; and whose fault it was is known."""

from datetime import timedelta

import pytest
from tortoise.exceptions import OperationalError

from models import Account, Notice, NoticeAttempt, NoticePreference
from models.vocabulary import AttemptState, ChannelName, DeliveryState
from notifications.channels.base import ChannelError
from notifications.sending import hand_over, sender
from notifications.sending.endings import LONGEST_WAIT
from tests.notifications.test_sender import HOUR, MINUTE, send


async def attempt_of(notice: Notice, channel: str = "email") -> NoticeAttempt:
    return await NoticeAttempt.get(notice_id=notice.id, channel=channel)


async def test_a_refused_address_is_not_tried_again(planned, box, now):
    box.refusals = [ChannelError("recipient_refused 550", permanent=True)] * 3

    await send(box, now)
    await send(box, now + HOUR)

    assert box.parcels == []
    assert await Notice.filter(state=DeliveryState.DEAD, last_error="recipient_refused 550").count() == 3
    assert await NoticeAttempt.filter(state=AttemptState.FAILED, tries=1).count() == 3
    assert await Account.filter(mail_refused_at=now).count() == 3, "told in the app, whose way is the only one left"


async def test_who_said_stop_to_our_sms_gets_no_more(planned, sms, now):
    await NoticePreference.create(account_id=planned.mia.id, sms_on=True)
    sms.refusals = [ChannelError("stopped", permanent=True)]

    await send(sms, now)

    hers = await NoticePreference.get(account_id=planned.mia.id)
    assert (hers.sms_on, hers.changed_at) == (False, now)


async def test_a_busy_mail_server_is_tried_again_and_given_up_after_two_days(planned, box, now, notice_for):
    await Notice.all().update(useless_after=None)
    box.refusals = [ChannelError("smtp_refused 451")] * 1000
    when, rounds = now, 0

    while (await notice_for(planned, "mia")).state is DeliveryState.QUEUED and rounds < 100:
        await send(box, when)
        when, rounds = when + HOUR, rounds + 1

    mia = await notice_for(planned, "mia")
    assert (mia.state, mia.last_error) == (DeliveryState.DEAD, "smtp_refused 451")
    assert timedelta(days=2) <= when - now <= timedelta(days=4)
    assert (await attempt_of(mia)).state is AttemptState.FAILED


async def test_a_provider_that_asks_for_patience_gets_it_but_not_for_ever(planned, box, now, notice_for):
    box.refusals = [ChannelError("too_many 429", retry_after=wait) for wait in (2 * HOUR, timedelta(days=90), HOUR)]

    await send(box, now)

    found = sorted([notice.due_at async for notice in Notice.all()])
    assert found == [now + HOUR, now + 2 * HOUR, now + LONGEST_WAIT]


async def test_provider_down_for_an_hour_takes_all_of_it_afterwards_once(planned, push, box, now):
    for minute in range(60):
        push.refusals = [ChannelError("provider_down 503")] * 100
        await send(push, now + minute * MINUTE, box)
    push.refusals = []
    for minute in range(60, 180):
        await send(push, now + minute * MINUTE, box)

    assert len(push.parcels) == 3
    assert box.parcels == [], "an hour is no reason to tell it twice"
    assert await NoticeAttempt.filter(state=AttemptState.ACCEPTED).count() == 3


async def test_a_channel_that_is_down_for_longer_lets_the_next_one_in_and_does_not_tell_it_again(
    planned, push, box, now
):
    morning = now - 10 * HOUR
    await Notice.all().update(due_at=morning, visible_at=morning)
    push.refusals = [ChannelError("provider_down 503")] * 1000
    for minute in range(0, 240, 3):
        await send(push, morning + minute * MINUTE, box)
    push.refusals = []
    for hour in range(4, 24):
        await send(push, morning + hour * HOUR, box)

    assert (len(push.parcels), len(box.parcels)) == (0, 3)
    assert await NoticeAttempt.filter(channel="push", state=AttemptState.FAILED, error="provider_down 503").count() == 3


async def test_a_fault_of_ours_is_said_once_and_the_next_channel_tells_it(planned, push, box, now, caplog, monkeypatch):
    monkeypatch.setattr(hand_over, "_said", {})
    push.refusals = [ChannelError("third_party_auth_error 401", ours=True)] * 100

    await send(push, now, box)

    assert len(box.parcels) == 3
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "channel=push our own set-up is at fault: third_party_auth_error 401"]
    error = "ours:third_party_auth_error 401"
    assert await NoticeAttempt.filter(channel="push", error=error, tries=0).count() == 3


async def test_a_fault_of_ours_never_counts_against_an_address(planned, box, now, notice_for):
    await Notice.all().update(useless_after=None)
    box.refusals = [ChannelError("quota", ours=True)] * 10_000
    for hour in range(90):
        await send(box, now + hour * HOUR)
    box.refusals = []
    await send(box, now + timedelta(days=4))
    await send(box, now + timedelta(days=4, hours=6))

    assert len(box.parcels) == 3


async def test_a_fault_in_a_channel_stays_with_its_notice(planned, box, now):
    box.refusals = [ZeroDivisionError()]

    await send(box, now)

    assert len(box.parcels) == 2
    assert await Notice.filter(state=DeliveryState.QUEUED, last_error="bug").count() == 1


async def test_what_never_answered_may_have_arrived_and_says_so(planned, box, now, notice_for, monkeypatch):
    monkeypatch.setattr(hand_over, "DEADLINE", 0.01)
    box.refusals = [TimeoutError()]

    await send(box, now)

    (late,) = await NoticeAttempt.filter(error="deadline")
    assert (late.state, late.tries) == (AttemptState.SENT, 1)
    await send(box, now + MINUTE)
    await late.refresh_from_db()
    assert (late.state, late.tries, late.error) == (AttemptState.ACCEPTED, 2, None)


async def test_a_receipt_that_is_quicker_than_our_own_note_stands(planned, push, now, notice_for):
    async def arrives(parcel) -> None:
        await NoticeAttempt.filter(notice_id=parcel.id).update(state=AttemptState.DELIVERED, delivered_at=now)

    push.before = arrives
    await send(push, now)

    assert (await attempt_of(await notice_for(planned, "mia"), ChannelName.PUSH)).state is AttemptState.DELIVERED


async def test_what_has_left_is_written_down_though_the_database_was_away(planned, box, now, monkeypatch):
    record, faults = sender._record, [OperationalError("deadlock")] * 2

    async def sometimes(*args):
        if faults:
            raise faults.pop()
        await record(*args)

    monkeypatch.setattr(sender, "_record", sometimes)
    await send(box, now)

    assert await NoticeAttempt.filter(state=AttemptState.ACCEPTED).count() == 3


@pytest.mark.parametrize("code", ["recipient_refused 550", "content_refused 554"])
async def test_only_a_refused_recipient_marks_the_address(planned, box, now, code):
    box.refusals = [ChannelError(code, permanent=True)]

    await send(box, now)

    assert await Account.filter(mail_refused_at=now).count() == int(code.startswith("recipient"))
