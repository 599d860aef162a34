"""A form of the protocol as fields of a page, and what was typed into them as answers. Pure."""

import re
from collections.abc import Callable
from typing import Any

from backend.console.typed import Typed
from models.protocol import Field, Form

MOST_ROWS = 20
"""Of a list for which the protocol names no most."""
LONGEST_NUMBER = 9
_DECIMAL = re.compile(r"-?[0-9]{1,9}[.,][0-9]{1,6}")


def asked(form: Form) -> dict[str, Field]:
    """The questions that a person can answer; an entry or an image is nothing that anybody tells on the phone."""
    return {name: field for name, field in form.field.items() if not _names_something(field)}


def _names_something(field: Field) -> bool:
    return field.type == "id" or any(inner.type == "id" for inner in field.item.values())


def answers_typed(form: Form, typed: Typed) -> dict[str, Any]:
    """Only what was answered. What can't be read stays as it was typed: the edit checks say so, here as anywhere."""
    found = {name: _answer(field, f"data.{name}", typed) for name, field in asked(form).items()}
    return {name: answer for name, answer in found.items() if answer is not None}


def not_asked(form: Form, data: dict[str, Any]) -> dict[str, Any]:
    """What an entry says besides what this page asks about, or can show: told when it was asked for differently."""
    questions = asked(form)
    return {name: answer for name, answer in data.items() if name not in questions
            or not _can_be_shown(questions[name], answer)}


def typed_from(form: Form, data: dict[str, Any]) -> Typed:
    """An entry's answers as they would be typed."""
    typed: Typed = {}
    for name, field in asked(form).items():
        if data.get(name) is not None and _can_be_shown(field, data[name]):
            typed |= _shown(field, f"data.{name}", data[name])
    return typed


def rows(field: Field) -> int:
    return int(field.max or MOST_ROWS)


def is_filled(name: str, typed: Typed) -> bool:
    """Whether anything was typed into this row of a list."""
    return any(text.strip() for key, text in typed.items() if key.startswith(f"{name}."))


def _answer(field: Field, name: str, typed: Typed) -> Any:
    return _READ.get(field.type, _text)(field, name, typed)


def _text(_field: Field, name: str, typed: Typed) -> str | None:
    return typed.get(name, "").strip() or None


def _codes(field: Field, name: str, typed: Typed) -> list[str] | None:
    return [code for code in field.codes if typed.get(f"{name}.{code}")] or None


def _number(field: Field, name: str, typed: Typed) -> int | str | None:
    text = _text(field, name, typed)
    digits = (text or "").removeprefix("-")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER
    return int(text) if text and is_number else text


def _decimal(field: Field, name: str, typed: Typed) -> float | int | str | None:
    """With a comma or a point."""
    whole = _number(field, name, typed)
    if isinstance(whole, str) and _DECIMAL.fullmatch(whole):
        return float(whole.replace(",", "."))
    return whole


def _yes_or_no(field: Field, name: str, typed: Typed) -> bool | str | None:
    text = _text(field, name, typed)
    return {"yes": True, "no": False}.get(text, text) if text else None


def _partial_date(field: Field, name: str, typed: Typed) -> str | None:
    """A date as far as it is known, from one to another, open to one side, or not known at all."""
    how = typed.get(f"{name}.how")
    first, last = _point(field, name, typed), _point(field, f"{name}.until", typed)
    if how == "unknown":
        return "unknown"
    if how in ("before", "after"):
        return f"../{first}" if how == "before" else f"{first}/.."
    return f"{first}/{last}" if last or how == "range" else first or None


def _point(field: Field, name: str, typed: Typed) -> str:
    """Year, month, day and time as far as they are known; a gap (a day of no month) stays visible as one."""
    year, month, day, time = (_text(field, f"{name}.{part}", typed) or "" for part in ("year", "month", "day", "time"))
    parts = [year, month.zfill(2) if month else "", day.zfill(2) if day else ""]
    while parts and not parts[-1]:
        parts.pop()
    return "-".join(parts) + (f"T{time}" if time else "")


def _list(field: Field, name: str, typed: Typed) -> list[dict[str, Any]] | None:
    found = []
    for row in range(rows(field)):
        parts = {part: _answer(inner, f"{name}.{row}.{part}", typed) for part, inner in field.item.items()}
        found.append({part: answer for part, answer in parts.items() if answer is not None})
    return [row for row in found if row] or None


_READ: dict[str, Callable[[Field, str, Typed], Any]] = {
    "codes": _codes, "integer": _number, "number": _decimal, "boolean": _yes_or_no, "partial_date": _partial_date,
    "list": _list,
}


def _shown(field: Field, name: str, answer: Any) -> Typed:
    if field.type == "codes":
        return {f"{name}.{code}": "yes" for code in answer}
    if field.type == "list":
        parts = [(f"{name}.{row}.{part}", field.item[part], inner) for row, item in enumerate(answer)
                 for part, inner in item.items() if part in field.item and inner is not None]
        return {key: text for at, inner, value in parts for key, text in _shown(inner, at, value).items()}
    if field.type == "partial_date":
        return _parts_of(name, answer)
    if field.type == "boolean":
        return {name: "yes" if answer is True else "no"}
    return {name: str(answer)}


def _parts_of(name: str, date: str) -> Typed:
    first, _, last = date.partition("/")
    if date == "unknown":
        return {f"{name}.how": "unknown"}
    if ".." in (first, last):
        how, told = ("before", last) if first == ".." else ("after", first)
        return {f"{name}.how": how} | _parts_of_point(name, told)
    until = {f"{name}.how": "range"} | _parts_of_point(f"{name}.until", last) if last else {}
    return _parts_of_point(name, first) | until


def _parts_of_point(name: str, date: str) -> Typed:
    days, _, time = date.partition("T")
    parts = dict(zip(("year", "month", "day"), days.split("-"), strict=False))
    typed = {f"{name}.{part}": text.lstrip("0") for part, text in parts.items()}
    return typed | ({f"{name}.time": time} if time else {})


def _can_be_shown(field: Field, answer: Any) -> bool:
    if field.type == "list":
        return isinstance(answer, list) and all(
            isinstance(item, dict) and all(value is None or name not in field.item
                                           or _can_be_shown(field.item[name], value) for name, value in item.items())
            for item in answer)
    return isinstance(answer, _SHOWN_AS.get(field.type, str))


_SHOWN_AS: dict[str, type | tuple[type, ...]] = {
    "codes": list, "boolean": bool, "integer": int, "number": (int, float),
}
