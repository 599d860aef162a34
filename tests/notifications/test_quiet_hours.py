"""When nobody is disturbed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.quiet_hours import QuietHours, is_quiet, last_waking, next_waking

CASES = [
    # zone, quiet hours, instant, when to tell
    pytest.param("Europe/Stockholm", (20, 8), "2026-05-10T16:00", "2026-05-10T16:00", id="six in the evening is fine"),
    pytest.param("Europe/Stockholm", (20, 8), "2026-05-10T18:00", "2026-05-11T06:00", id="eight is not: next morning"),
    pytest.param("Europe/Stockholm", (20, 8), "2026-05-11T05:59", "2026-05-11T06:00", id="one minute before eight"),
    pytest.param("Europe/Stockholm", (20, 8), "2026-05-11T06:00", "2026-05-11T06:00", id="eight in the morning is"),
    pytest.param("Europe/London", (13, 15), "2026-05-10T12:20", "2026-05-10T14:00", id="a nap within one day"),
    pytest.param("Europe/London", (0, 0), "2026-05-10T02:00", "2026-05-10T02:00", id="same hour twice: never quiet"),
    pytest.param("Europe/Berlin", (20, 8), "2026-03-28T22:00", "2026-03-29T06:00", id="Berlin loses an hour"),
    pytest.param("Europe/Berlin", (20, 8), "2026-10-24T22:00", "2026-10-25T07:00", id="Berlin gains an hour"),
    pytest.param("Europe/Berlin", (20, 2), "2026-03-29T00:30", "2026-03-29T01:00", id="until an hour that is skipped"),
    pytest.param("Europe/Berlin", (20, 2), "2026-10-24T23:00", "2026-10-25T00:00", id="until the first of two"),
    pytest.param("Australia/Lord_Howe", (20, 8), "2026-10-03T12:00", "2026-10-03T21:00", id="Lord Howe"),
    pytest.param("America/Santiago", (20, 0), "2026-09-06T03:30", "2026-09-06T04:00", id="until a midnight skipped"),
    pytest.param("America/Santiago", (20, 8), "2026-04-05T02:30", "2026-04-05T12:00", id="Santiago gains an hour"),
    pytest.param("Africa/Casablanca", (20, 8), "2026-02-14T22:00", "2026-02-15T08:00", id="Casablanca in Ramadan"),
]


@pytest.mark.parametrize(("zone", "quiet", "instant", "waking"), CASES)
def test_reminder_waits_until_quiet_hours_end_in_the_persons_own_zone(zone, quiet, instant, waking):
    found = next_waking(datetime.fromisoformat(instant).replace(tzinfo=UTC), ZoneInfo(zone), QuietHours(*quiet))

    assert found == datetime.fromisoformat(waking).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/London", "Australia/Lord_Howe", "America/Santiago",
                                  "Africa/Casablanca", "America/New_York"])
@pytest.mark.parametrize("quiet", [(20, 8), (22, 2), (1, 3), (2, 3), (23, 0), (20, 1)])
def test_waking_is_the_first_moment_that_is_not_quiet_through_the_whole_year(zone, quiet):
    instant, step = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=30)
    hours, place = QuietHours(*quiet), ZoneInfo(zone)
    waiting: list[datetime] = []

    while instant.year == 2026:
        if is_quiet(instant, place, hours):
            waiting.append(next_waking(instant, place, hours))
        else:
            assert all(waking == instant for waking in waiting), (instant, waiting)
            assert next_waking(instant, place, hours) == instant
            waiting = []
        instant += step


@pytest.mark.parametrize("quiet", [(20, 2), (2, 3), (1, 2), (22, 1)])
def test_where_clocks_go_back_two_hours_waking_is_still_later_and_not_quiet(quiet):
    instant, place, hours = datetime(2026, 10, 24, 18, tzinfo=UTC), ZoneInfo("Antarctica/Troll"), QuietHours(*quiet)

    for _ in range(48):
        waking = next_waking(instant, place, hours)
        assert waking >= instant
        assert not is_quiet(waking, place, hours)
        instant += timedelta(minutes=15)


@pytest.mark.parametrize(("zone", "quiet", "instant", "waking"), [
    pytest.param("Europe/Stockholm", (20, 10), "2026-05-10T07:00", "2026-05-09T17:00", id="the evening before"),
    pytest.param("Europe/Stockholm", (20, 8), "2026-05-10T19:30", "2026-05-10T17:00", id="the same evening"),
    pytest.param("Europe/Stockholm", (20, 8), "2026-05-10T07:00", "2026-05-10T07:00", id="it is no quiet hour"),
    pytest.param("Europe/Berlin", (3, 9), "2026-03-29T05:00", "2026-03-29T00:00", id="the hour before was skipped"),
    pytest.param("Europe/Berlin", (3, 9), "2026-10-25T05:00", "2026-10-25T00:00", id="the first of two"),
])
def test_what_announces_a_day_comes_in_the_last_waking_hour_before(zone, quiet, instant, waking):
    found = last_waking(datetime.fromisoformat(instant).replace(tzinfo=UTC), ZoneInfo(zone), QuietHours(*quiet))

    assert found == datetime.fromisoformat(waking).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Antarctica/Troll"])
@pytest.mark.parametrize("quiet", [(20, 8), (3, 9), (1, 3), (4, 1), (23, 22)])
def test_the_last_waking_hour_is_never_quiet_nor_later_nor_more_than_a_day_before(zone, quiet):
    instant, hours, place = datetime(2026, 1, 1, tzinfo=UTC), QuietHours(*quiet), ZoneInfo(zone)

    while instant.year == 2026:
        waking = last_waking(instant, place, hours)
        assert not is_quiet(waking, place, hours)
        assert timedelta(0) <= instant - waking <= timedelta(hours=28)
        instant += timedelta(minutes=30)
