"""An edit check that can't be run stops the start: its field, its other field, its codes and what its test needs."""

import msgspec
import pytest

from models.protocol import EditCheck, load_protocol
from models.protocol.check_faults import NEEDS, faults_of

CONTENT = load_protocol().file
CHECKS = {check.code: check for check in CONTENT.edit_check}


@pytest.mark.parametrize(("code", "change", "key"), [
    ("onset_missing", {"field": "ocurred"}, "field"),
    ("noticed_before_onset", {"than": "noticed"}, "than"),
    ("noticed_before_onset", {"than": None}, "than"),
    ("side_of_midline_bone", {"field": "sites/sides"}, "field"),
    ("side_of_midline_bone", {"than": "sites/bones"}, "than"),
    ("side_of_midline_bone", {"than": "certainty", "codes": ["sure"]}, "than"),
    ("side_of_midline_bone", {"codes": ["wing"]}, "codes"),
    ("side_of_midline_bone", {"allowed": ["middle"]}, "allowed"),
    ("side_of_midline_bone", {"allowed": []}, "allowed"),
    ("bone_twice", {"parts": ["bone", "wing"]}, "parts"),
    ("bone_twice", {"parts": []}, "parts"),
    ("total_differs", {"parts": ["face", "leg"]}, "parts"),
    ("score_odd", {"step": None}, "step"),
    ("leg_item_confounded", {"codes": ["true"]}, "codes"),
    ("leg_item_confounded", {"kinds": ["fracture"]}, "field"),
    ("week_too_long", {"days": None}, "days"),
])
def test_check_that_cannot_be_run_names_the_key(code, change, key):
    wrong = msgspec.structs.replace(CHECKS[code], **change)

    assert key in {found for found, _ in faults_of(wrong, CONTENT.form)}


def test_checks_of_the_built_in_protocol_can_all_be_run():
    assert {check.code: list(faults_of(check, CONTENT.form)) for check in CONTENT.edit_check
            if list(faults_of(check, CONTENT.form))} == {}


def test_check_of_a_form_the_study_does_not_have_is_passed_over():
    others = {kind: form for kind, form in CONTENT.form.items() if kind != "pain"}

    assert list(faults_of(CHECKS["score_odd"], others)) == []


def test_every_need_is_a_key_of_a_check():
    assert {key for keys in NEEDS.values() for key in keys} <= set(EditCheck.__struct_fields__)
