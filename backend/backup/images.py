"""The images of a study inside its backup: after the tables, one after the other, never two in memory."""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from backend.backup.canonical import Line
from backend.backup.document import DocumentWriter, Image, opened
from backend.backup.tables import TableShape
from backend.image_store import ImageStore, image_of, thumbnail_of

TABLE = "attachment"


@dataclass
class Images:
    """What the rows of a backup name, noted as they are written."""

    digests: set[str] = field(default_factory=set)

    def note(self, table: TableShape, lines: list[Line]) -> None:
        columns = list(table.columns)
        if table.name != TABLE or not {"sha256", "state"} <= set(columns):
            return
        state, digest = columns.index("state"), columns.index("sha256")
        rows = (msgspec.json.decode(line) for line in lines)
        self.digests |= {row[digest] for row in rows if row[state] == "stored" and row[digest]}

    async def write(self, writer: DocumentWriter, store: ImageStore) -> None:
        """Content never changes, and is cleared away a day after its row at the earliest: no snapshot is needed."""
        for digest in sorted(self.digests):
            for name in (image_of(digest), thumbnail_of(digest)):
                writer.add_image(name, await store.get(name))


async def put_images_back(path: Path, passphrase: str, store: ImageStore) -> int:
    """How many; before the rows, which must never name what isn't there. Raises BackupRefused."""
    put = 0
    with opened(path, passphrase) as document:
        for part in document.parts():
            if isinstance(part, Image):
                await store.put(part.name, part.content)
                put += 1
    return put
