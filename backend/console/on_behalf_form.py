"""A form of the protocol as fields of a page, and what was typed into them as answers. Pure."""

from collections.abc import Callable
from typing import Any

from backend.console.typed import Typed
from models.protocol import Field, Form

MOST_ROWS = 20
"""Of a list for which the protocol names no most."""
LONGEST_NUMBER = 9


def asked(form: Form) -> dict[str, Field]:
    """The questions that a person can answer; the id of another entry is nothing that anybody tells on the phone."""
    return {name: field for name, field in form.field.items() if field.type != "id"}


def answers_typed(form: Form, typed: Typed) -> dict[str, Any]:
    """Only what was answered. What can't be read stays as it was typed: the edit checks say so, here as anywhere."""
    found = {name: _answer(field, f"data.{name}", typed) for name, field in asked(form).items()}
    return {name: answer for name, answer in found.items() if answer is not None}


def rows(field: Field) -> int:
    return field.max or MOST_ROWS


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


def _yes_or_no(field: Field, name: str, typed: Typed) -> bool | str | None:
    text = _text(field, name, typed)
    return {"yes": True, "no": False}.get(text, text) if text else None


def _partial_date(field: Field, name: str, typed: Typed) -> str | None:
    """Year, month, day and time as far as they are known; a gap (a day of no month) stays visible as one."""
    year, month, day, time = (_text(field, f"{name}.{part}", typed) or "" for part in ("year", "month", "day", "time"))
    parts = [year, month.zfill(2) if month else "", day.zfill(2) if day else ""]
    while parts and not parts[-1]:
        parts.pop()
    return "-".join(parts) + (f"T{time}" if time else "") or None


def _list(field: Field, name: str, typed: Typed) -> list[dict[str, Any]] | None:
    found = []
    for row in range(rows(field)):
        parts = {part: _answer(inner, f"{name}.{row}.{part}", typed) for part, inner in field.item.items()}
        found.append({part: answer for part, answer in parts.items() if answer is not None})
    return [row for row in found if row] or None


_READ: dict[str, Callable[[Field, str, Typed], Any]] = {
    "codes": _codes, "integer": _number, "boolean": _yes_or_no, "partial_date": _partial_date, "list": _list,
}
