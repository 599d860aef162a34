"""Partial dates: pure rules, tried with made-up moments in zones that have done odd things to their clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.partial_dates import PART_OF_DAY, precision, precision_of, span, told
from models.zones import known_zone

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = st.sampled_from(["Europe/Stockholm", "Europe/London", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns",
                         "Pacific/Kiritimati", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001 - local time of a phone
FORMATS = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M")
WEEKLY = "%G-W%V"
POINTS = st.builds(lambda moment, form: moment.strftime(form), MOMENTS, st.sampled_from([*FORMATS, WEEKLY]))
OPEN = st.just("..")
TEXTS = st.one_of(
    POINTS, st.just("unknown"), st.builds("{}/{}".format, POINTS, POINTS), st.builds("{}/{}".format, OPEN, POINTS),
    st.builds("{}/{}".format, POINTS, OPEN),
)
PARTS = st.none() | st.sampled_from(sorted(PART_OF_DAY))
often = settings(max_examples=1000, deadline=None)


@often
@given(TEXTS, ZONES, PARTS)
def test_partial_date_begins_before_it_ends_in_universal_time(text, zone, part):
    found = told(text, zone, part)

    assert found is not None
    assert all(end is None or end.utcoffset() == timedelta(0) for end in (found.earliest, found.latest))
    if found.earliest and found.latest:
        assert found.earliest <= found.latest
        assert span(text, zone, part) == (found.earliest, found.latest)


@often
@given(MOMENTS, ZONES)
def test_less_precise_date_spans_all_that_is_more_precise(moment, zone):
    spans = [span(moment.strftime(form), zone) for form in FORMATS]
    week, day = span(moment.strftime(WEEKLY), zone), spans[2]

    for wide, narrow in [*pairwise(spans), (week, day)]:
        assert wide[0] <= narrow[0]
        assert narrow[1] <= wide[1]


@often
@given(POINTS, POINTS, ZONES)
def test_interval_contains_both_its_ends_also_when_told_backwards(one, other, zone):
    found, first, last = told(f"{one}/{other}", zone), span(one, zone), span(other, zone)

    assert (found.earliest, found.latest) == (min(first[0], last[0]), max(first[1], last[1]))
    assert found.is_reversed == (first[0] > last[1])


@often
@given(POINTS, ZONES)
def test_open_interval_keeps_the_end_that_was_told(point, zone):
    since, until, whole = told(f"{point}/..", zone), told(f"../{point}", zone), span(point, zone)

    assert (since.earliest, since.latest) == (whole[0], None)
    assert (until.earliest, until.latest) == (None, whole[1])
    assert span(f"{point}/..", zone) is span(f"../{point}", zone) is None


@often
@given(MOMENTS, ZONES, st.sampled_from(sorted(PART_OF_DAY)))
def test_part_of_day_lies_within_its_day(moment, zone, part):
    day = moment.strftime("%Y-%m-%d")

    whole, narrow = span(day, zone), span(day, zone, part)

    assert whole[0] <= narrow[0]
    assert narrow[1] <= whole[1]


@often
@given(TEXTS, ZONES)
def test_reading_in_another_zone_shifts_by_a_day_at_most(text, zone):
    here, there = told(text, ZoneInfo("UTC")), told(text, zone)

    for one, other in ((here.earliest, there.earliest), (here.latest, there.latest)):
        assert (one is None) == (other is None)
        assert one is None or abs(one - other) <= timedelta(days=1)


@often
@given(MOMENTS, ZONES)
def test_local_minute_that_happened_lies_in_its_own_span(moment, zone):
    for fold in (0, 1):
        instant = moment.replace(tzinfo=zone, fold=fold, second=0, microsecond=0).astimezone(UTC)
        written = instant.astimezone(zone).strftime(FORMATS[3])  # moved forward where the clocks skip
        first, last = span(written, zone)
        assert first <= instant <= last


@often
@given(MOMENTS, ZONES, st.sampled_from(FORMATS))
def test_what_is_written_from_a_span_reads_as_the_same_span(moment, zone, form):
    text = moment.strftime(form)
    found = span(text, zone)
    assume(form != FORMATS[3] or found[1] - found[0] < timedelta(minutes=1))  # not the hour that comes twice

    written = (found[0] + (found[1] - found[0]) / 2).astimezone(zone).strftime(form)

    assert written == text
    assert span(written, zone) == found


@often
@given(st.text(max_size=34) | st.text(alphabet="0129-/W.T:", max_size=34))
def test_any_text_is_a_date_or_nothing(text):
    found = told(text, STOCKHOLM)

    assert found is None or found.earliest is None or found.latest is None or found.earliest <= found.latest
    assert precision(text) is not None


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2026-10-25T02:30", "2026-10-25T00:30:00", "2026-10-25T01:30:59.999999"),  # the hour that comes twice
    ("2026-10-25", "2026-10-24T22:00:00", "2026-10-25T22:59:59.999999"),  # a day of 25 hours
    ("2026-03-29", "2026-03-28T23:00:00", "2026-03-29T21:59:59.999999"),  # a day of 23 hours
    ("2026-02", "2026-01-31T23:00:00", "2026-02-28T22:59:59.999999"),
    ("2024-02", "2024-01-31T23:00:00", "2024-02-29T22:59:59.999999"),
    ("2026", "2025-12-31T23:00:00", "2026-12-31T22:59:59.999999"),
    ("2026-W01", "2025-12-28T23:00:00", "2026-01-04T22:59:59.999999"),  # begins in the year before
    ("2026-W53", "2026-12-27T23:00:00", "2027-01-03T22:59:59.999999"),
    ("2026-11/2026-12-03", "2026-10-31T23:00:00", "2026-12-03T22:59:59.999999"),
    ("2026-W43/2026-W44", "2026-10-18T22:00:00", "2026-11-01T22:59:59.999999"),  # over the change of clocks
])
def test_partial_dates_in_stockholm(text, first, last):
    assert span(text, STOCKHOLM) == (datetime.fromisoformat(f"{first}+00:00"), datetime.fromisoformat(f"{last}+00:00"))


def test_minute_the_clocks_skip_is_an_instant_all_the_same():
    first, last = span("2026-03-29T02:30", STOCKHOLM)

    assert first <= last


@pytest.mark.parametrize("text", ["", "20", "2026-13", "2026-00", "2026-02-30", "2026-11-20T24:00", "2026-11-20T12:60",
                                  "2026-11-20 12:00", "2026-11-20T12:00Z", "２０２６", "2026-11-20\n", "0000", "9999",
                                  "-2026", "2025-W53", "2026-W00", "2026-W1", "W47", "../..", "2026/", "/2026", "..",
                                  "2026/2027/2028", "unknown/2026", "2026/unknown", "Unknown", "2026-11-20/21",
                                  "0001-01-02", "0001", "9998", "9999-12-30", "2026/9999-12-30", "9999-W50"])
def test_odd_dates_are_no_dates(text):
    assert told(text, STOCKHOLM) is None


@pytest.mark.parametrize(("text", "part", "exactly"), [
    ("2026", None, "year"), ("2026-11", None, "month"), ("2026-11-20", None, "day"), ("2026-W47", None, "range"),
    ("2026-11-20", "morning", "part_of_day"), ("2026-11", "morning", "month"), ("2026-11-20T14:30", None, "minute"),
    ("2026/2027", None, "range"), ("../2026", None, "range"), ("unknown", None, "unknown"), ("soon", None, "unknown"),
    (None, None, "unknown"), (7, None, "unknown"),
])
def test_precision_says_how_exactly_it_was_told(text, part, exactly):
    assert precision(text, part) == exactly


def test_days_from_one_to_another_are_a_range():
    assert precision_of({"from": "2026-11-01"}) == "range"
    assert precision_of({"occurred": "2026-11", "part_of_day": "night"}) == "month"


def test_week_of_the_calendar_is_that_of_iso_8601():
    for day in (date(2020, 12, 31), date(2021, 1, 3), date(2026, 12, 28)):
        monday, sunday = span(day.strftime(WEEKLY), ZoneInfo("UTC"))
        assert monday.date() <= day <= sunday.date()


@pytest.mark.parametrize("name", ["", None, "Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe", "x" * 500,
                                  "\0", "CON"])
def test_unknown_zone_is_none(name):
    assert known_zone(name) is None
