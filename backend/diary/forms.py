"""Answers against the form of their kind: what can't be stored (a fault) and what is merely odd (a finding)."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.partial_dates import span, told
from models.protocol import Field, Form

Fault = dict[str, str]
Finding = dict[str, Any]
UTC_ZONE = ZoneInfo("UTC")
LARGEST_TEXT = 4000
LONGEST_DATE = len("2026-11-20T14:30/2026-11-20T14:30")
A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def faults(form: Form, data: dict[str, Any]) -> list[Fault]:
    """Answers of the wrong type. A field this server doesn't know is kept, whatever it holds."""
    return [fault for name, value in data.items() if name in form.field and value is not None
            for fault in _faults(form.field[name], value, f"/data/{name}")]


def _faults(field: Field, value: Any, pointer: str) -> Iterator[Fault]:
    wanted = _WANTED[field.type]
    if not wanted[1](value):
        yield {"pointer": pointer, "detail": f"must be {wanted[0]}"}
    elif field.type == "list":
        for index, item in enumerate(value):
            yield from _item_faults(field, item, f"{pointer}/{index}")


def _item_faults(field: Field, item: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(item, dict):
        yield {"pointer": pointer, "detail": "must be an object"}
        return
    for name, value in item.items():
        if name in field.item and value is not None:
            yield from _faults(field.item[name], value, f"{pointer}/{name}")


def findings(form: Form, data: dict[str, Any]) -> list[Finding]:
    """Codes outside their list, numbers outside their range, intervals told backwards: stored, and remarked."""
    return [{"code": code, "field": name} for name, value in data.items()
            if name in form.field and value is not None for code in sorted(set(_oddities(form.field[name], value)))]


def _oddities(field: Field, value: Any) -> Iterator[str]:
    if not _WANTED[field.type][1](value):
        yield "of_another_form"  # written when the protocol asked for it differently
        return
    if field.type == "partial_date" and _is_reversed(value):
        yield "range_reversed"
    if field.type == "code" and value not in field.codes:
        yield "code_unknown"
    if field.type == "codes" and not set(value) <= set(field.codes):
        yield "code_unknown"
    if field.type in ("integer", "number") and not _between(field, value):
        yield "out_of_range"
    if field.type == "text" and field.max and len(value) > field.max:
        yield "too_long"
    if field.type == "list":
        if field.max and len(value) > field.max:
            yield "too_many"
        for item in value:
            yield from _item_oddities(field, item)


def _item_oddities(field: Field, item: Any) -> Iterator[str]:
    if not isinstance(item, dict):
        yield "of_another_form"
        return
    for name, inner in item.items():
        if name in field.item and inner is not None:
            yield from _oddities(field.item[name], inner)


def _between(field: Field, value: float) -> bool:
    return (field.min is None or value >= field.min) and (field.max is None or value <= field.max)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LARGEST_TEXT


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and bool(A_DAY.fullmatch(value)) and span(value, UTC_ZONE) is not None


def _is_partial_date(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_DATE and told(value, UTC_ZONE) is not None


def _is_reversed(text: str) -> bool:
    found = told(text, UTC_ZONE)
    return found is not None and found.is_reversed


def _is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and UUID(value) is not None
    except ValueError:
        return False


_WANTED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "partial_date": ("a date such as 2026-11 or 2026-11-20T14:30", _is_partial_date),
    "date": ("a date such as 2026-11-20", _is_date),
    "code": ("a code", lambda v: isinstance(v, str) and len(v) <= 100),
    "codes": ("a list of codes", lambda v: isinstance(v, list) and all(isinstance(c, str) for c in v)),
    "integer": ("a whole number", lambda v: type(v) is int and abs(v) < 2**31),
    "number": ("a number", lambda v: type(v) in (int, float) and abs(v) < 2**31),
    "boolean": ("true or false", lambda v: isinstance(v, bool)),
    "text": (f"a text of at most {LARGEST_TEXT} characters", _is_text),
    "id": ("a UUID", _is_id),
    "list": ("a list", lambda v: isinstance(v, list) and len(v) <= 100),
}
