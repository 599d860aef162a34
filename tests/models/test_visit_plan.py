"""The visits of a plan and their days, against an independent oracle: python-dateutil's relativedelta."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.protocol import Period, VisitRule, load_protocol, occurrences, period_of, plus_period
from models.visit_plan import KnownDays, Window, visit_plan
from models.vocabulary import Arm, BringItem

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
CHILD = Arm.POSTNATAL
FIRST, LAST = date(2024, 2, 29), date(2025, 8, 31)


@st.composite
def periods(draw):
    years, months, weeks, days = (draw(st.integers(0, most)) for most in (12, 30, 60, 400))
    return f"P{years}Y{months}M{weeks}W{days}D", relativedelta(years=years, months=months, weeks=weeks, days=days)


def plan(*rules, arm=CHILD, stands=None, stood=None, **anchors):
    known = KnownDays(anchors, stands or {}, stood or {})
    return {code: one.window.target_on for code, one in visit_plan(rules, arm, known).items()}


def rule(code="V", anchor="first_dose", offset="P1M", **more):
    return VisitRule(code=code, anchor=anchor, offset=offset, **more)


@settings(max_examples=1000, deadline=None)
@given(DAYS, periods(), st.integers(0, 60), st.integers(0, 60))
@example(date(2024, 2, 29), ("P1Y", relativedelta(years=1)), 0, 0)
@example(date(2026, 8, 31), ("P6M", relativedelta(months=6)), 7, 14)
def test_a_window_lies_where_the_oracle_counts_it(anchor, period, before, after):
    text, delta = period
    wanted = visit_plan([rule(offset=text, window_before=before, window_after=after)], CHILD,
                        KnownDays({"first_dose": anchor}))["V"].window

    target = anchor + delta
    assert wanted == Window(target, target - timedelta(days=before), target + timedelta(days=after))


@settings(max_examples=1000, deadline=None)
@given(DAYS, st.integers(0, 40), st.integers(1, 18), st.integers(0, 120))
def test_each_repeat_is_counted_from_the_anchor_as_the_oracle_counts_it(anchor, offset, every, more):
    repeated = rule("V{n}", offset=f"P{offset}M", every=f"P{every}M", until=f"P{offset + more}M", first_number=2)

    wanted = [anchor + relativedelta(months=months) for months in range(offset, offset + more + 1, every)]
    assert list(plan(repeated, first_dose=anchor).items()) == [
        (f"V{number}", day) for number, day in enumerate(wanted, 2)]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 200), st.integers(1, 90), st.integers(0, 3000))
def test_repeats_end_with_the_last_that_is_not_later_than_until(offset, every, more):
    found = occurrences(rule("V{n}", offset=f"P{offset}D", every=f"P{every}D", until=f"P{offset + more}D"))

    assert len(found) == min(more // every + 1, 131)
    assert found[-1].offset == Period(days=offset + (len(found) - 1) * every)


def test_month_ends_do_not_creep_through_the_repeats():
    monthly = rule("M{n}", offset="P1M", every="P1M", until="P3M")

    assert list(plan(monthly, first_dose=date(2025, 12, 31)).values()) == [
        date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


def test_the_built_in_plan_is_the_trials():
    rules = load_protocol().file.visit

    days = plan(*rules, first_dose=FIRST, last_dose=LAST)

    assert {code: str(day) for code, day in days.items()} == {
        "DOSE-1": "2024-02-29", "DOSE-2": "2024-06-29", "DOSE-3": "2024-10-29", "DOSE-4": "2025-02-28",
        "FU-P6": "2026-02-28", "FU-P12": "2026-08-31", "FU-Y3": "2027-02-28", "FU-Y4": "2028-02-29",
        "FU-Y5": "2029-02-28", "FU-Y6": "2030-02-28", "FU-Y7": "2031-02-28", "FU-Y8": "2032-02-29",
        "FU-Y9": "2033-02-28", "FU-Y10": "2034-02-28",
    }
    assert "FU-P6" not in plan(*rules, first_dose=FIRST), "until the last dose is known"
    assert plan(*rules, birth=FIRST) == {}
    planned = visit_plan(rules, CHILD, KnownDays({"first_dose": FIRST, "last_dose": LAST}))
    assert {one.phase for one in planned.values()} == {"treatment", "primary follow-up", "long-term follow-up"}
    assert all(one.window.opens_on is one.window.closes_on is None and one.bring == () for one in planned.values())


@pytest.mark.parametrize("anchor", ["birth", "enrolment", "consent", "surgery", "first_dose", "last_dose", "dose_2"])
def test_every_anchor_counts(anchor):
    assert plan(rule(anchor=anchor), **{anchor: FIRST}) == {"V": date(2024, 3, 29)}
    assert plan(rule(anchor=anchor)) == {}


def test_a_visit_counts_from_the_one_it_follows_and_from_the_day_that_one_took_place():
    chain = [rule("C", "visit:B", "P1W"), rule("B", "visit:A", "P1W"), rule("A", "enrolment", "P1W")]
    start = date(2026, 1, 1)

    assert plan(*chain, enrolment=start) == {"A": date(2026, 1, 8), "B": date(2026, 1, 15), "C": date(2026, 1, 22)}
    late = plan(*chain, enrolment=start, stands={"A": date(2026, 1, 10)})
    assert late == {"A": date(2026, 1, 8), "B": date(2026, 1, 17), "C": date(2026, 1, 24)}
    assert plan(*chain, stood={"A": start}) == {"B": date(2026, 1, 8), "C": date(2026, 1, 15)}


def test_a_circle_in_an_older_file_plans_nothing():
    assert plan(rule("A", "visit:B"), rule("B", "visit:A"), rule("D", "visit:D")) == {}


def test_an_arm_has_its_own_visits():
    rules = [rule("ALL"), rule("SOME", arms=[Arm.PRENATAL], bring=[BringItem.FASTING])]

    assert set(plan(*rules, first_dose=FIRST)) == {"ALL"}
    assert set(plan(*rules, arm=Arm.PRENATAL, first_dose=FIRST)) == {"ALL", "SOME"}
    found = visit_plan(rules, Arm.PRENATAL, KnownDays({"first_dose": FIRST}))
    assert (found["ALL"].bring, found["SOME"].bring) == ((), (BringItem.FASTING,))


@pytest.mark.parametrize(("day", "period", "found"), [
    pytest.param("2026-01-31", "P1M", "2026-02-28", id="clipped to the end of a shorter month"),
    pytest.param("2024-01-31", "P1M", "2024-02-29", id="leap year"),
    pytest.param("2024-02-29", "P1Y", "2025-02-28", id="leap day, a year later"),
    pytest.param("2024-02-29", "P4Y", "2028-02-29", id="leap day, four years later"),
    pytest.param("2026-08-31", "P6M", "2027-02-28", id="over the end of the year"),
    pytest.param("2026-01-31", "P1M1D", "2026-03-01", id="days after the clipped month"),
    pytest.param("2026-10-24", "P2W", "2026-11-07", id="weeks over a change of clocks"),
    pytest.param("2026-05-20", "P1Y2M3W4D", "2027-08-14", id="all together"),
    pytest.param("2026-12-15", "P12M", "2027-12-15", id="twelve months"),
    pytest.param("2026-05-20", "P0D", "2026-05-20", id="the day itself"),
])
def test_visit_day_is_counted_in_calendar_months_from_the_anchor(day, period, found):
    assert plus_period(date.fromisoformat(day), period) == date.fromisoformat(found)


@pytest.mark.parametrize("period", ["P", "4M", "P-1M", "PT5H", "P1.5M", "", "P١M", "P1234567D"])
def test_a_period_that_is_none_is_refused(period):
    with pytest.raises(ValueError, match="period"):
        plus_period(date(2026, 1, 1), period)


def test_periods_are_put_in_order_by_the_calendars_own_mean():
    short, long = period_of("P365D"), period_of("P1Y")

    assert short.length < long.length < period_of("P366D").length
    assert period_of("P12M").length == long.length
