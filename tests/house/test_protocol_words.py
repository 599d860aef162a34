"""Every question, code and finding of the built-in protocol has words on both pages; a new one is named here."""

import json

from backend.console.words import ENGLISH
from backend.family_app.shell import LANGUAGES, PAGE
from models.protocol import load_protocol

ASKED_WITHOUT_A_LABEL = {"part_of_day", "parent_id"}
"""A part of "when", and a link."""


def test_every_question_has_a_label_on_the_family_page_in_every_language() -> None:
    names = {name for form in load_protocol().file.form.values() for name in form.field} - ASKED_WITHOUT_A_LABEL
    for language in LANGUAGES:
        texts = json.loads((PAGE / "texts" / f"{language}.json").read_text("utf-8"))
        assert {name for name in names if f"field.{name}" not in texts} == set(), language


def test_every_question_code_and_finding_has_words_on_the_staff_page() -> None:
    content = load_protocol().file
    fields = {name: field for form in content.form.values() for name, field in form.field.items()}
    codes = {code for field in fields.values() for part in (field, *field.item.values()) for code in part.codes}
    findings = {check.code for check in content.edit_check if check.severity == "finding"}

    missing = {"field": fields.keys() - ENGLISH["field"].keys(), "value": codes - ENGLISH["value"].keys(),
               "finding": findings - ENGLISH["finding"].keys()}
    assert {what: names for what, names in missing.items() if names} == {}
