"""Visit days and windows, counted from the dose."""

from datetime import date

import pytest

from backend.visits.windows import Window, window_for
from models.protocol import VisitRule, plus_period


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


@pytest.mark.parametrize("period", ["P", "4M", "P-1M", "PT5H", "P1.5M", ""])
def test_a_period_that_is_none_is_refused(period):
    with pytest.raises(ValueError, match="period"):
        plus_period(date(2026, 1, 1), period)


def test_window_opens_and_closes_relative_to_the_dose():
    rule = VisitRule(code="V", anchor="first_dose", offset="P4M", window_before=7, window_after=14)

    found = window_for(rule, date(2026, 1, 31))

    assert found == Window(date(2026, 5, 31), date(2026, 5, 24), date(2026, 6, 14))


def test_without_published_window_a_visit_has_only_its_day():
    found = window_for(VisitRule(code="V", anchor="first_dose", offset="P3Y"), date(2026, 1, 31))

    assert found == Window(date(2029, 1, 31), None, None)
