"""Words of the console for what machines say."""

import pytest

from backend.console.words import clock_skew, fault


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
