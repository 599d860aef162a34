"""One spelling of every value, whichever database it comes from."""

import json

import pytest

from backend.backup.canonical import Kind, Tally, canonical_json, for_sqlite, from_database


@pytest.mark.parametrize(("python", "postgres"), [
    ('{"b": 1, "a": {"d": 2, "c": 3}}', '{"a": {"c": 3, "d": 2}, "b": 1}'),
    ('{"n": 1e+22}', '{"n": 10000000000000000000000}'),
    ('{"n": 1e-07}', '{"n": 0.0000001}'),
    ('[-0.0, 1.0, 1e23]', '[0.0, 1.0, 100000000000000000000000]'),
    ('["\\u00e5 1e22"]', '["å 1e22"]'),
    ("[]", "[]"),
])
def test_json_has_one_spelling(python, postgres):
    assert canonical_json(python) == canonical_json(postgres)
    assert json.loads(canonical_json(python), parse_int=float) == json.loads(python, parse_int=float)


@pytest.mark.parametrize("instant", ["2026-11-22 12:00:00+00:00", "2026-11-22 12:00:00.000001+00:00"])
def test_instant_returns_to_sqlite_as_tortoise_wrote_it(instant):
    lines = from_database([Kind.INSTANT], postgres=False)([(instant,), (None,)])

    assert for_sqlite([Kind.INSTANT])(lines) == [[instant], [None]]


def test_order_of_rows_does_not_matter_but_every_row_does():
    one, other, third = Tally(), Tally(), Tally()
    one.add([b"[1]", b"[2]", b"[2]"])
    other.add([b"[2]"])
    other.add([b"[2]", b"[1]"])
    third.add([b"[1]", b"[2]", b"[1]"])

    assert one == other
    assert one != third
