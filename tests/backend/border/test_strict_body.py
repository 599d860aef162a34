"""Strict bodies: every fault at once, each with its JSON pointer."""

import time
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.border.faults import faults
from backend.border.strict_body import MAX_FAULTS, read_body, sound_json
from backend.errors import InvalidBody, MalformedBody


class Bone(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(max_length=5)]
    cracks: int = 0


class Report(msgspec.Struct, forbid_unknown_fields=True):
    bones: list[Bone]
    main: Bone | None = None
    more: list[Bone] | None = None
    by_side: dict[str, Bone] = {}
    data: dict[str, Any] = {}
    words: Annotated[list[str], msgspec.Meta(max_length=2)] = []
    either: int | str = 0


def pointers(raw: Any) -> set[str]:
    with pytest.raises(InvalidBody) as refused:
        read_body(msgspec.json.encode(raw), Report)
    return {fault["pointer"] for fault in refused.value.extra["errors"]}


@pytest.mark.parametrize(("raw", "expected"), [
    ({}, {"/bones"}),
    ([], {""}),
    ({"bones": "x", "colour": 1, "a/b~c": 2}, {"/bones", "/colour", "/a~1b~0c"}),
    ({"bones": [{"name": "rib"}, {"name": 5, "cracks": "2"}, 7, {}]},
     {"/bones/1/name", "/bones/1/cracks", "/bones/2", "/bones/3/name"}),
    ({"bones": [], "main": {"name": 5, "x": 1}}, {"/main/name", "/main/x"}),
    ({"bones": [], "main": 7}, {"/main"}),
    ({"bones": [], "more": [{"name": 1}, {"name": "toolong"}]}, {"/more/0/name", "/more/1/name"}),
    ({"bones": [], "by_side": {"left/right": {"name": 1}, "up": {}}},
     {"/by_side/left~1right/name", "/by_side/up/name"}),
    ({"bones": [], "data": 5, "words": ["a", 2, "c"], "either": 1.5}, {"/data", "/words/1", "/either"}),
    ({"bones": [], "words": ["a", "b", "c"]}, {"/words"}),
    ({"bones": None, "main": None, "more": None}, {"/bones"}),
])
def test_every_fault_is_named_at_once(raw, expected):
    assert pointers(raw) == expected


@pytest.mark.parametrize("raw", ['{"bones":[],"either":"5"}', '{"bones":[],"data":{"a":{"b":[1,null,"x"]}}}',
                                 '{"bones":[{"name":"rib","cracks":2}],"main":null,"by_side":{}}'])
def test_sound_bodies_are_read(raw):
    assert read_body(raw.encode(), Report) == msgspec.json.decode(raw, type=Report)


def test_number_of_named_faults_is_bounded():
    with pytest.raises(InvalidBody) as refused:
        read_body(b'{"bones":[' + b"1," * 100_000 + b"1]}", Report)

    assert len(refused.value.extra["errors"]) == MAX_FAULTS


@pytest.mark.parametrize("piece", [b'\\"', b'"', b"\\", b'"\\', b'\\\\"', b"[", b'{"a":', b"[[]],", b'"[', b"\xc3\xa9",
                                   b"9", b"1e9,"])
def test_no_body_costs_more_than_linear_time(piece):
    begun = time.monotonic()
    with pytest.raises(MalformedBody):
        sound_json(b"[" * 40 + piece * (1024 * 1024 // len(piece)))

    assert time.monotonic() - begun < 2


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"]))
    | st.floats(-1e18, 1e18),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4), max_leaves=20,
)


def has_nul(value: Any) -> bool:
    return "\\u0000" in msgspec.json.encode(value).decode().replace("\\\\", "")


@given(JSON_VALUES)
def test_every_sound_value_is_read_as_it_is(value):
    body = msgspec.json.encode(value)
    if has_nul(value):
        with pytest.raises(MalformedBody):
            sound_json(body)
    else:
        assert sound_json(body) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    try:
        sound_json(body)
    except MalformedBody:
        return


@given(JSON_VALUES)
def test_faults_are_found_exactly_where_reading_fails(value):
    raw = {"bones": [], "main": value}
    try:
        msgspec.convert(raw, Report, strict=True)
    except msgspec.ValidationError:
        assert list(faults(raw, Report))
    else:
        assert not list(faults(raw, Report))


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 9), min_size=1, max_size=4), st.randoms())
def test_member_named_twice_is_refused(members, chance):
    name = chance.choice(list(members))
    body = msgspec.json.encode(members)[:-1] + b"," + msgspec.json.encode(name) + b":1}"

    with pytest.raises(MalformedBody):
        sound_json(body)
