"""Earliest and latest instant of an entry: always both, whatever was told, and within what can have been."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.diary.circumstances import Circumstances, Person
from backend.diary.occurrence import CLOCKS_DIFFER, occurred_span
from models.partial_dates import told
from models.protocol import load_protocol
from models.vocabulary import EntryKind
from tests.models.test_partial_dates import POINTS, TEXTS, ZONES

PROTOCOL = load_protocol()
STOCKHOLM = ZoneInfo("Europe/Stockholm")
RECEIVED = datetime(2026, 11, 22, 10, tzinfo=UTC)
ENROLLED = datetime(2025, 3, 1, 12, tzinfo=UTC)
LEO = Person(date(2019, 5, 1), 266, ENROLLED)
often = settings(max_examples=1000, deadline=None)


def times(data, about=LEO, kind=EntryKind.FRACTURE, zone=STOCKHOLM, **more):
    return occurred_span(PROTOCOL.form(kind), data, Circumstances(RECEIVED, about, zone, **more))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


PEOPLE = st.builds(
    Person, st.none() | st.dates(date(2015, 1, 1), date(2026, 11, 1)).map(lambda day: day.replace(day=1)),
    st.none() | st.integers(140, 320), st.just(ENROLLED),
)
ANSWERS = st.fixed_dictionaries({}, optional={
    "occurred": TEXTS | st.just("odd") | st.just(3),
    "part_of_day": st.sampled_from(["night", "evening", "odd"]),
    "noticed_on": POINTS, "epoch": st.sampled_from(["prenatal", "present_at_birth", "postnatal"]),
})


@often
@given(ANSWERS, PEOPLE, ZONES, st.none() | st.integers(0, 400).map(lambda days: RECEIVED - timedelta(days=days)))
def test_entry_always_has_an_earliest_and_a_latest_instant(data, about, zone, first):
    earliest, latest = times(data, about, zone=zone, first_received_at=first)

    assert earliest <= latest
    found = told(data["occurred"], zone) if isinstance(data.get("occurred"), str) else None
    told_later = found and found.earliest and found.earliest > (first or RECEIVED) + CLOCKS_DIFFER
    assert told_later or latest <= (first or RECEIVED) + CLOCKS_DIFFER


@often
@given(st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)), PEOPLE, ZONES)  # noqa: DTZ001 - local
def test_told_less_exactly_it_contains_what_was_told_more_exactly(moment, about, zone):
    forms = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M")
    found = [times({"occurred": text}, about, zone=zone) for text in ("unknown", *(map(moment.strftime, forms)))]
    limit = RECEIVED + CLOCKS_DIFFER
    born = about.birth_month

    for wide, narrow in pairwise(found):
        is_possible = narrow[0] <= limit and (born is None or moment.date() >= born) and moment.year >= 2026
        if is_possible and narrow[0] >= found[0][0] and narrow[1] <= RECEIVED:
            assert wide[0] <= narrow[0]
            assert narrow[1] <= wide[1]


SPANS = st.fixed_dictionaries({}, optional={"from": TEXTS, "to": TEXTS})


@often
@given(SPANS, PEOPLE, ZONES, st.sampled_from([EntryKind.MEDICATION, EntryKind.ORTHOSIS, EntryKind.CHECK_IN]))
def test_days_from_to_always_have_both_ends(data, about, zone, kind):
    earliest, latest = times(data, about, kind, zone)

    assert earliest <= latest


@pytest.mark.parametrize(("data", "first", "last"), [
    pytest.param({}, "2019-05-01", RECEIVED, id="missing: from birth to receipt"),
    pytest.param({"occurred": "unknown"}, "2019-05-01", RECEIVED, id="unknown: from birth to receipt"),
    pytest.param({"noticed_on": "2026-11-10"}, "2019-05-01", "2026-11-11", id="noticed: to the end of that day"),
    pytest.param({"occurred": "../2026-11-10"}, "2019-05-01", "2026-11-11", id="before a day"),
    pytest.param({"occurred": "2026-10/.."}, "2026-10-01", RECEIVED, id="since a month, until it was told"),
    pytest.param({"occurred": "2026-10/..", "noticed_on": "2026-11-10"}, "2026-10-01", "2026-11-11",
                 id="found later"),
    pytest.param({"occurred": "2026-11", "noticed_on": "2026-11-10"}, "2026-11-01", "2026-11-11",
                 id="a month, noticed within it"),
    pytest.param({"occurred": "2026"}, "2026-01-01", RECEIVED + CLOCKS_DIFFER, id="this year, until now"),
    pytest.param({"occurred": "2019"}, "2019-05-01", "2020-01-01", id="the year of birth begins with birth"),
    pytest.param({"occurred": "2018"}, "2018-01-01", "2019-01-01", id="before birth, as told"),
    pytest.param({"occurred": "2027-03"}, "2027-03-01", "2027-04-01", id="in the future, as told"),
    pytest.param({"occurred": "2026-11-20", "part_of_day": "morning"}, "2026-11-20T06:00", "2026-11-20T11:00",
                 id="part of day"),
    pytest.param({"occurred": "2026-W47", "part_of_day": "morning"}, "2026-11-16", RECEIVED + CLOCKS_DIFFER,
                 id="this week has no part of day"),
    pytest.param({"epoch": "prenatal"}, "2018-08-08", "2019-06-01", id="before birth: from conception"),
    pytest.param({"epoch": "present_at_birth", "occurred": "2019"}, "2019-01-01", "2019-06-01", id="at birth"),
    pytest.param({"occurred": "2026-11-20", "noticed_on": "2026-11-10"}, "2026-11-20", "2026-11-21",
                 id="noticed before it happened: as told"),
])
def test_bounds_of_a_fracture(data, first, last):
    earliest, latest = times(data)

    assert earliest == local(first)
    assert latest == (last if isinstance(last, datetime) else local(last) - timedelta(microseconds=1))


def test_nobody_knows_how_long_the_pregnancy_lasted_then_ten_months():
    earliest, _ = times({"epoch": "prenatal"}, Person(date(2019, 5, 1)))

    assert earliest == local("2018-07-01")


def test_child_not_born_and_the_woman_begin_with_enrolment():
    assert times({}, Person(enrolled_at=ENROLLED)) == (ENROLLED, RECEIVED)
    assert times({"drug": "vitamin_d"}, Person(enrolled_at=ENROLLED), EntryKind.MEDICATION) == (ENROLLED, RECEIVED)


def test_correction_does_not_widen_what_was_told_before():
    first = RECEIVED - timedelta(days=2)

    assert times({"occurred": "2026-11"}, first_received_at=first)[1] == first + CLOCKS_DIFFER


@pytest.mark.parametrize(("data", "kind", "first", "last"), [
    ({"from": "2024", "to": "2025-06"}, EntryKind.MEDICATION, "2024-01-01", "2025-07-01"),
    ({"from": "2024-02"}, EntryKind.MEDICATION, "2024-02-01", RECEIVED),
    ({"to": "2025-06"}, EntryKind.ORTHOSIS, "2019-05-01", "2025-07-01"),
    ({"from": "2025", "to": "2024"}, EntryKind.PHYSIOTHERAPY, "2025-01-01", "2025-01-01"),
    ({"from": "2026-11-16", "to": "2026-11-22", "answer": "had"}, EntryKind.CHECK_IN, "2026-11-16", "2026-11-23"),
])
def test_bounds_of_days(data, kind, first, last):
    earliest, latest = times(data, kind=kind)

    assert latest == (last if isinstance(last, datetime) else local(last) - timedelta(microseconds=1)) or first == last
    assert min(earliest, latest) <= local(first)


def test_every_kind_that_is_asked_for_a_time_has_one():
    assert {kind for kind in EntryKind if times({}, kind=kind) is None} == set()


async def test_year_only_entry_is_pulled_reviewed_and_told_with_its_bounds(as_, cast):
    at = f"/api/v1/participants/{cast.leo.id}/entries/01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"
    body = {"kind": "fracture", "data": {"occurred": "2025", "sites": [{"bone": "femur", "side": "left"}]},
            "timezone": "Europe/Stockholm"}

    told_back = await as_("mia").put(at, json=body, headers={"If-None-Match": "*"})

    assert told_back.json()["occurred_from"] == "2024-12-31T23:00:00Z"
    assert told_back.json()["occurred_to"] == "2025-12-31T22:59:59.999999Z"
    assert told_back.json()["precision"] == "year"
    listed = await as_("nora").get("/api/v1/worklist")
    assert [item["entry_id"] for item in listed.json()["items"]] == ["01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"]
    assert (await as_("mia").get(f"/api/v1/participants/{cast.leo.id}/changes")).json()["changes"][0]["findings"] == []
