"""The one form in which a value stands in a backup, whichever database it comes from or goes to.

A row is a line of JSON: ids, dates and instants (UTC, microseconds) as text, JSON columns as text with sorted keys.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec

Line = bytes
Row = list[Any]
Change = Callable[[Any], Any]

_as_line = msgspec.json.Encoder().encode
_as_json = msgspec.json.Encoder(order="deterministic").encode
_as_rows = msgspec.json.Decoder(list[Row]).decode
_SPELT_DIFFERENTLY = re.compile(r"[0-9][eE][+-]?[0-9]|-0\.0")
"""Numbers that PostgreSQL writes otherwise than Python; strings may look alike and are then read for nothing."""
_IN_COPY = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Kind(StrEnum):
    ID = "id"
    INSTANT = "instant"
    DATE = "date"
    JSON = "json"
    TRUTH = "truth"
    NUMBER = "number"
    TEXT = "text"


class Tally:
    """Number of rows, and a digest of their lines that no order changes: the sum of their SHA-256."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, lines: Sequence[Line]) -> None:
        self.rows += len(lines)
        self._sum += sum(int.from_bytes(sha256(line).digest()) for line in lines)

    @property
    def digest(self) -> str:
        return f"{self._sum % 2**256:064x}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and (self.rows, self.digest) == (other.rows, other.digest)

    __hash__ = None  # type: ignore[assignment] # it goes on counting


def column_in_postgres(name: str, kind: Kind) -> str:
    """What to select so that as little as possible is left to do here."""
    if kind is Kind.INSTANT:
        return f"""to_char("{name}" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return f'"{name}"::text' if kind in (Kind.ID, Kind.DATE, Kind.JSON) else f'"{name}"'


def from_database(kinds: Sequence[Kind], *, postgres: bool) -> Callable[[Iterable[Sequence[Any]]], list[Line]]:
    """Rows as a database gives them → lines."""
    changes: dict[Kind, Change] = {Kind.JSON: canonical_json}
    if not postgres:
        changes |= {Kind.INSTANT: _instant_of_sqlite, Kind.TRUTH: bool}
    return lambda rows: [_as_line(row) for row in _changed(rows, kinds, changes)]


def for_sqlite(kinds: Sequence[Kind]) -> Callable[[Sequence[Line]], list[Row]]:
    """Lines → values as Tortoise writes them."""
    changes: dict[Kind, Change] = {Kind.INSTANT: _instant_for_sqlite, Kind.TRUTH: int}
    return lambda lines: list(_changed(_rows(lines), kinds, changes))


def for_postgres(lines: Sequence[Line]) -> bytes:
    """Lines → the text that COPY reads."""
    return "".join("\t".join(map(_cell, row)) + "\n" for row in _rows(lines)).encode()


def _rows(lines: Sequence[Line]) -> list[Row]:
    return _as_rows(b"[" + b",".join(lines) + b"]")


def _changed(rows: Iterable[Sequence[Any]], kinds: Sequence[Kind], changes: dict[Kind, Change]) -> Iterable[Row]:
    places = [(place, changes[kind]) for place, kind in enumerate(kinds) if kind in changes]
    for found in rows:
        row = list(found)
        for place, change in places:
            if row[place] is not None:
                row[place] = change(row[place])
        yield row


def canonical_json(text: str) -> str:
    if len(text) == 2:  # {} and [], as most lists of findings are
        return text
    value = msgspec.json.decode(text)
    return _as_json(_one_spelling(value) if _SPELT_DIFFERENTLY.search(text) else value).decode()


def _one_spelling(value: Any) -> Any:
    """PostgreSQL keeps 1e22 as 10000000000000000000000 and knows no negative zero."""
    if isinstance(value, dict):
        return {name: _one_spelling(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_one_spelling(inner) for inner in value]
    if isinstance(value, float):
        return int(Decimal(repr(value))) if abs(value) >= 1e16 else value or 0.0
    return value


def _instant_of_sqlite(text: str) -> str:
    if text.endswith("+00:00"):
        if len(text) == 32:
            return f"{text[:10]}T{text[11:26]}Z"
        if len(text) == 25:
            return f"{text[:10]}T{text[11:19]}.000000Z"
    found = datetime.fromisoformat(text)
    utc = found.astimezone(UTC) if found.tzinfo else found
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _instant_for_sqlite(text: str) -> str:
    """Without microseconds where there are none, as Tortoise does: SQLite compares instants as text."""
    end = 19 if text.endswith(".000000Z") else 26
    return f"{text[:10]} {text[11:end]}+00:00"


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_IN_COPY)
    return str(value)
