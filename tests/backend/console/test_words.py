"""Words of the console for what machines say."""

from datetime import date

import pytest

from backend.console.words import clock_skew, day_range, fault, partial_date


@pytest.mark.parametrize(("seconds", "words"), [
    (None, "not known"), (30, "right"), (-300, "5 min slow"), (86399, "24 h fast"), (-259199, "3 days slow"),
])
def test_phones_clock_is_said_as_people_say_it(seconds, words):
    assert clock_skew(seconds) == words


@pytest.mark.parametrize(("error", "words"), [
    (None, "—"), ("status 422", "Refused it (status 422)"), ("status 503", "Has trouble (status 503)"),
    ("timeout", "timeout"),
])
def test_fault_of_a_delivery_says_whose_turn_it_is(error, words):
    assert fault(error) == words


@pytest.mark.parametrize(("first", "last", "words"), [
    ("2026-11-09", "2026-11-15", "9 – 15 Nov 2026"), ("2026-10-26", "2026-11-01", "26 Oct – 1 Nov 2026"),
    ("2026-12-28", "2027-01-03", "28 Dec 2026 – 3 Jan 2027"), ("2026-11-09", "2026-11-09", "9 Nov 2026"),
])
def test_span_of_days_names_month_and_year_once(first, last, words):
    assert day_range(date.fromisoformat(first), date.fromisoformat(last)) == words


@pytest.mark.parametrize(("told", "words"), [
    ("2026-11-20T14:30", "20 Nov 2026, 14:30"), ("2026-11", "Nov 2026"), ("unknown", "Not known"),
    ("2026-11-01/2026-11-14", "1 Nov 2026 – 14 Nov 2026"), ("../2026-11-14", "14 Nov 2026 or before"),
    ("2026-11/..", "Nov 2026 or later"), ("2026-W47", "week 47 of 2026"), ("soon", "soon"),
])
def test_date_is_said_as_far_as_it_was_told(told, words):
    assert partial_date(told) == words
