"""What stands inside the envelope: gzipped lines of JSON. `age --decrypt FILE | gunzip` shows them.

A manifest; per table its name, its rows, and how many they were with their digest; then every image, its bytes in
lines of base64; then the end.
"""

import base64
import binascii
import contextlib
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
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
PIECE = 192 * 1024
IMAGE_NAME = re.compile(r"(images|thumbnails)/[0-9a-f]{2}/[0-9a-f]{64}")
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


class ImageHeading(msgspec.Struct, tag="image", tag_field="line"):
    name: str
    size: int
    sha256: str


class End(msgspec.Struct, tag="end", tag_field="line"):
    tables: int
    images: int = 0
    images_missing: int = 0
    """Named by a row, and not in the store when the backup was made."""


@dataclass(frozen=True)
class Image:
    """One image or thumbnail, under its name in the store."""

    name: str
    content: bytes


Mark = Heading | Sum | ImageHeading | End
_marks: msgspec.json.Decoder[Mark] = msgspec.json.Decoder(Heading | Sum | ImageHeading | End)
Batch = tuple[TableShape, list[Line]]


class DocumentWriter:
    def __init__(self, sealed: SealedWriter, manifest: Manifest) -> None:
        self._sealed, self._gzip = sealed, zlib.compressobj(FAST, wbits=GZIP)
        self.tallies: dict[str, Tally] = {}
        self._images = self._images_missing = 0
        self._write([msgspec.json.encode(manifest)])

    def begin(self, table: TableShape) -> None:
        self._tally = self.tallies[table.name] = Tally()
        self._write([msgspec.json.encode(Heading(table.name))])

    def add(self, lines: list[Line]) -> None:
        self._tally.add(lines)
        self._write(lines)

    def finish(self) -> None:
        self._write([msgspec.json.encode(Sum(self._tally.rows, self._tally.digest))])

    def add_image(self, name: str, content: bytes | None) -> None:
        """After all tables; without content it is counted as missing."""
        if content is None:
            self._images_missing += 1
            return
        self._images += 1
        self._write([msgspec.json.encode(ImageHeading(name, len(content), sha256(content).hexdigest()))])
        for begin in range(0, len(content), PIECE):
            self._write([msgspec.json.encode([base64.b64encode(content[begin : begin + PIECE]).decode()])])

    def close(self) -> None:
        self._write([msgspec.json.encode(End(len(self.tallies), self._images, self._images_missing))])
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
    images: int = 0
    images_missing: int = 0

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.tallies.values())

    def batches(self) -> Iterator[Batch]:
        """All rows. Raises Damaged; only when it ends by itself was everything there."""
        return (part for part in self.parts() if not isinstance(part, Image))

    def parts(self) -> Iterator[Batch | Image]:
        """All rows, then all images. Raises Damaged, as above."""
        expected, table, ended = iter(self.manifest.tables), None, False
        coming: _Coming | None = None
        for line, rows in _grouped(self._lines):
            if rows and (table or coming):
                if table:
                    self.tallies[table.name].add(rows)
                    yield table, rows
                elif coming:
                    coming.add(rows)
                continue
            mark = self._marked(line)
            if coming:
                self.images += 1
                yield coming.whole()
                coming = None
            if isinstance(mark, Heading) and table is None and not ended:
                table = self._next(expected, mark)
            elif isinstance(mark, Sum) and table:
                self._compare(table, mark)
                table = None
            elif isinstance(mark, ImageHeading) and table is None and self._has_all_tables and not ended:
                coming = _Coming(mark)
            elif isinstance(mark, End) and table is None and self._has_all_tables and mark.images == self.images:
                self.images_missing, ended = mark.images_missing, True
            else:
                raise Damaged(INCOMPLETE)
        if not ended:
            raise Damaged(INCOMPLETE)

    @property
    def _has_all_tables(self) -> bool:
        return len(self.tallies) == len(self.manifest.tables)

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


@dataclass
class _Coming:
    """An image whose lines are being read."""

    heading: ImageHeading
    content: bytearray = field(default_factory=bytearray)

    def add(self, lines: list[Line]) -> None:
        try:
            for line in lines:
                self.content += base64.b64decode(msgspec.json.decode(line, type=tuple[str])[0], validate=True)
        except (msgspec.MsgspecError, binascii.Error, ValueError) as fault:
            raise Damaged(INCOMPLETE) from fault
        if len(self.content) > self.heading.size:
            raise Damaged(INCOMPLETE)

    def whole(self) -> Image:
        content, told = bytes(self.content), self.heading
        same = len(content) == told.size and sha256(content).hexdigest() == told.sha256
        if not same or not IMAGE_NAME.fullmatch(told.name):
            raise Damaged(INCOMPLETE)
        return Image(told.name, content)


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
