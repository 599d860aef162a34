"""A CSV file → rows of cells (pure): UTF-8 with or without a mark, commas or semicolons, and nothing that a
spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backend.records_import.faults import UnusableFile

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 100_000
REMARK = "#"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
OTHER_ENCODINGS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"PK\x03\x04", "a spreadsheet, not CSV"))


@dataclass(frozen=True)
class Row:
    number: int
    """As a spreadsheet counts: the header is row 1."""
    cells: list[str]


@dataclass(frozen=True)
class Table:
    header: list[str]
    rows: list[Row]


def read_table(content: bytes) -> Table:
    """Raises UnusableFile. A row that is empty or begins with # is a remark."""
    text = _text(content)
    lines = _lines(text, _delimiter(text))
    header = next(lines, None)
    if header is None:
        raise UnusableFile("The file is empty")
    names = [name.strip().lower() for name in header.cells]
    if twice := {name for name in names if names.count(name) > 1}:
        raise UnusableFile(f"The header names {sorted(twice)[0] or 'an empty column'} twice")
    rows = list(_bounded(lines))
    if not rows:
        raise UnusableFile("There is no row below the header")
    return Table(names, rows)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run it, or no text field takes it."""
    return cell.startswith(STARTS_A_FORMULA) or cell.strip().startswith(STARTS_A_FORMULA) or "\0" in cell


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise UnusableFile(f"The file is larger than {MOST_BYTES // 1024**2} MB; bring it in in parts")
    for start, name in OTHER_ENCODINGS:
        if content.startswith(start):
            raise UnusableFile(f"The file is {name}; save it as “CSV UTF-8”")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise UnusableFile(f"The file is not UTF-8 (see line {line}); save it as “CSV UTF-8”") from fault


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _lines(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells) and not cells[0].startswith(REMARK):
                yield Row(number, cells)
    except csv.Error as fault:
        raise UnusableFile(f"Row {number + 1} is no CSV ({fault})") from fault


def _bounded(lines: Iterable[Row]) -> Iterator[Row]:
    for many, row in enumerate(lines, 1):
        if many > MOST_ROWS:
            raise UnusableFile(f"There are more than {MOST_ROWS:,} rows; bring them in in parts")
        yield row
