"""A zone's VTIMEZONE as another library reads it, hour by hour against the zone itself."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from backend.calendar_feed.zones import zone_component

ZONES = ["Europe/Stockholm", "Europe/London", "Europe/Lisbon", "America/New_York", "America/Santiago",
         "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "Atlantic/Azores", "Africa/Cairo",
         "Pacific/Auckland", "Europe/Dublin"]


@pytest.mark.parametrize("name", ZONES)
def test_clocks_go_as_the_zone_says(name):
    text = zone_component(name, 2026, 2027).to_ical().decode()
    theirs = tzical(StringIO(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n")).get(name)
    ours, wall = ZoneInfo(name), datetime(2026, 1, 1)  # noqa: DTZ001 - a wall time

    while wall.year < 2028:
        exists = wall.replace(tzinfo=ours).astimezone(UTC).astimezone(ours).replace(tzinfo=None) == wall
        twice = wall.replace(tzinfo=ours).utcoffset() != wall.replace(tzinfo=ours, fold=1).utcoffset()
        if exists and not twice:
            assert wall.replace(tzinfo=theirs).utcoffset() == wall.replace(tzinfo=ours).utcoffset(), wall
        wall += timedelta(minutes=30)


def test_europe_is_told_by_a_rule():
    text = zone_component("Europe/Stockholm", 2026, 2026).to_ical().decode()

    assert "DTSTART:20250330T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n" in text
    assert "DTSTART:20251026T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n" in text


def test_a_zone_without_summer_has_one_clock():
    assert zone_component("Asia/Kolkata", 2026, 2026).to_ical().decode().count("BEGIN:STANDARD") == 1
