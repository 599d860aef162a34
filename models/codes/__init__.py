"""The pinned table of codes: what our words are called in SNOMED CT, ICD-10, LOINC, Orphanet, MeSH and UCUM.

Public maps of these codes are often wrong, so a row is bound only with its source and the day it was verified; what
has no certain code is bound to our own list (`LOCAL`), in words. Never guess a row: tests hold each display text.
"""

import csv
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

LOCAL = "urn:x-study:fracture-diary"
SNOMED, ICD_10, LOINC = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10", "http://loinc.org"
TABLE = Path(__file__).parent / "codes.csv"
Match = Literal["same", "wider", "narrower"]


class Code(msgspec.Struct, frozen=True):
    """`word` of `field` (`femur` of `bone`, `femur/shaft` of `place`) in another system."""

    system: str
    code: str
    display: str
    field: str
    word: str
    match: Match
    """`wider`: the code says less than our word, so the word is sent beside it."""
    source: str
    """Where it was seen; `background`: known to those who wrote it, to be verified before anybody relies on it."""
    verified_on: str | None


@lru_cache
def codes() -> tuple[Code, ...]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        return tuple(msgspec.convert({**row, "verified_on": row["verified_on"] or None}, Code)
                     for row in csv.DictReader(table))
