"""Wall time → instant on the nights when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.local_time import to_utc, zone_named

NIGHTS = [
    # zone, wall time, instant; "gap" does not exist, "overlap" exists twice
    pytest.param("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59", id="Berlin before the gap"),
    pytest.param("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00", id="Berlin in the gap"),
    pytest.param("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00", id="Berlin after the gap"),
    pytest.param("Europe/Stockholm", "2026-10-25T02:30", "2026-10-25T00:30", id="Stockholm overlap"),
    pytest.param("Europe/Stockholm", "2026-10-25T03:00", "2026-10-25T02:00", id="Stockholm after the overlap"),
    pytest.param("Europe/London", "2026-03-29T01:15", "2026-03-29T01:00", id="London gap"),
    pytest.param("Europe/London", "2026-10-25T01:15", "2026-10-25T00:15", id="London overlap"),
    pytest.param("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:30", id="Lord Howe gap of half an hour"),
    pytest.param("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", id="Lord Howe overlap"),
    pytest.param("America/Santiago", "2026-09-06T00:30", "2026-09-06T04:00", id="Santiago gap at midnight"),
    pytest.param("America/Santiago", "2026-04-04T23:30", "2026-04-05T02:30", id="Santiago overlap before midnight"),
    pytest.param("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30", id="Casablanca overlap, Ramadan"),
    pytest.param("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00", id="Casablanca gap, after Ramadan"),
    pytest.param("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00", id="Samoa's day that never was"),
]


@pytest.mark.parametrize(("zone", "wall", "instant"), NIGHTS)
def test_wall_time_goes_forward_over_a_gap_and_takes_the_first_of_two(zone, wall, instant):
    found = to_utc(datetime.fromisoformat(wall), ZoneInfo(zone))

    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/London", "Australia/Lord_Howe", "America/Santiago",
                                  "Africa/Casablanca", "America/New_York", "Asia/Kathmandu", "Antarctica/Troll"])
def test_every_quarter_of_an_hour_of_a_year_is_one_instant_never_before_the_last(zone):
    wall, last = datetime(2026, 1, 1), datetime(2025, 12, 30, tzinfo=UTC)  # noqa: DTZ001

    while wall.year == 2026:
        found = to_utc(wall, ZoneInfo(zone))
        shown = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert shown >= wall
        assert shown - wall <= timedelta(hours=2)
        assert found >= last
        wall, last = wall + timedelta(minutes=15), found


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "\0"])
def test_an_odd_zone_name_is_utc_and_stops_nobody(name):
    assert zone_named(name).key == "UTC"
