"""The scale of an age, corrected at the birthday, and the total that is derived."""

from datetime import date

import pytest

from models.derived_answers import derived_answers
from models.pain import age_on, is_same_scale, scale_on, shown_as
from models.protocol import load_protocol

RULES = load_protocol().file.pain_scale
BORN = date(2019, 5, 1)
ITEMS = {"face": 1, "legs": 2, "activity_level": 0, "cry": 2, "consolability": 1}


@pytest.mark.parametrize(("day", "scale", "by"), [
    ("2019-05-20", "FLACC", "carer"), ("2023-04-30", "FLACC", "carer"), ("2023-05-01", "FPS-R", "self"),
    ("2027-04-30", "FPS-R", "self"), ("2027-05-01", "NRS-11", "self"), ("2040-01-01", "NRS-11", "self"),
    ("2018-01-01", "FLACC", "carer"),
])
def test_scale_changes_on_the_first_day_of_the_birthdays_month(day, scale, by):
    rule = scale_on(RULES, BORN, date.fromisoformat(day), observer_rated=False)

    assert (rule.scale, rule.by) == (scale, by)


def test_child_marked_by_staff_keeps_one_scale_at_any_age():
    assert {scale_on(RULES, BORN, date(year, 1, 1), observer_rated=True).scale for year in range(2019, 2040)} == {
        "r-FLACC"}


def test_nobody_has_a_scale_who_has_no_birthday_or_no_row():
    assert scale_on(RULES, None, BORN, observer_rated=False) is None
    assert scale_on([], BORN, BORN, observer_rated=False) is None
    assert scale_on([rule for rule in RULES if not rule.if_observed], BORN, BORN, observer_rated=True) is None


@pytest.mark.parametrize(("day", "age"), [("2019-04-30", 0), ("2020-04-30", 0), ("2020-05-01", 1), ("2026-11-22", 7)])
def test_age_is_completed_years(day, age):
    assert age_on(BORN, date.fromisoformat(day)) == age


def test_faces_nobody_licensed_are_six_steps_of_our_own():
    assert shown_as("FPS-R", has_faces=False) == "six_step"
    assert shown_as("FPS-R", has_faces=True) == "FPS-R"
    assert shown_as("NRS-11", has_faces=False) == "NRS-11"
    assert is_same_scale("FPS-R", "six_step")
    assert not is_same_scale("FPS-R", "NRS-11")


@pytest.mark.parametrize("scale", ["FLACC", "r-FLACC"])
def test_total_is_derived_from_five_items_and_from_nothing_less(scale):
    whole = {"scale": scale, **ITEMS}

    assert derived_answers(whole) == {"pain_total": 6}
    assert derived_answers({**whole, "score": 9}) == {"pain_total": 6}
    for item in ITEMS:
        assert derived_answers({**whole, item: None}) == derived_answers({**whole, item: "2"}) == {}
    assert derived_answers({**whole, "scale": "FPS-R"}) == derived_answers({}) == {}


def test_items_are_those_that_the_protocol_adds_up():
    sums = [check for check in load_protocol().file.edit_check if check.test == "sum_of"]

    assert [set(check.parts) for check in sums] == [set(ITEMS)]
