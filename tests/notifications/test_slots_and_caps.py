"""What an occasion is called, how much one person is told, and which push takes the place of which."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.protocol import ReminderRule
from models.vocabulary import NoticeKind, NoticeRank
from notifications import slots
from notifications.sending.cap import first_free_day, may_be_told, waits_for_its_turn
from notifications.tags import tag_of

RULE, OTHER = ReminderRule(), NoticeRank.OTHER
MONDAY = date(2026, 5, 11)
DAY = timedelta(days=1)
days = st.integers(0, 60).map(lambda number: MONDAY + number * DAY)
anything = st.one_of(
    days.map(slots.day_slot), st.builds(slots.ahead_slot, days, st.integers(1, 60)),
    st.integers(1, 400).map(slots.card_slot), st.integers(0, 30).map(slots.opened_slot),
)


@given(anything, st.sampled_from([lambda slot: slot, slots.again, slots.others]), st.integers(0, 12))
def test_whoever_is_asked_and_however_often_it_is_put_off_the_task_stays_the_same(slot, step, times):
    put_off = step(slot)
    for _ in range(times):
        put_off = slots.later(put_off)

    assert (slots.task(put_off), slots.base(put_off), slots.times_put_off(put_off)) == (slot, step(slot), times)
    assert slots.days_of(put_off) == slots.days_of(slot)
    assert len(put_off) <= 40, "as long as the column"


def test_a_slot_names_its_day_and_the_days_before():
    assert slots.visit_slot("2026-05-20/14d") == (date(2026, 5, 20), 14)
    assert slots.visit_slot("2026-05-20/1d/later-2") == (date(2026, 5, 20), 1)
    assert (slots.day_of("2026-05-10/others"), slots.days_of("2026-05-10/others")) == (date(2026, 5, 10), 0)
    assert (slots.days_of("21d/again"), slots.days_of("opened/3d"), slots.days_of("opened")) == (21, 3, 0)


@pytest.mark.parametrize(("told_on", "rank", "may"), [
    ([], OTHER, True), ([MONDAY], OTHER, False), ([MONDAY - DAY], OTHER, True),
    ([MONDAY - 2 * DAY, MONDAY - 4 * DAY, MONDAY - 6 * DAY], OTHER, False),
    ([MONDAY - 2 * DAY, MONDAY - 4 * DAY, MONDAY - 7 * DAY], OTHER, True),
    ([MONDAY] * 5, NoticeRank.TOMORROW, True), ([MONDAY] * 5, NoticeRank.SAFETY, True),
])
def test_one_a_day_and_three_in_seven_days_but_safety_and_tomorrow_always(told_on, rank, may):
    assert may_be_told(RULE, rank, MONDAY, told_on) is may


def test_what_may_not_be_told_today_has_a_next_free_day():
    assert first_free_day(RULE, OTHER, MONDAY, [MONDAY]) == MONDAY + DAY
    assert first_free_day(RULE, OTHER, MONDAY, [MONDAY, MONDAY - DAY, MONDAY - 3 * DAY]) == MONDAY + 4 * DAY
    assert first_free_day(ReminderRule(most_a_day=0), OTHER, MONDAY, []) is None


def test_what_somebody_put_off_themselves_does_not_wait_for_a_free_day():
    assert waits_for_its_turn(OTHER, "2026-05-10")
    assert not waits_for_its_turn(OTHER, "2026-05-10/later-1")
    assert not waits_for_its_turn(NoticeRank.TOMORROW, "2026-05-20/1d")


@settings(deadline=None)
@given(st.lists(st.tuples(days, st.sampled_from(NoticeRank)), max_size=60))
def test_however_much_comes_up_the_cap_is_never_exceeded(due):
    told: list[date] = []
    waiting: list[NoticeRank] = []
    low: list[date] = []
    for number in range(90):
        today = MONDAY + number * DAY
        waiting += [rank for day, rank in due if day == today]
        for rank in sorted(waiting):
            if may_be_told(RULE, rank, today, told):
                assert first_free_day(RULE, rank, today, told) == today
                told.append(today)
                waiting.remove(rank)
                low += [today] if rank == OTHER else []
            else:
                assert rank == OTHER
                assert first_free_day(RULE, rank, today, told) > today

    assert len(set(low)) == len(low), "one a day"
    for day in low:
        assert sum(day - 7 * DAY < other <= day for other in low) <= 3


def test_the_same_task_of_the_same_person_has_the_same_opaque_tag():
    mia, ben, leo = (UUID(int=number) for number in (1, 2, 3))
    tag = tag_of(mia, NoticeKind.CHECK_IN_DUE, leo)

    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", tag)
    assert tag == tag_of(mia, NoticeKind.CHECK_IN_DUE, leo)
    assert len({tag, tag_of(ben, NoticeKind.CHECK_IN_DUE, leo), tag_of(mia, NoticeKind.DIGEST, leo),
                tag_of(mia, NoticeKind.CHECK_IN_DUE, ben)}) == 4
