"""Both nights on which clocks change, in twelve zones, against a search minute by minute."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.local_time import local_date, to_utc
from notifications.planning.reminders import Listener
from notifications.quiet_hours import QuietHours
from tests.clock_changes import DAY, ZONES, changes, nights, searched

YEARS = range(2026, 2037)
QUARTER = timedelta(minutes=15)
NEVER_QUIET = QuietHours(0, 0)


def test_each_of_the_twelve_zones_has_two_nights_a_year():
    assert len(set(ZONES)) == 12
    assert all(len(changes(name, year)) == 2 for name in ZONES for year in (2026, 2027))


@pytest.mark.parametrize("name", ZONES)
def test_every_quarter_of_both_nights_is_the_instant_at_which_clocks_first_show_it(name):
    zone = ZoneInfo(name)
    for change, day in nights(name, 2026):
        wall = datetime.combine(day, time(0))
        while wall.date() == day:
            assert to_utc(wall, zone) == searched(name, change, wall), (wall, change)
            wall += QUARTER


@pytest.mark.parametrize("name", ZONES)
def test_a_reminder_at_any_hour_of_the_night_comes_once_on_each_day_and_none_is_skipped(name):
    listener = Listener(ZoneInfo(name), NEVER_QUIET)
    for hour in range(24):
        for change, day in nights(name, 2026):
            due = [listener.instant(day + shift * DAY, hour) for shift in (-1, 0, 1)]
            assert due == sorted(set(due))
            assert due[1] == searched(name, change, datetime.combine(day, time(hour)))
            assert local_date(due[1], listener.zone) == day


@pytest.mark.full
@pytest.mark.parametrize("name", ZONES)
def test_ten_years_of_nights_hold_as_well(name):
    zone = ZoneInfo(name)
    for year in YEARS:
        for change, day in nights(name, year):
            for hour in range(24):
                wall = datetime.combine(day, time(hour))
                assert to_utc(wall, zone) == searched(name, change, wall)
