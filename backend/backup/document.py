"""What stands inside the envelope: gzipped lines of JSON. `age --decrypt FILE | gunzip` shows them.

A manifest; per table its name, its rows, and how many they were with their digest; then the end.
"""

import contextlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from backend.backup.canonical import Line, Tally
from backend.backup.refusals import Damaged
from backend.backup.sealed_file import SealedWriter, unseal
from backend.backup.tables import TableShape

FORMAT = "fracture-diary backup 1"
GZIP = 31
"""zlib's number for its gzip form."""
FAST = 3
NOT_OURS = "the file opens, but it is no backup that this version knows"
INCOMPLETE = "what stands in the file is not what was written into it"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    format: str = FORMAT
    made_at: datetime
    migrations: list[str]
    """Those that had run; the last one is the level of the tables."""
    key_fingerprint: str
    """Keyed hash by which another SECRET_KEY is noticed before anything is written."""
    own_key: str | None
    """An embedded study's secret key, which stands nowhere but beside its database."""
    tables: list[TableShape]


class Heading(msgspec.Struct, tag="table", tag_field="line"):
    name: str


class Sum(msgspec.Struct, tag="sum", tag_field="line"):
    rows: int
    digest: str


class End(msgspec.Struct, tag="end", tag_field="line"):
    tables: int


Mark = Heading | Sum | End
_marks: msgspec.json.Decoder[Mark] = msgspec.json.Decoder(Heading | Sum | End)


class DocumentWriter:
    def __init__(self, sealed: SealedWriter, manifest: Manifest) -> None:
        self._sealed, self._gzip = sealed, zlib.compressobj(FAST, wbits=GZIP)
        self.tallies: dict[str, Tally] = {}
        self._write([msgspec.json.encode(manifest)])

    def begin(self, table: TableShape) -> None:
        self._tally = self.tallies[table.name] = Tally()
        self._write([msgspec.json.encode(Heading(table.name))])

    def add(self, lines: list[Line]) -> None:
        self._tally.add(lines)
        self._write(lines)

    def finish(self) -> None:
        self._write([msgspec.json.encode(Sum(self._tally.rows, self._tally.digest))])

    def close(self) -> None:
        self._write([msgspec.json.encode(End(len(self.tallies)))])
        self._sealed.write(self._gzip.flush())
        self._sealed.close()

    def _write(self, lines: list[Line]) -> None:
        if lines:
            self._sealed.write(self._gzip.compress(b"\n".join(lines) + b"\n"))


@dataclass
class Document:
    """A backup being read, once, from beginning to end."""

    manifest: Manifest
    _lines: Iterator[list[Line]]
    tallies: dict[str, Tally] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.tallies.values())

    def batches(self) -> Iterator[tuple[TableShape, list[Line]]]:
        """All rows. Raises Damaged; only when it ends by itself was everything there."""
        expected, table, ended = iter(self.manifest.tables), None, False
        for line, rows in _grouped(self._lines):
            if rows and table:
                self.tallies[table.name].add(rows)
                yield table, rows
                continue
            mark = self._marked(line)
            if isinstance(mark, Heading) and table is None and not ended:
                table = self._next(expected, mark)
            elif isinstance(mark, Sum) and table:
                self._compare(table, mark)
                table = None
            elif isinstance(mark, End) and table is None and len(self.tallies) == len(self.manifest.tables):
                ended = True
            else:
                raise Damaged(INCOMPLETE)
        if not ended:
            raise Damaged(INCOMPLETE)

    def _next(self, expected: Iterator[TableShape], mark: Heading) -> TableShape:
        table = next(expected, None)
        if table is None or table.name != mark.name:
            raise Damaged(INCOMPLETE)
        self.tallies[table.name] = Tally()
        return table

    def _compare(self, table: TableShape, mark: Sum) -> None:
        tally = self.tallies[table.name]
        if (tally.rows, tally.digest) != (mark.rows, mark.digest):
            raise Damaged(INCOMPLETE)

    @staticmethod
    def _marked(line: Line) -> Mark:
        try:
            return _marks.decode(line)
        except msgspec.DecodeError as fault:
            raise Damaged(INCOMPLETE) from fault


@contextlib.contextmanager
def opened(path: Path, passphrase: str) -> Iterator[Document]:
    """Raises WrongPassphrase or Damaged, FileNotFoundError and its like."""
    with path.open("rb") as file:
        lines = _lines(file, passphrase)
        first = next(lines, [])
        try:
            manifest = msgspec.json.decode(first[0] if first else b"", type=Manifest)
        except msgspec.DecodeError as fault:
            raise Damaged(NOT_OURS) from fault
        if manifest.format != FORMAT:
            raise Damaged(NOT_OURS)
        yield Document(manifest, _after(first[1:], lines))


def read_through(path: Path, passphrase: str) -> Document:
    """Nothing is kept of it: whether the file is whole is known before anything is written anywhere."""
    with opened(path, passphrase) as document:
        for _ in document.batches():
            pass
        return document


def _after(first: list[Line], lines: Iterator[list[Line]]) -> Iterator[list[Line]]:
    yield first
    yield from lines


def _lines(file: BinaryIO, passphrase: str) -> Iterator[list[Line]]:
    inflater, rest = zlib.decompressobj(wbits=GZIP), b""
    for piece in unseal(file, passphrase):
        if inflater.eof:
            raise Damaged(INCOMPLETE)
        try:
            *whole, rest = (rest + inflater.decompress(piece)).split(b"\n")
        except zlib.error as fault:
            raise Damaged(NOT_OURS) from fault
        if whole:
            yield whole
    if not inflater.eof or inflater.unused_data or rest:
        raise Damaged(INCOMPLETE)


def _grouped(batches: Iterable[list[Line]]) -> Iterator[tuple[Line, list[Line]]]:
    """(a mark, no rows) or (nothing, rows): rows begin with a bracket, marks with a brace."""
    for batch in batches:
        begin = 0
        for place in [place for place, line in enumerate(batch) if line[:1] == b"{"]:
            if place > begin:
                yield b"", batch[begin:place]
            yield batch[place], []
            begin = place + 1
        if begin < len(batch):
            yield b"", batch[begin:]
