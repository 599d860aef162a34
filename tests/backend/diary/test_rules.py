"""Partial dates, forms, edit checks and merge: pure rules, tried with made-up answers."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.diary.edit_checks import Circumstances, check, confirmed, occurred_span
from backend.diary.forms import faults, findings
from backend.diary.merge import merge, overlay, replacement
from backend.diary.partial_dates import PART_OF_DAY, span, zone_named
from models.protocol import load_protocol
from models.vocabulary import EntryKind

PROTOCOL = load_protocol()
FRACTURE = PROTOCOL.form(EntryKind.FRACTURE)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = st.sampled_from(["Europe/Stockholm", "Europe/London", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns",
                         "Pacific/Kiritimati", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001 - local time of a phone
FORMATS = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M")


@settings(max_examples=300, deadline=None)
@given(MOMENTS, ZONES, st.sampled_from(FORMATS), st.none() | st.sampled_from(sorted(PART_OF_DAY)))
def test_partial_date_is_a_span_that_begins_before_it_ends(moment, zone, form, part):
    found = span(moment.strftime(form), zone, part)

    assert found is not None
    assert found[0] <= found[1]
    assert found[0].utcoffset() == found[1].utcoffset() == timedelta(0)


@settings(max_examples=300, deadline=None)
@given(MOMENTS, ZONES)
def test_less_precise_date_spans_all_that_is_more_precise(moment, zone):
    spans = [span(moment.strftime(form), zone) for form in FORMATS]

    for wide, narrow in pairwise(spans):
        assert wide[0] <= narrow[0]
        assert narrow[1] <= wide[1]


@settings(max_examples=300, deadline=None)
@given(MOMENTS, ZONES)
def test_local_minute_that_happened_lies_in_its_own_span(moment, zone):
    for fold in (0, 1):
        instant = moment.replace(tzinfo=zone, fold=fold, second=0, microsecond=0).astimezone(UTC)
        written = instant.astimezone(zone).strftime(FORMATS[3])  # moved forward where the clocks skip
        first, last = span(written, zone)
        assert first <= instant <= last


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_span_or_nothing(text):
    found = span(text, STOCKHOLM)

    assert found is None or found[0] <= found[1]


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2026-10-25T02:30", "2026-10-25T00:30:00", "2026-10-25T01:30:59.999999"),  # the hour that comes twice
    ("2026-10-25", "2026-10-24T22:00:00", "2026-10-25T22:59:59.999999"),  # a day of 25 hours
    ("2026-03-29", "2026-03-28T23:00:00", "2026-03-29T21:59:59.999999"),  # a day of 23 hours
    ("2026-02", "2026-01-31T23:00:00", "2026-02-28T22:59:59.999999"),
    ("2024-02", "2024-01-31T23:00:00", "2024-02-29T22:59:59.999999"),
    ("2026", "2025-12-31T23:00:00", "2026-12-31T22:59:59.999999"),
])
def test_partial_dates_in_stockholm(text, first, last):
    assert span(text, STOCKHOLM) == (datetime.fromisoformat(f"{first}+00:00"), datetime.fromisoformat(f"{last}+00:00"))


def test_minute_the_clocks_skip_is_an_instant_all_the_same():
    first, last = span("2026-03-29T02:30", STOCKHOLM)

    assert first <= last


@pytest.mark.parametrize("text", ["", "20", "2026-13", "2026-00", "2026-02-30", "2026-11-20T24:00", "2026-11-20T12:60",
                                  "2026-11-20 12:00", "2026-11-20T12:00Z", "２０２６", "2026-11-20\n", "0000", "9999",
                                  "-2026", "0001-01-01"])
def test_odd_dates_are_no_dates_or_spans(text):
    found = span(text, STOCKHOLM)

    assert found is None or text in ("0001-01-01",)


@pytest.mark.parametrize("name", ["", None, "Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe", "x" * 500,
                                  "\0", "CON"])
def test_unknown_zone_is_none(name):
    assert zone_named(name) is None


def known(received: str = "2026-11-22T10:00:00+00:00", skew: int | None = 0) -> Circumstances:
    return Circumstances(datetime.fromisoformat(received), date(2019, 5, 1), STOCKHOLM, skew)


def remarks(kind: EntryKind, data: dict[str, Any], seen: Circumstances | None = None) -> set[str]:
    found, hard = check(PROTOCOL, kind, data, seen or known())
    return {remark["code"] for remark in found} | {fault["detail"] for fault in hard}


@pytest.mark.parametrize(("data", "expected"), [
    ({"occurred": "2026-11-20", "sites": [{"bone": "femur"}]}, set()),
    ({}, {"onset_missing", "place_missing"}),
    ({"occurred": "2026-11-20", "sites": []}, {"place_missing"}),
    ({"occurred": "2026-11-23", "sites": [{}]}, {"onset_in_future"}),
    ({"occurred": "2026-11-22T11:04", "sites": [{}]}, set()),
    ({"occurred": "2026-11-22T11:06", "sites": [{}]}, {"onset_in_future"}),
    ({"occurred": "2026", "sites": [{}]}, set()),
    ({"occurred": "2019-04", "sites": [{}]}, {"onset_before_birth"}),
    ({"occurred": "2019", "sites": [{}]}, set()),
    ({"occurred": "2019-05", "sites": [{}]}, set()),
    ({"occurred": "2026-11-20", "sites": [{"bone": "wing"}], "pain": 11, "note": "x" * 501},
     {"code_unknown", "out_of_range", "too_long"}),
    ({"occurred": "2026-11-20", "sites": [{"bone": "rib"}] * 21, "care_sought": ["ambulance", "moon"]},
     {"too_many", "code_unknown"}),
])
def test_findings_about_a_fracture(data, expected):
    assert remarks(EntryKind.FRACTURE, data) == expected


@pytest.mark.parametrize(("data", "expected"), [
    ({"from": "2026-11-09", "to": "2026-11-15", "answer": "had"}, set()),
    ({}, {"week_incomplete", "week_end_missing", "answer_missing"}),
    ({"from": "2026-11-15", "to": "2026-11-09", "answer": "had"}, {"week_reversed"}),
    ({"from": "2026-09-09", "to": "2026-11-09", "answer": "had"}, {"week_too_long"}),
    ({"from": "2026-11-16", "to": "2026-11-29", "answer": "had"}, {"week_not_over"}),
])
def test_findings_about_a_check_in(data, expected):
    assert remarks(EntryKind.CHECK_IN, data) == expected


@pytest.mark.parametrize(("skew", "wrong"), [(None, False), (0, False), (600, False), (601, True), (-601, True),
                                             (-1_700_000_000, True), (2_300_000_000, True)])
def test_clock_of_the_phone_is_remarked_not_refused(skew, wrong):
    found = remarks(EntryKind.FRACTURE, {"occurred": "2026-11-20", "sites": [{}]}, known(skew=skew))

    assert ("clock_wrong" in found) == wrong


def test_confirmed_findings_are_marked():
    found = confirmed([{"code": "a", "field": "x"}, {"code": "b", "field": "y"}], ["b", "c"])

    assert [finding["confirmed"] for finding in found] == [False, True]


def test_child_not_born_yet_has_no_onset_before_birth():
    unborn = Circumstances(datetime(2026, 11, 22, tzinfo=UTC), None, STOCKHOLM, 0)

    assert "onset_before_birth" not in remarks(EntryKind.FRACTURE, {"occurred": "2019-01"}, unborn)


ANSWERS = st.dictionaries(
    st.sampled_from([*FRACTURE.field, "newer"]),
    st.none() | st.integers(0, 9) | st.text(max_size=3) | st.lists(st.dictionaries(st.text(max_size=3), st.integers())),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(ANSWERS)
def test_what_has_no_faults_can_be_checked(data):
    if not faults(FRACTURE, data):
        whole = overlay({}, data)
        findings(FRACTURE, whole)
        check(PROTOCOL, EntryKind.FRACTURE, whole, known())
        occurred_span(whole, STOCKHOLM)


@given(ANSWERS, ANSWERS)
def test_overlay_is_idempotent_and_replacement_leaves_only_the_whole(current, sent):
    stands = overlay({}, current)

    assert overlay(overlay(stands, sent), sent) == overlay(stands, sent)
    assert overlay(stands, replacement(stands, sent)) == overlay({}, sent)


def units(data: dict[str, Any]) -> set[str]:
    return {FRACTURE.unit_of(name) for name in data}


@given(ANSWERS, ANSWERS, ANSWERS)
def test_edits_of_different_units_merge_the_same_in_any_order(start, one, two):
    base = overlay({}, start)
    two = {name: value for name, value in two.items() if FRACTURE.unit_of(name) not in units(one)}

    forth = merge(FRACTURE, base, overlay(base, one), two)
    back = merge(FRACTURE, base, overlay(base, two), one)

    assert not forth.clashing
    assert not back.clashing
    assert forth.data == back.data == overlay(overlay(base, one), two)


@given(ANSWERS, ANSWERS, ANSWERS)
def test_merge_again_changes_nothing_and_a_clash_is_a_real_difference(start, one, two):
    base = overlay({}, start)
    current = overlay(base, one)
    found = merge(FRACTURE, base, current, two)

    if not found.clashing:
        assert merge(FRACTURE, base, found.data, two).data == found.data
    for name in found.clashing:
        assert overlay(base, two).get(name) != current.get(name)


@given(ANSWERS, ANSWERS)
def test_edit_on_what_stands_never_clashes(start, sent):
    base = overlay({}, start)

    found = merge(FRACTURE, base, base, sent)

    assert found.clashing == []
    assert found.data == overlay(base, sent)
