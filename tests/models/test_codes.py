"""The pinned table of codes: right display, right check digit, every word bound, nothing bound that is uncertain."""

import re

import pytest

from models.codes import ICD_10, LOCAL, LOINC, SNOMED, codes
from models.protocol import load_protocol
from models.vocabulary import EntryKind
from tests.models.pinned_codes import PINNED

FOREIGN = [code for code in codes() if code.system != LOCAL]
PROTOCOL = load_protocol()
SITE = PROTOCOL.form(EntryKind.FRACTURE).field["sites"].item
NO_SINGLE_CONCEPT = {"radius", "ulna", "fibula", "finger", "toe"}
_TIMES = [[0, 1, 2, 3, 4], [1, 2, 3, 4, 0], [2, 3, 4, 0, 1], [3, 4, 0, 1, 2], [4, 0, 1, 2, 3]]
_SHIFT = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def product(one: int, other: int) -> int:
    """Of two elements of the dihedral group of order ten."""
    turn = _TIMES[one % 5][other % 5] if one < 5 else (one - other) % 5
    return turn if (one < 5) == (other < 5) else turn + 5


def verhoeff(digits: str) -> int:
    """0 for a number whose last digit is its Verhoeff check digit."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        shifted = int(digit)
        for _ in range(place % 8):
            shifted = _SHIFT[shifted]
        check = product(check, shifted)
    return check


def mod_10(digits: str) -> int:
    """LOINC's check digit: Luhn's, over the number before the hyphen."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return -sum(sum(map(int, str(number))) for number in doubled) % 10


def test_check_digits_are_reckoned_as_their_owners_do():
    assert (verhoeff("2363"), verhoeff("73211009"), verhoeff("73211008") == 0) == (0, 0, False)
    assert (mod_10("2345"), mod_10("8480"), mod_10("8302")) == (7, 6, 2)


@pytest.mark.parametrize("code", FOREIGN, ids=lambda code: f"{code.code}-{code.word}")
def test_code_has_its_display_its_check_digit_and_its_source(code):
    assert PINNED[code.system, code.code] == code.display
    assert code.source
    assert (code.verified_on is None) == (code.source == "background")
    if code.system == SNOMED:
        assert verhoeff(code.code) == 0
        assert re.search(r" \((disorder|body structure|qualifier value|morphologic abnormality)\)$", code.display)
    if code.system == LOINC:
        number, _, digit = code.code.partition("-")
        assert mod_10(number) == int(digit)
    if code.system == ICD_10:
        assert re.fullmatch(r"[A-Z]\d\d(\.\d)?", code.code)


def test_nothing_else_is_pinned_and_no_row_stands_twice():
    assert {(code.system, code.code) for code in FOREIGN} == PINNED.keys()
    rows = [(code.system, code.code, code.field, code.word) for code in codes()]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(("field", "asked"), [
    ("bone", SITE["bone"]), ("side", SITE["side"]), ("level", SITE["level"]),
    ("scale", PROTOCOL.form(EntryKind.PAIN).field["scale"]),
], ids=["bone", "side", "level", "scale"])
def test_every_word_that_is_asked_for_is_bound_or_called_local(field, asked):
    bound = {code.word for code in codes() if code.field == field}

    assert bound == set(asked.codes)


def test_what_is_bound_are_words_of_the_dictionary():
    bones, segments = set(SITE["bone"].codes), set(SITE["segment"].codes)
    for code in codes():
        if code.field in ("place", "fracture_of") and code.word != "any":
            bone, _, segment = code.word.partition("/")
            assert bone in bones, code
            assert not segment or segment in segments, code
    growth = {code.word for code in codes() if code.field == "growth"}
    assert growth <= PROTOCOL.form(EntryKind.GROWTH).field.keys()


def test_nothing_is_bound_that_nobody_could_verify():
    single = [code for code in codes() if code.system == SNOMED and code.field == "fracture_of"
              and code.word.partition("/")[0] in NO_SINGLE_CONCEPT]
    assert single == []
    assert [code for code in codes() if code.field == "scale" and code.word in ("FLACC", "r-FLACC")
            and code.system != LOCAL] == []
    assert [code for code in codes() if "meddra" in code.system.lower()] == []
    forearm = {code.word for code in codes() if code.code == "65966004"}
    assert forearm == set(), "public maps call the forearm's fracture one of the humerus"


async def test_api_publishes_the_table(as_):
    answer = await as_("mia").get("/api/v1/codes")

    told = answer.json()
    assert len(told) == len(codes())
    assert {"system": SNOMED, "code": "71341001", "display": "Bone structure of femur (body structure)",
            "field": "bone", "word": "femur", "match": "same", "verified_on": "2026-11-22",
            "source": "published FHIR body-structure list"} in told
    assert (await as_().get("/api/v1/codes")).status_code == 401
