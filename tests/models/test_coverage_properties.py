"""The invariants of attested time, whatever a diary says: no day twice, none lost, none that was cut out."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from models.coverage.cuts import REASONS_OF_TIME, Change, CutReason, cut_outs, states_over_time
from models.coverage.days import Span, common, count, holds, touches, united, without
from models.coverage.events import Event, Place, Zero, contradictions, place_of
from models.coverage.ledger import Telling, attestations_of, class_of, ledger, moment_told
from models.protocol import LatenessRule
from models.vocabulary import Lateness, ParticipantState, StatusReason

RULE, RECALL = LatenessRule(3, 14, 31), 31
START = date(2025, 1, 1)
thorough = settings(max_examples=1_000, deadline=None)

days = st.integers(0, 120).map(lambda n: START + timedelta(days=n))
spans = st.builds(lambda first, length: Span(first, first + timedelta(days=length)), days, st.integers(0, 45))
many_spans = st.lists(spans, max_size=12)
ids = st.integers(1, 8).map(lambda number: UUID(int=number))
tellings = st.builds(
    lambda entry, span, lag, sure: Telling(entry, span, span.last + timedelta(days=lag), sure),
    ids, spans, st.integers(-20, 60), st.booleans(),
)
diaries = st.lists(tellings, max_size=15)
changes = st.lists(st.builds(
    Change, st.sampled_from(ParticipantState), days,
    st.sampled_from([StatusReason.OTHER, StatusReason.OVER, StatusReason.ENTERED_IN_ERROR]),
), max_size=6)
windows = st.builds(lambda a, b: Span(min(a, b), max(a, b)), days, days)
cuts = st.tuples(windows, st.none() | days, days, changes)


def each_day(spans):
    """The slow, obvious form of a set of days."""
    return {span.first + timedelta(days=n) for span in spans for n in range(span.length)}


def book(diary, cut):
    window = cut[0]
    attested = [one for telling in diary for one in attestations_of(telling, RULE, RECALL)]
    return ledger(window, cut_outs(*cut), attested)


def classes(kept):
    """Day → class."""
    return {day: lateness for lateness, days in kept.covered.items() for day in each_day(days)}


@thorough
@given(many_spans, many_spans)
def test_sets_of_days_are_what_they_would_be_day_by_day(these, those):
    one, other = united(these), united(those)

    assert each_day(one) == each_day(these)
    assert each_day(common(one, other)) == each_day(these) & each_day(those)
    assert each_day(without(one, other)) == each_day(these) - each_day(those)
    assert count(one) == len(each_day(these))
    for found in (one, common(one, other), without(one, other)):
        assert all((after.first - before.last).days > 1 for before, after in pairwise(found))


@thorough
@given(many_spans, many_spans, st.randoms())
def test_union_is_idempotent_and_order_changes_nothing(these, those, chance):
    mixed = [*these, *those, *these]
    chance.shuffle(mixed)

    assert united(mixed) == united([*those, *these]) == united(united([*these, *those]))


@thorough
@given(many_spans, spans)
def test_a_span_is_held_or_touched_as_its_days_are(these, span):
    assert holds(united(these), span) == (each_day([span]) <= each_day(these))
    assert touches(united(these), span) == bool(each_day([span]) & each_day(these))


@thorough
@given(diaries, diaries, cuts, st.randoms())
def test_submissions_of_two_parents_commute_and_repeats_add_nothing(hers, his, cut, chance):
    mixed = [*his, *hers, *his]
    chance.shuffle(mixed)

    assert book([*hers, *his], cut) == book(mixed, cut)


@thorough
@given(diaries, diaries, cuts)
def test_another_telling_never_takes_a_day_away_nor_makes_it_worse(diary, more, cut):
    order, before, after = list(Lateness), classes(book(diary, cut)), classes(book([*diary, *more], cut))

    assert before.keys() <= after.keys()
    assert all(order.index(after[day]) <= order.index(lateness) for day, lateness in before.items())


@thorough
@given(diaries, cuts)
def test_every_day_of_the_window_is_covered_cut_out_or_a_gap(diary, cut):
    kept = book(diary, cut)
    covered, cut_away = kept.days_of(Lateness), [one.span for one in kept.cut_outs]

    assert count(covered) + count(kept.gaps) + sum(span.length for span in cut_away) == cut[0].length
    assert each_day(covered) | each_day(kept.gaps) | each_day(cut_away) == each_day([cut[0]])
    assert sum(count(days) for days in kept.covered.values()) == count(covered)
    assert each_day(kept.unconfirmed) <= each_day(kept.gaps)


@thorough
@given(diaries, cuts)
def test_nothing_is_covered_in_a_pause_before_activation_or_after_the_cut(diary, cut):
    window, activated_on, today, history = cut
    covered = each_day(book(diary, cut).days_of(Lateness))

    states = states_over_time(history)
    for day in covered:
        assert activated_on is not None
        assert activated_on <= day <= today
        assert window.first <= day <= window.last
        assert next(state for since, state in reversed(states) if since <= day) not in REASONS_OF_TIME


@thorough
@given(cuts)
def test_each_day_is_cut_out_for_one_reason(cut):
    found = cut_outs(*cut)

    assert sum(one.span.length for one in found) == len(each_day(one.span for one in found))
    assert all(one.span.within(cut[0]) and one.reason in CutReason for one in found)


@thorough
@given(diaries, cuts, ids)
def test_taking_one_entry_back_lowers_nothing_that_others_said(diary, cut, gone):
    others = [telling for telling in diary if telling.entry_id != gone]
    whole, rest = classes(book(diary, cut)), classes(book(others, cut))
    own = each_day(telling.span for telling in diary if telling.entry_id == gone)

    assert {day: word for day, word in whole.items() if day not in own} == {
        day: word for day, word in rest.items() if day not in own}


@thorough
@given(tellings)
def test_a_telling_attests_its_own_days_up_to_the_day_it_was_told(telling):
    found = attestations_of(telling, RULE, RECALL)

    wanted = {day for day in each_day([telling.span]) if day <= telling.told_on}
    assert each_day(one.span for one in found) == wanted
    assert sum(one.span.length for one in found) == len(wanted)
    for one in found:
        assert one.counts or (one.lateness is Lateness.HISTORICAL and not telling.is_confirmed)
        too_old = (telling.told_on - one.span.first).days > RECALL
        assert one.lateness is (Lateness.HISTORICAL if too_old else class_of(one.lag_days, RULE))


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


events = st.builds(lambda n, span: Event(UUID(int=n), span, noon(span.first), noon(span.last)),
                   st.integers(1, 10**6), spans)
zeros = st.builds(lambda n, span, lag: Zero(UUID(int=n), span, noon(span.last + timedelta(days=lag))),
                  st.integers(2 * 10**6, 3 * 10**6), spans, st.integers(0, 9))


@thorough
@given(st.lists(events, max_size=8), st.lists(zeros, max_size=8), st.randoms())
def test_contradictions_are_found_whatever_the_order_and_one_event_more_hides_none(events, zeros, chance):
    found = contradictions(events, zeros)
    mixed_events, mixed_zeros = chance.sample(events, len(events)), chance.sample(zeros, len(zeros))

    assert contradictions(mixed_events, mixed_zeros) == found
    assert set(contradictions(events[1:], zeros)) <= set(found)
    assert not found or {one.zero_id for one in found} <= {zero.entry_id for zero in zeros}


@thorough
@given(st.lists(events, max_size=8), many_spans)
def test_each_event_lies_in_one_place(events, covered):
    for event in events:
        where, days = place_of(event.span, united(covered)), each_day(covered)
        own = each_day([event.span])
        assert where is (Place.INSIDE if own <= days else Place.PARTLY if own & days else Place.OUTSIDE)


@thorough
@given(st.text(max_size=40) | st.datetimes(timezones=st.timezones()).map(datetime.isoformat),
       st.none() | st.integers(-10**6, 10**6))
def test_any_clock_gives_a_moment_that_is_not_after_receipt(device_time, skew):
    received = datetime(2026, 11, 20, tzinfo=UTC)

    told = moment_told(device_time, received, skew, 600)

    assert told <= received
    assert told.tzinfo is not None
    assert skew is None or abs(skew) <= 600 or told == received
