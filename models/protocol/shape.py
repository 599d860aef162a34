"""Every key of a protocol file that is unknown, missing or of the wrong type; a typo is told the nearest known key."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from models.protocol.lines import Path

Fault = tuple[Path, str]


def shape_faults(value: Any, wanted: Any, path: Path = ()) -> Iterator[Fault]:
    """(where, why) of all of them, not the first only."""
    origin, inner = get_origin(wanted), get_args(wanted)
    said = [one for one in inner if one is not NoneType]
    if origin in (Union, UnionType) and len(said) == 1:
        yield from shape_faults(value, said[0], path)
    elif isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        yield from _table(value, wanted, path)
    elif origin in (list, tuple):
        yield from _items(value, inner[0], path)
    elif origin is dict:
        yield from _named(value, inner, path)
    else:
        yield from _plain(value, wanted, path)


def _table(value: Any, wanted: type[msgspec.Struct], path: Path) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield path, f"must be a table, not {_called(value)}"
        return
    known = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
    for name, inner in value.items():
        if name in known:
            yield from shape_faults(inner, known[name].type, (*path, name))
        else:
            yield (*path, name), "is unknown" + nearest(name, known)
    yield from ((path, f"{name} is missing") for name, field in known.items() if field.required and name not in value)


def _items(value: Any, wanted: Any, path: Path) -> Iterator[Fault]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from shape_faults(inner, wanted, (*path, index))
    else:
        yield path, f"must be a list, not {_called(value)}"


def _named(value: Any, wanted: tuple[Any, ...], path: Path) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield path, f"must be a table, not {_called(value)}"
        return
    for name, inner in value.items():
        wrong = list(_plain(name, wanted[0], (*path, name)))
        yield from wrong or shape_faults(inner, wanted[1], (*path, name))


def _plain(value: Any, wanted: Any, path: Path) -> Iterator[Fault]:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError as fault:
        choices = _choices(wanted)
        if choices and isinstance(value, str):
            yield path, f"has no {value!r}{nearest(value, choices)}; one of {', '.join(choices)}"
        else:
            yield path, f"{_said(str(fault))}, not {_called(value)}" if "got" in str(fault) else _said(str(fault))


def _choices(wanted: Any) -> list[str]:
    if get_origin(wanted) is Annotated:
        wanted = get_args(wanted)[0]
    if get_origin(wanted) is Literal:
        return [one for one in get_args(wanted) if isinstance(one, str)]
    return [str(one.value) for one in wanted] if isinstance(wanted, type) and issubclass(wanted, Enum) else []


def nearest(name: str, known: Any) -> str:
    found = get_close_matches(name, [str(one) for one in known], n=1, cutoff=0.6)
    return f"; is {found[0]} meant?" if found else ""


_NAMES = {"array": "a list", "object": "a table", "str": "a text",
          "int": "a whole number", "float": "a number", "bool": "true or false"}


def _called(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return "true or false" if isinstance(value, bool) else f"{value!r}"


def _said(message: str) -> str:
    """msgspec's sentence in our words."""
    expected = message.removeprefix("Expected ").partition(", got")[0]
    words = re.sub(r"`(\w+)`", lambda found: _NAMES.get(found[1], found[1]), expected.replace(" | ", " or "))
    return f"must be {words}"
