"""Trying a backup out: read it back, put it into a scratch database, and compare every table with what it says."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend.backup.canonical import Tally
from backend.backup.document import Document, opened
from backend.backup.filling import fill
from backend.backup.refusals import Differs, DoesNotFit
from backend.backup.scratch import scratch_database
from backend.backup.snapshot import driver_of_transaction, tally_of
from models.migrator import known, migrate_here
from models.statement import rows
from models.transaction import atomic

NEWER = "this backup was made by a newer version of the programme; restore it with that version, then go on"
_GAPS = """SELECT count(*) AS n FROM participant AS p LEFT JOIN
(SELECT participant_id, count(*) AS events, max(seq) AS last FROM audit_event GROUP BY participant_id) AS trail
ON trail.participant_id = p.id
WHERE COALESCE(trail.events, 0) <> p.seq OR COALESCE(trail.last, 0) <> p.seq"""


@dataclass(frozen=True)
class Checked:
    """What a backup that came back whole holds."""

    made_at: datetime
    tallies: dict[str, Tally]
    participants_with_gaps: int
    """Their audit trail misses a number, in the study as in the backup: a person has to look."""
    images: int = 0
    images_missing: int = 0
    """Named by a row, and not in the store: a person has to look."""

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.tallies.values())


async def check(path: Path, passphrase: str, url: str) -> Checked:
    """Raises BackupRefused. `url` is the study whose server may lend a scratch database."""
    with opened(path, passphrase) as document:
        level = level_of(document)
        async with scratch_database(url):
            return await _put_back_and_compare(document, level)


def level_of(document: Document) -> str:
    """The migration at which the tables of the backup stood. Raises DoesNotFit for one we don't know."""
    ran = document.manifest.migrations
    if ran != known()[: len(ran)]:
        raise DoesNotFit(NEWER)
    return ran[-1]


@atomic
async def _put_back_and_compare(document: Document, level: str) -> Checked:
    await migrate_here(level)
    await fill(document)
    driver = driver_of_transaction()
    for table in document.manifest.tables:
        if await tally_of(driver, table) != document.tallies[table.name]:
            raise Differs(f"the rows of {table.name} did not come back as they were")
    gaps = (await rows(_GAPS))[0]["n"]
    return Checked(
        document.manifest.made_at, document.tallies, gaps, document.images, document.images_missing
    )
