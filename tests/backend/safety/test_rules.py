"""Every safety rule of BOOSTB4: what fits it, and what just doesn't."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.safety.free_text import please_read
from backend.safety.rules import Around, Told, fitting, may_fit
from models.protocol import load_protocol
from models.vocabulary import Arm, EntryKind, ParticipantKind

PROTOCOL = load_protocol()
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
DAY = (datetime(2026, 11, 19, 23, tzinfo=UTC), datetime(2026, 11, 20, 22, 59, tzinfo=UTC))
FEMUR = {"bone": "femur", "side": "left"}
F, S, P = EntryKind.FRACTURE, EntryKind.SYMPTOM, EntryKind.PAIN
U, R = EntryKind.FOLLOW_UP, EntryKind.SURGERY


def fits(kind, data, *, span=DAY, subject=ParticipantKind.CHILD, arm=Arm.POSTNATAL, fractures=(), doses=()):
    told = Told(kind, data, span, subject, arm)
    return [rule.code for rule in fitting(PROTOCOL, told, Around(STOCKHOLM, tuple(fractures), tuple(doses)))]


ON_THEIR_OWN = [
    # rule, kind, fits, just doesn't
    ("S1", F, {"hospital": "admitted", "nights": 1}, {"hospital": "admitted", "nights": 0}),
    ("S1", U, {"hospital": "admitted", "nights": 3}, {"hospital": "ED_only", "nights": 3}),
    ("S1", F, {"care_sought": ["ambulance", "admitted"]}, {"care_sought": ["ambulance"]}),
    ("S1", S, {"intensive_care": True}, {"intensive_care": False}),
    ("S1", S, {"prolonged_stay": True}, {"prolonged_stay": True, "planned_before": True}),
    ("S2", F, {"anaesthesia": "general"}, {"anaesthesia": "sedation"}),
    ("S2", F, {"treatment": ["cast", "rod_or_nail"]}, {"treatment": ["cast", "closed_reduction"]}),
    ("S2", R, {"procedure": "rodding"}, {"procedure": "rodding", "planned_before": True}),
    ("S3", F, {"sites": [FEMUR, {"bone": "skull"}]}, {"sites": [FEMUR, {"bone": "jaw"}]}),
    ("S3", F, {"warning_signs": ["head_hit_vomiting"]}, {"warning_signs": ["none"]}),
    ("S4", F, {"sites": [{"bone": "vertebra"}], "warning_signs": ["numbness"]}, {"sites": [{"bone": "vertebra"}]}),
    ("S4", F, {"sites": [{"bone": "vertebra"}], "warning_signs": ["bladder_or_bowel_change"]},
     {"sites": [FEMUR], "warning_signs": ["numbness"]}),
    ("S5", F, {"sites": [{"bone": "rib"}], "signs": ["breathing_trouble"]},
     {"sites": [{"bone": "rib"}], "signs": ["pain"]}),
    ("S6", F, {"warning_signs": ["bone_through_skin"]}, {"signs": ["deformity"]}),
    ("S6", F, {"warning_signs": ["limb_cold_or_blue"]}, {"warning_signs": "limb_cold_or_blue?"}),
    ("S7", F, {"sites": [FEMUR, {"bone": "tibia"}, {"bone": "fibula"}]}, {"sites": [FEMUR, {"bone": "tibia"}]}),
    ("S7", F, {"sites": [{"bone": "rib", "count": 3}]}, {"sites": [{"bone": "rib", "count": 2}]}),
    ("S9", S, {"symptom": "lump_or_new_growth"}, {"symptom": "fatigue"}),
    ("S9", S, {"symptom": "unexplained_bleeding"}, {"symptom": "fever_or_infection"}),
    ("S10", F, {"outcome": "died"}, {"outcome": "none_of_these"}),
    ("S10", R, {"outcome": "lasting_disability"}, {"outcome": None}),
    ("S12", F, {"pain": 7, "pain_over_a_day_after_care": True}, {"pain": 6, "pain_over_a_day_after_care": True}),
    ("S12", P, {"score": 8, "pain_over_a_day_after_care": True}, {"score": 8, "pain_over_a_day_after_care": False}),
    ("S12", P, {"face": 2, "legs": 2, "activity_level": 1, "cry": 1, "consolability": 1,
                "pain_over_a_day_after_care": True},
     {"face": 2, "legs": 2, "activity_level": 1, "cry": 2, "pain_over_a_day_after_care": True}),
]


@pytest.mark.parametrize(("rule", "kind", "fitting_data", "other"), ON_THEIR_OWN)
def test_rule_fits_this_and_just_not_that(rule, kind, fitting_data, other):
    assert rule in fits(kind, fitting_data)
    assert rule not in fits(kind, other)
    assert may_fit(PROTOCOL, kind, fitting_data)


def days_before(days: int):
    shift = timedelta(days=days)
    return DAY[0] - shift, DAY[1] - shift


@pytest.mark.parametrize(("others", "is_so"), [
    ([days_before(7)], True), ([days_before(8)], False), ([], False),
    ([days_before(-7)], True), ([days_before(-9)], False),
    pytest.param([(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))], True, id="only the year"),
    pytest.param([(datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC))], False, id="last year"),
])
def test_two_episodes_within_seven_days_fit_s7(others, is_so):
    assert ("S7" in fits(F, {"sites": [FEMUR]}, fractures=others)) is is_so


@pytest.mark.parametrize(("dose", "is_so"), [
    (date(2026, 11, 20), True), (date(2026, 11, 18), True), (date(2026, 11, 17), False), (date(2026, 11, 21), False),
])
@pytest.mark.parametrize("data", [
    {"symptom": "rash_or_allergic_reaction"}, {"symptom": "breathing"}, {"temperature_c": 38.5},
])
def test_reaction_up_to_the_end_of_the_second_day_after_a_dose_fits_s8(dose, is_so, data):
    assert ("S8" in fits(S, data, doses=[dose])) is is_so


def test_fever_below_the_limit_and_other_symptoms_do_not_fit_s8():
    given_on = [date(2026, 11, 20)]

    assert fits(S, {"temperature_c": 38.4}, doses=given_on) == []
    assert fits(S, {"symptom": "fatigue"}, doses=given_on) == []
    assert fits(S, {"symptom": "breathing"}) == []


def test_symptom_of_which_only_the_month_is_known_may_follow_the_dose():
    month = (datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))

    assert fits(S, {"symptom": "breathing"}, span=month, doses=[date(2026, 11, 1)]) == ["S8"]


@pytest.mark.parametrize("data", [
    {"symptom": "contraction"}, {"symptom": "pregnancy_bleeding"}, {"hospital": "ED_only"},
])
def test_s11_is_for_women_of_the_prenatal_arm_only(data):
    woman = {"subject": ParticipantKind.WOMAN}

    assert fits(S, data, arm=Arm.PRENATAL, **woman) == ["S11"]
    assert "S11" not in fits(S, data, arm=Arm.PRENATAL)
    assert "S11" not in fits(S, data, arm=Arm.PROSPECTIVE_UNTREATED, **woman)


def test_historical_controls_open_no_cases():
    assert fits(F, {"outcome": "died"}, arm=Arm.HISTORICAL) == []


@pytest.mark.parametrize("data", [
    {"intensive_care": 1}, {"intensive_care": "true"}, {"pain": True, "pain_over_a_day_after_care": True},
    {"sites": "skull"}, {"sites": ["skull", None, 3]}, {"warning_signs": {"limb_numb": True}}, {"nights": "3"},
])
def test_answers_of_another_type_fit_nothing_and_break_nothing(data):
    assert fits(F, data) == []


def test_check_in_needs_no_look_and_every_fracture_does():
    assert not may_fit(PROTOCOL, EntryKind.CHECK_IN, {"answer": "had"})
    assert may_fit(PROTOCOL, F, {})
    assert not may_fit(PROTOCOL, S, {"symptom": "fatigue"})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["skull", "died"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["bone", "count"]), inner, max_size=2),
    max_leaves=6,
)


@given(st.sampled_from([F, S, P, U, R]), st.dictionaries(
    st.sampled_from(["sites", "hospital", "nights", "outcome", "pain", "score", "care_sought"]), ANYTHING, max_size=5))
def test_whatever_was_stored_can_be_looked_at_and_what_fits_may_fit(kind, data):
    assert not fits(kind, data) or may_fit(PROTOCOL, kind, data)


@pytest.mark.parametrize("text", [
    "the ambulance came", "på IVA över natten", "39.5 on the thermometer", "39,5 grader", "ring 070-123 45 67",
    "Intensivstation", "We called 112",
])
def test_words_that_may_be_urgent_ask_staff_to_read(text):
    assert [remark["code"] for remark in please_read(PROTOCOL.form(F), {"note": text})] == ["please_read"]


@pytest.mark.parametrize("text", [
    "she fell from the sofa", "at 14:30 on 2 May", "since 2019", "room 138.5", "icy road", "dose 1.39 mg", "",
])
def test_plain_words_ask_for_nothing(text):
    assert please_read(PROTOCOL.form(F), {"note": text}) == []
