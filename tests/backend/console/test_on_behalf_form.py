"""The fields of the page for telling: what is shown of an entry and left alone comes back as it was."""

import pytest

from backend.console.on_behalf_form import answers_typed, asked, not_asked, typed_from
from models.protocol import load_protocol
from models.vocabulary import EntryKind

PROTOCOL = load_protocol()
WHENS = [
    "2026", "2026-11", "2026-11-20", "2026-11-20T14:30", "2026-W47", "2026-11-01/2026-11-14", "2026-10/2026-11",
    "2026-11-20T14:30/2026-11-20T16:00", "../2026-11-14", "2026-11-14/..", "unknown",
]


def there_and_back(kind, data):
    form = PROTOCOL.form(kind)
    return not_asked(form, data) | answers_typed(form, typed_from(form, data))


@pytest.mark.parametrize("when", WHENS)
def test_date_that_is_left_alone_comes_back_as_it_was_told(when):
    fracture = {"occurred": when, "imaging_on": when}
    medicine = {"medication": [{"name": "ibuprofen", "dose": 2.5, "first": when}, {"dose": 3, "last": when}]}

    assert there_and_back(EntryKind.FRACTURE, fracture) == fracture
    assert there_and_back(EntryKind.FOLLOW_UP, medicine) == medicine


@pytest.mark.parametrize(("typed", "answer"), [
    ("38,5", 38.5), ("38.5", 38.5), ("38", 38), ("-1.25", -1.25), ("38,5 °C", "38,5 °C"), ("1e9", "1e9"),
    ("1.234.5", "1.234.5"), ("٣٨", "٣٨"), ("", None),
])
def test_number_is_read_with_comma_or_point(typed, answer):
    found = answers_typed(PROTOCOL.form(EntryKind.SYMPTOM), {"data.temperature_c": typed})

    assert found.get("temperature_c") == answer
    assert type(found.get("temperature_c")) is type(answer)


@pytest.mark.parametrize(("typed", "answer"), [
    ({"how": "range", "year": "2026", "until.year": "2027"}, "2026/2027"),
    ({"year": "2026", "month": "3", "until.year": "2026", "until.month": "4"}, "2026-03/2026-04"),
    ({"how": "before", "year": "2026"}, "../2026"), ({"how": "after", "year": "2026"}, "2026/.."),
    ({"how": "unknown", "year": "2026"}, "unknown"), ({"how": "range", "year": "2026"}, "2026/"),
    ({"how": "before"}, "../"), ({"until.year": "2027"}, "/2027"), ({}, None),
])
def test_days_are_told_between_before_after_or_as_not_known(typed, answer):
    """What is half told is no date: it is refused beside its question, never guessed."""
    fields = {f"data.occurred.{name}": text for name, text in typed.items()}

    assert answers_typed(PROTOCOL.form(EntryKind.FRACTURE), fields).get("occurred") == answer


def test_images_and_other_entries_are_not_asked_and_stay_when_something_is_corrected():
    data = {"attachments": [{"id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "purpose": "photo"}], "pain": 4,
            "unknown_to_us": [1, 2], "parent_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"}

    assert not {"attachments", "parent_id"} & asked(PROTOCOL.form(EntryKind.SYMPTOM)).keys()
    assert there_and_back(EntryKind.SYMPTOM, data) == data


@pytest.mark.parametrize("odd", [
    {"occurred": 2026}, {"occurred": ["2026"]}, {"signs": "pain"}, {"sites": "femur"}, {"sites": ["femur"]},
    {"sites": [{"bone": ["femur"]}]}, {"intensive_care": "yes"}, {"nights": "two"}, {"activity": {"play": 1}},
])
def test_answer_that_was_asked_for_differently_once_stays_as_it_is(odd):
    assert there_and_back(EntryKind.FRACTURE, odd) == odd
