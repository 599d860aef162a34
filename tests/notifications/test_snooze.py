"""Put off: in an hour, this evening, tomorrow; never into the night, never beyond the window."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from models import Notice, NoticeAttempt, NoticePreference
from models.transaction import atomic
from models.vocabulary import AttemptState, ChannelName, DeliveryState, Snooze
from notifications.planning.planner import plan_reminders
from notifications.planning.snooze import PutOff, TooLateToSnooze, snooze, snoozed_until
from tests.notifications.made_up import at, listener
from tests.notifications.written import check_in

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("until", "now", "due"), [
    pytest.param("an_hour", "2026-05-10T16:10", "2026-05-10T17:10", id="ten past six: ten past seven"),
    pytest.param("an_hour", "2026-05-10T17:30", "2026-05-11T06:00", id="half past seven: the next morning at eight"),
    pytest.param("this_evening", "2026-05-10T07:00", "2026-05-10T16:00", id="in the morning: at six"),
    pytest.param("this_evening", "2026-05-10T16:30", "2026-05-10T17:30", id="the evening has begun: in an hour"),
    pytest.param("tomorrow", "2026-05-10T16:10", "2026-05-11T07:00", id="tomorrow at the person's own hour"),
    pytest.param("tomorrow", "2026-03-28T17:00", "2026-03-29T07:00", id="over the night in which an hour is lost"),
])
def test_it_comes_when_it_was_asked_for_and_never_at_night(until, now, due):
    assert snoozed_until(PutOff(Snooze(until), at(now), 9), listener(), None) == at(due)


def test_in_an_evening_that_is_quiet_it_comes_the_next_morning():
    wish = PutOff(Snooze.THIS_EVENING, at("2026-05-10T07:00"), 9)

    assert snoozed_until(wish, listener(quiet=(17, 8)), None) == at("2026-05-11T06:00")


@pytest.mark.parametrize(("useless_after", "due"), [
    ("2026-05-11T05:30", "2026-05-10T17:00"), ("2026-05-11T06:59", "2026-05-10T17:00"),
    ("2026-05-11T07:30", "2026-05-11T07:00"),
])
def test_it_comes_before_its_window_ends(useless_after, due):
    wish = PutOff(Snooze.TOMORROW, at("2026-05-10T16:10"), 9)

    assert snoozed_until(wish, listener(), at(useless_after)) == at(due)


def test_where_no_time_is_left_nothing_is_put_off():
    with pytest.raises(TooLateToSnooze):
        snoozed_until(PutOff(Snooze.AN_HOUR, at("2026-05-10T16:10"), 9), listener(), at("2026-05-10T16:50"))


@pytest.fixture
async def shown(cast, study, now) -> Notice:
    """Mia's check-in of this week, on her phone."""
    await plan_reminders(study.protocol, now)
    notice = await Notice.get(account_id=cast.mia.id, slot="2026-05-10")
    await Notice.filter(id=notice.id).update(told_at=now, state=DeliveryState.DELIVERED)
    await NoticeAttempt.create(notice_id=notice.id, channel=ChannelName.PUSH, state=AttemptState.ACCEPTED, at=now)
    return await Notice.get(id=notice.id)


put_off = atomic(snooze)


async def test_mia_puts_it_off_and_a_new_one_stands_for_the_same_task(cast, shown, now):
    later = await put_off(shown, Snooze.AN_HOUR, now)

    assert (later.slot, later.due_at, later.subject_id) == ("2026-05-10/later-1", now + HOUR, cast.leo.id)
    assert (later.rank, later.useless_after) == (shown.rank, shown.useless_after)
    await shown.refresh_from_db()
    assert (shown.state, shown.last_error) == (DeliveryState.CANCELLED, "snoozed")
    assert (await NoticeAttempt.get()).state is AttemptState.SUPERSEDED


async def test_tomorrow_is_at_the_hour_she_chose_else_at_that_of_the_notice(cast, shown, now):
    await NoticePreference.create(account_id=cast.mia.id, hour=10)
    assert (await put_off(shown, Snooze.TOMORROW, now)).due_at == datetime(2026, 5, 11, 8, tzinfo=UTC)

    eve = await Notice.get(account_id=cast.eve.id, slot="2026-05-10")
    assert (await put_off(eve, Snooze.TOMORROW, now)).due_at == now + timedelta(days=1)


async def test_twice_from_two_devices_is_one(shown, now):
    again = await Notice.get(id=shown.id)

    first, second = await asyncio.gather(put_off(shown, Snooze.AN_HOUR, now), put_off(again, Snooze.TOMORROW, now))

    assert first.id == second.id
    assert await Notice.filter(slot__endswith="/later-1").count() == 1


async def test_put_off_once_more_it_counts_on(shown, now):
    first = await put_off(shown, Snooze.AN_HOUR, now)

    assert (await put_off(first, Snooze.AN_HOUR, now + HOUR)).slot == "2026-05-10/later-2"


async def test_what_is_done_or_over_is_not_put_off(shown, now):
    with pytest.raises(TooLateToSnooze):
        await put_off(shown, Snooze.AN_HOUR, shown.useless_after)
    await Notice.filter(id=shown.id).update(done_at=now)
    with pytest.raises(TooLateToSnooze):
        await put_off(await Notice.get(id=shown.id), Snooze.AN_HOUR, now)


async def test_the_planner_leaves_it_alone_and_takes_it_back_when_somebody_did_it(cast, study, shown, now):
    later = await put_off(shown, Snooze.TOMORROW, now)
    await plan_reminders(study.protocol, now + timedelta(days=1))
    await later.refresh_from_db()
    assert later.state is DeliveryState.QUEUED

    await check_in(cast, "2026-05-04", "2026-05-10", now, by="ben")
    await plan_reminders(study.protocol, now)

    await later.refresh_from_db()
    assert (later.state, later.last_error) == (DeliveryState.CANCELLED, "done")
    assert await Notice.filter(account_id=cast.mia.id, slot="2026-05-10", state=DeliveryState.QUEUED).count() == 0
