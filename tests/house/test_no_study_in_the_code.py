"""What belongs to one study stands in its protocol file: no visit, rule, case definition or arm of it in the code."""

import re
import tomllib

import pytest

from models.protocol import BOOSTB4
from tests.house.sources import ROOT, name_of

TOLD = tomllib.loads(BOOSTB4.read_text("utf-8"))
SOURCES = [
    path for room in ("backend", "models", "notifications") for path in sorted((ROOT / room).rglob("*"))
    if path.suffix in (".py", ".js", ".html") and "migrations" not in path.parts
]
ABOUT_THE_BUILT_IN_STUDY = ("backend/demo/", "models/vocabulary/", "models/protocols/", "backend/api_examples.py")
"""Its made-up people, the words any study's arms are chosen from, the file itself, and examples in the description."""
NAMES_THE_FILE = {
    "models/protocol/__init__.py", "models/protocol/loading.py", "backend/wiring.py", "backend/settings.py",
}
EXAMPLES = {
    "backend/records_import/templates.py", "backend/border/text_types.py",
    "backend/console/templates/participants.html",
}
"""Say by example what a code looks like."""


def found(pattern: str, *, besides: set[str] | None = None) -> list[str]:
    seen = re.compile(pattern)
    return [
        f"{name_of(path)}: {match[0]}" for path in SOURCES
        if not name_of(path).startswith(ABOUT_THE_BUILT_IN_STUDY) and name_of(path) not in (besides or ())
        for match in seen.finditer(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize(("what", "key"), [
    ("safety_rule", "code"), ("case_definition", "id"), ("visit", "code"), ("edit_check", "code"), ("site", "code"),
])
def test_no_code_of_the_built_in_protocol_stands_in_the_code(what, key):
    codes = "|".join(re.escape(row[key]) for row in TOLD[what])

    assert found(rf"""["'`](?:{codes})["'`]""", besides=EXAMPLES) == []


def test_the_built_in_study_is_named_where_its_file_is_chosen_only():
    assert found(r"(?i)boostb4", besides=NAMES_THE_FILE) == []


def test_no_rule_of_the_code_is_for_a_named_arm():
    """`prenatal` alone has a meaning of its own: who isn't born yet."""
    arms = [arm for arm in TOLD["arms"] if arm not in ("prenatal", "postnatal", "historical")]

    assert found(rf"""["'`](?:{'|'.join(arms)})["'`]""") == []
    assert found(r"\bArm\.(?!PRENATAL\b)[A-Z_]+\b") == []
