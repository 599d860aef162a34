"""What follows from the answers: beside them, never over them."""

import pytest

from models.derived_answers import HIGH_IMPACT, LOW_IMPACT, derived_answers
from models.protocol import load_protocol
from models.vocabulary import EntryKind


@pytest.mark.parametrize(("force", "impact"), [
    ("fall_from_standing", "low"), ("minimal_handling", "low"), ("fall_from_height", "high"),
    ("hit_by_person_or_object", "unknown"), ("unknown", "unknown"), ("a word of tomorrow", "unknown"),
])
def test_impact_class_follows_from_the_force(force: str, impact: str) -> None:
    assert derived_answers({"force": force}) == {"impact_class": impact}


def test_nothing_follows_from_nothing() -> None:
    assert derived_answers({}) == derived_answers({"force": None}) == derived_answers({"force": ["odd"]}) == {}


def test_every_force_with_a_class_can_be_answered() -> None:
    assert set(load_protocol().form(EntryKind.FRACTURE).field["force"].codes) >= LOW_IMPACT | HIGH_IMPACT
