"""Making a backup: read the study at one moment, seal it, try it out, and only then give the file its name."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from backend.access.seal import Seal
from backend.backup.canonical import Tally
from backend.backup.checking import Checked, check
from backend.backup.document import DocumentWriter, Manifest
from backend.backup.images import Images
from backend.backup.refusals import Differs, DoesNotFit
from backend.backup.sealed_file import SealedWriter
from backend.backup.snapshot import lines_of, snapshot
from backend.backup.tables import migrations_that_ran, shapes
from backend.failpoints import reach
from backend.image_store import ImageStore
from backend.on_disk import sync_folder
from models.database import close_database, open_database

EMPTY = "there are no tables in this database, so there is nothing to back up"
Progress = Callable[[str], object]


@dataclass(frozen=True)
class StudyKey:
    """The SECRET_KEY of an installation. `own`: an embedded study made it itself, and it travels in the backup."""

    secret_key: str
    own: bool = False

    @property
    def fingerprint(self) -> str:
        return Seal(self.secret_key).keyed_hash("which SECRET_KEY a backup was made under")


async def make_backup(
    url: str, path: Path, passphrase: str, key: StudyKey, *, now: datetime, progress: Progress = lambda line: None,
    store: ImageStore | None = None,
) -> Checked:
    """Write the backup to `path`; it stands there only if it came back whole. Raises BackupRefused."""
    part = path.with_name(f"{path.name}.part")
    try:
        progress("reading the study …")
        written = await write_backup(url, part, passphrase, key, now, store)
        progress("putting it back into a scratch database and comparing …")
        checked = await check(part, passphrase, url)
        if checked.tallies != written:
            raise Differs("the file does not hold what was read from the study")
    except Differs:
        part.replace(path.with_name(f"{path.name}.failed"))
        raise
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    reach("backup.before_naming")
    part.replace(path)
    sync_folder(path.parent)
    return checked


async def write_backup(
    url: str, part: Path, passphrase: str, key: StudyKey, now: datetime, store: ImageStore | None = None
) -> dict[str, Tally]:
    """The study as it is at one moment, with the images of its store, sealed; not tried out yet."""
    await open_database(url, 2)
    try:
        tables = await shapes()
        if not tables:
            raise DoesNotFit(EMPTY)
        manifest = Manifest(
            made_at=now, migrations=await migrations_that_ran(), key_fingerprint=key.fingerprint,
            own_key=key.secret_key if key.own else None, tables=tables,
        )
        with _private_file(part) as file:
            writer, images = DocumentWriter(SealedWriter(file, passphrase), manifest), Images()
            async with snapshot() as driver:
                for table in tables:
                    writer.begin(table)
                    async for lines in lines_of(driver, table):
                        writer.add(lines)
                        images.note(table, lines)
                    writer.finish()
            if store:
                await images.write(writer, store)
            writer.close()
        return writer.tallies
    finally:
        await close_database()


@contextlib.contextmanager
def _private_file(path: Path) -> Iterator[BinaryIO]:
    """Readable by its owner only, and on the disk when it is closed."""
    path.unlink(missing_ok=True)  # what a killed backup left
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
