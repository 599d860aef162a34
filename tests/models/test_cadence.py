"""How often a family is asked on a day, and on which days a period ends."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.protocol import CheckInRule, LaterRhythm, is_last_day, last_days, rhythm_at

RULE = CheckInRule(7, 7, 18, 31, [LaterRhythm("last_dose", "P24M", 14), LaterRhythm("first_dose", "P5Y", 28)])
ANCHORS = {"first_dose": date(2024, 1, 10), "last_dose": date(2025, 1, 10)}


@pytest.mark.parametrize(("day", "anchors", "every_days"), [
    pytest.param(date(2027, 1, 9), ANCHORS, 7, id="the day before"),
    pytest.param(date(2027, 1, 10), ANCHORS, 14, id="24 months after the last dose"),
    pytest.param(date(2029, 1, 10), ANCHORS, 28, id="five years after the first"),
    pytest.param(date(2029, 1, 10), {}, 7, id="without a dose nothing follows it"),
    pytest.param(date(2027, 1, 10), {"first_dose": date(2024, 1, 10), "last_dose": None}, 7, id="doses still to come"),
])
def test_rhythm_slows_down_after_the_doses_it_is_counted_from(day, anchors, every_days):
    assert rhythm_at(RULE, day, anchors) == every_days


def test_a_phase_that_would_begin_after_the_next_one_is_passed_over():
    late = {"first_dose": date(2020, 1, 10), "last_dose": date(2024, 1, 10)}

    assert rhythm_at(RULE, date(2025, 1, 10), late) == 28


@given(st.integers(0, 2500), st.integers(0, 400), st.booleans())
def test_last_days_are_those_on_which_a_period_ends(start, length, with_doses):
    first, anchors = date(2024, 1, 1) + timedelta(days=start), ANCHORS if with_doses else {}
    each = [first + timedelta(days=n) for n in range(length)]

    found = list(last_days(RULE, first, first + timedelta(days=length - 1), anchors))

    assert found == [(day, rhythm_at(RULE, day, anchors)) for day in each if is_last_day(RULE, day, anchors)]
    assert all(day.isoweekday() == 7 for day, _ in found), "multiples of a week keep the weekday"


@pytest.mark.parametrize("wrong", [{"every_days": 0}, {"weekday": 8}, {"remind_at_hour": 24}, {"recall_days": -1}])
def test_a_rhythm_that_cannot_be_is_refused(wrong):
    sound = {"every_days": 7, "weekday": 7, "remind_at_hour": 18, "recall_days": 31}

    assert msgspec.convert(sound, CheckInRule).later == []
    with pytest.raises(msgspec.ValidationError, match=next(iter(wrong))):
        msgspec.convert({**sound, **wrong}, CheckInRule)
