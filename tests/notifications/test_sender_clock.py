"""Clocks that jump, and six hours without anybody: each notice is told once, and none after its time."""

from datetime import UTC, datetime, timedelta

import pytest

from models import Notice, NoticeAttempt, NoticePreference
from models.vocabulary import AttemptState, DeliveryState
from tests.notifications.conftest import a_notice
from tests.notifications.test_sender import HOUR, TOLD, send

JUMPS = [
    pytest.param([2 * HOUR], id="two hours on"),
    pytest.param([-2 * HOUR], id="two hours back"),
    pytest.param([timedelta(days=1)], id="a day on"),
    pytest.param([2 * HOUR, -2 * HOUR, timedelta(seconds=30), timedelta(seconds=-30)], id="to and fro"),
    pytest.param([datetime(2038, 1, 20, 10, tzinfo=UTC) - datetime(2026, 5, 10, 16, tzinfo=UTC)], id="to 2038"),
]


@pytest.fixture
async def awake(cast) -> None:
    for name in ("mia", "ben", "eve"):
        await NoticePreference.create(account_id=cast.people[name].id, quiet_from=0, quiet_until=0, push_on=False)


@pytest.mark.parametrize("jumps", JUMPS)
async def test_what_was_told_is_told_once_wherever_the_clock_jumps(awake, planned, box, now, jumps):
    """C3"""
    await send(box, now)
    when = now
    for jump in jumps:
        when += jump
        await send(box, when)

    assert box.addresses == TOLD
    assert await NoticeAttempt.filter(tries=1, state=AttemptState.ACCEPTED).count() == 3


@pytest.mark.parametrize("jumps", JUMPS)
async def test_what_is_due_leaves_after_the_jump_unless_its_time_is_over(awake, planned, box, now, jumps):
    when = now
    for jump in jumps:
        when += jump
        await send(box, when)
    await send(box, max(when, now))

    over = when - now > timedelta(days=1)
    assert box.addresses == ([] if over else TOLD)
    assert await Notice.filter(state=DeliveryState.QUEUED).count() == 0


async def test_a_clock_that_jumps_while_something_is_being_sent_breaks_no_lease(awake, planned, box, now):
    """Two hours on: the leases seem to have run out, and somebody else takes what is being sent under the same id."""
    async def somebody_else(_parcel) -> None:
        box.before = None
        await send(box, now + 2 * HOUR)

    box.before = somebody_else
    await send(box, now)

    assert set(box.addresses) == set(TOLD)
    tags = {(parcel.id, parcel.tag) for parcel in box.parcels}
    assert len(tags) == 3, "who saw it twice saw one"
    assert await Notice.filter(state=DeliveryState.DELIVERED).count() == 3


async def test_after_six_hours_down_each_is_caught_up_once_and_none_after_its_window(awake, cast, box, now):
    """C5"""
    await a_notice(cast, "mia", now)
    await a_notice(cast, "ben", now + 5 * HOUR)
    await a_notice(cast, "eve", now, useless_after=now + 5 * HOUR)

    for minutes in range(0, 60, 10):
        await send(box, now + 6 * HOUR + timedelta(minutes=minutes))

    assert box.addresses == ["ben@example.org", "mia@example.org"]
    assert await Notice.filter(state=DeliveryState.CANCELLED, last_error="too_late").count() == 1


async def test_reminders_left_over_from_a_week_without_a_worker_are_not_sent(awake, planned, box, now):
    await Notice.all().update(useless_after=None)

    await send(box, now + timedelta(days=7))

    assert box.parcels == []
    assert await Notice.filter(state=DeliveryState.CANCELLED, last_error="too_late").count() == 3
