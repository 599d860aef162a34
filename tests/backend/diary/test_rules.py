"""Forms, edit checks and merge: pure rules, tried with made-up answers. (Bad input has its own file.)"""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.diary.circumstances import Circumstances, Person
from backend.diary.edit_checks import check, confirmed
from backend.diary.forms import faults, findings
from backend.diary.merge import merge, overlay, replacement
from backend.diary.occurrence import occurred_span
from models.protocol import load_protocol
from models.vocabulary import EntryKind

PROTOCOL = load_protocol()
FRACTURE = PROTOCOL.form(EntryKind.FRACTURE)
STOCKHOLM = ZoneInfo("Europe/Stockholm")

def known(received: str = "2026-11-22T10:00:00+00:00", skew: int | None = 0) -> Circumstances:
    return Circumstances(datetime.fromisoformat(received), Person(date(2019, 5, 1)), STOCKHOLM, skew)


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
    ({"occurred": "2026-11-20", "sites": [{}] * 21, "care_sought": ["ambulance", "moon"]},
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
    unborn = Circumstances(datetime(2026, 11, 22, tzinfo=UTC), Person(), STOCKHOLM, 0)

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
        occurred_span(FRACTURE, whole, known())


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
