"""Single days that are easily taken wrongly: clocks that were never set, mistakes taken back, zeros told too early."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from models.coverage.cuts import Change, CutReason, cut_outs
from models.coverage.days import Span
from models.coverage.events import Event, Zero, contradictions
from models.coverage.ledger import Telling, attestations_of, moment_told
from models.protocol import LatenessRule
from models.vocabulary import Lateness, ParticipantState, StatusReason

RECEIVED = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULE = LatenessRule(3, 14, 31)
ONE, TWO = UUID(int=1), UUID(int=2)
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
S, R = ParticipantState, StatusReason


def day(number):
    return date(2026, 11, number)


@pytest.mark.parametrize(("device_time", "skew", "told"), [
    pytest.param("2026-11-17T21:00:00+01:00", 20, datetime(2026, 11, 17, 20, tzinfo=UTC), id="written offline"),
    pytest.param("2026-11-17T21:00:00+01:00", None, datetime(2026, 11, 17, 20, tzinfo=UTC), id="clock not known"),
    pytest.param("2026-11-17T21:00:00+01:00", 3600, RECEIVED, id="clock an hour wrong"),
    pytest.param("2026-12-17T21:00:00+01:00", 20, RECEIVED, id="after its receipt"),
    pytest.param("2026-11-17T21:00:00", 20, RECEIVED, id="without an offset"),
    pytest.param("0001-01-01T00:00:00+14:00", 0, RECEIVED, id="before all time"),
    pytest.param("last Tuesday", 0, RECEIVED, id="no time"), pytest.param(None, None, RECEIVED, id="none"),
])
def test_moment_of_telling_is_the_phones_unless_its_clock_was_wrong(device_time, skew, told):
    assert moment_told(device_time, RECEIVED, skew, 600) == told


def test_a_long_gap_told_at_once_counts_as_far_as_people_remember():
    telling = Telling(ONE, Span(date(2026, 1, 1), day(20)), day(21), False)

    near, far = attestations_of(telling, RULE, 31)

    assert (near.span, near.lateness, near.counts) == (
        Span(date(2026, 10, 21), day(20)), Lateness.CONTEMPORANEOUS, True)
    assert (far.span, far.lateness, far.counts) == (
        Span(date(2026, 1, 1), date(2026, 10, 20)), Lateness.HISTORICAL, False)


@pytest.mark.parametrize(("history", "cut"), [
    pytest.param([Change(S.PAUSED, day(5), R.HOLIDAY), Change(S.ACTIVE, day(8), R.OVER)],
                 [(5, 7, "paused")], id="the day of return counts again"),
    pytest.param([Change(S.WITHDRAWN, day(5), R.FAMILY_WISH)], [(6, 30, "withdrawn")], id="the day of leaving counts"),
    pytest.param([Change(S.IN_HOSPITAL, day(10), R.MEDICAL), Change(S.PAUSED, day(8), R.HOLIDAY)],
                 [(8, 30, "paused")], id="a later line overrules from its day on"),
    pytest.param([Change(S.PAUSED, day(5), R.HOLIDAY), Change(S.DIED, day(8), R.DEATH),
                  Change(S.ACTIVE, day(20), R.ENTERED_IN_ERROR)], [(5, 8, "paused")], id="a mistake never was"),
    pytest.param([Change(S.TRANSFERRED, day(5), R.MOVED)], [], id="another site"),
])
def test_days_are_cut_out_as_the_history_says_now(history, cut):
    found = cut_outs(NOVEMBER, date(2026, 1, 1), day(30), history)

    assert found == [(Span(day(first), day(last)), CutReason(reason)) for first, last, reason in cut]


def event(first, last, at=12):
    return Event(ONE, Span(day(first), day(last)), datetime(2026, 11, first, at, tzinfo=UTC),
                 datetime(2026, 11, last, at, 59, tzinfo=UTC))


def zero(first, last, told, own=None):
    return Zero(TWO, Span(day(first), day(last)), datetime(2026, 11, told, 18, tzinfo=UTC), own)


@pytest.mark.parametrize(("event", "zero", "found"), [
    pytest.param(event(5, 5), zero(1, 7, 7), [(ONE, TWO, True)], id="inside"),
    pytest.param(event(5, 9), zero(1, 7, 7), [(ONE, TWO, False)], id="perhaps inside"),
    pytest.param(event(8, 9), zero(1, 7, 7), [], id="after the days"),
    pytest.param(event(7, 7, at=20), zero(1, 7, 7), [], id="later the same evening"),
    pytest.param(event(5, 5), zero(1, 7, 7, own=Span(day(4), day(5))), [], id="perhaps the same event, told twice"),
    pytest.param(event(5, 5), zero(1, 7, 7, own=Span(day(2), day(3))), [(ONE, TWO, True)], id="another event"),
])
def test_zero_is_contradicted_by_what_happened_before_it_was_told(event, zero, found):
    assert contradictions([event], [zero]) == found


def test_an_entry_never_contradicts_itself():
    alone = Zero(ONE, Span(day(1), day(7)), RECEIVED - timedelta(days=1), Span(day(2), day(2)))

    assert contradictions([event(5, 5)], [alone]) == []


def test_a_long_zero_is_found_behind_a_short_one_that_began_later():
    assert contradictions([event(10, 10)], [zero(1, 20, 20), zero(2, 3, 4)]) == [(ONE, TWO, True)]
