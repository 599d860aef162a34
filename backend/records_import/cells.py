"""The cells of one row, read as what their columns hold; whatever is wrong is noted with row and column."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from backend.records_import.faults import CellFault, Faults
from backend.records_import.table import Row, is_formula

LONGEST = 4000
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Reader = Callable[[str], T]
_CODE = re.compile(r"[A-Z0-9]{2,10}-[0-9]{3,6}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
_MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AGE = re.compile(r"([0-9]{2})\+([0-6])")


class Cells:
    """One row under its header. `read` gives None for an empty cell, and for one that can't be used."""

    def __init__(self, row: Row, header: list[str], faults: Faults) -> None:
        self.number, self._faults, self._before = row.number, faults, faults.count
        if len(row.cells) != len(header):
            self.wrong(None, f"has {len(row.cells)} cells where the header has {len(header)}")
        self._cells = dict(zip(header, row.cells, strict=False))
        for name, cell in self._cells.items():
            if is_formula(cell):
                self.wrong(name, "begins like a formula (= + - @ or a control character) and is refused")
            elif len(cell) > LONGEST:
                self.wrong(name, f"is longer than {LONGEST} characters")

    @property
    def are_usable(self) -> bool:
        return self._faults.count == self._before

    def wrong(self, column: str | None, says: str) -> None:
        self._faults.add(self.number, column, says)

    def read(self, column: str, reader: Reader[T]) -> T | None:
        text = self._cells.get(column, "").strip()
        if not text or is_formula(text):
            return None
        try:
            return reader(text)
        except CellFault as fault:
            self.wrong(column, str(fault))
            return None

    def need(self, column: str, reader: Reader[T]) -> T | None:
        """As `read`; an empty cell is wrong."""
        if not self._cells.get(column, "").strip():
            self.wrong(column, "is empty")
            return None
        return self.read(column, reader)


def text(cell: str) -> str:
    return cell


def participant_code(cell: str) -> str:
    return _matching(_CODE, cell, "is no participant's code such as SE01-003")


def reference(cell: str) -> str:
    return _matching(_REFERENCE, cell, "takes at most 40 letters, digits and . _ / - (no names)")


def month(cell: str) -> str:
    return _matching(_MONTH, cell, "is not YYYY-MM")


def day(cell: str) -> date:
    try:
        return date.fromisoformat(_matching(_DAY, cell, "is not YYYY-MM-DD"))
    except ValueError as fault:
        raise CellFault("is no day of the calendar") from fault


def whole_number(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit()) or len(cell) > 9:
        raise CellFault("is no whole number")
    return int(cell)


def yes_or_no(cell: str) -> bool:
    if cell.lower() not in ("yes", "no", "true", "false"):
        raise CellFault("is not yes or no")
    return cell.lower() in ("yes", "true")


def gestational_age(cell: str) -> tuple[int, int]:
    """(weeks, days)"""
    found = _AGE.fullmatch(cell)
    if not found or not 20 <= int(found[1]) <= 45:
        raise CellFault("is not weeks+days such as 38+2")
    return int(found[1]), int(found[2])


def one_of(words: type[E]) -> Reader[E]:
    def read(cell: str) -> E:
        try:
            return words(cell)
        except ValueError as unknown:
            raise CellFault(f"is not one of {', '.join(words)}") from unknown

    return read


def several(cell: str) -> list[str]:
    """`a;b`: the parts, none of them empty."""
    parts = [part.strip() for part in cell.split(";")]
    if not all(parts):
        raise CellFault("has an empty part between semicolons")
    return parts


def each(reader: Reader[T]) -> Reader[list[T]]:
    return lambda cell: [reader(part) for part in several(cell)]


def _matching(pattern: re.Pattern[str], cell: str, otherwise: str) -> str:
    if not pattern.fullmatch(cell):
        raise CellFault(otherwise)
    return cell
