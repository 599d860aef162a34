"""Putting a backup back into an empty database: in one transaction, so that a killed restore leaves it empty."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from backend import audit
from backend.access.actor import SYSTEM, Actor
from backend.backup.checking import level_of
from backend.backup.document import Document, Manifest, opened
from backend.backup.ending import end_what_lets_in
from backend.backup.filling import fill
from backend.backup.refusals import DoesNotFit
from backend.backup.scratch import connect
from backend.backup.tables import MIGRATIONS, migrations_that_ran, shapes
from backend.failpoints import reach
from models import Attachment, Heartbeat, Study
from models.actions import Action
from models.database import close_database, open_database
from models.delivery import Delivery
from models.fields import new_id
from models.migrator import migrate_here, migrating
from models.statement import is_postgres, rows
from models.transaction import atomic
from models.vocabulary import AttachmentState

NOT_EMPTY = "this database already holds a study; a backup is put back into an empty database only"
RUNNING = "something of this programme is still connected to the database; stop `serve` and `worker` first"
FRESH = timedelta(seconds=60)
PEOPLE = ("participant", "account", "diary_entry")
_OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND application_name = 'fracture-diary' AND pid <> pg_backend_pid()"""
Progress = Callable[[int], object]


async def require_empty(url: str, now: datetime) -> None:
    """A database without tables, or one in which nobody has been entered yet. Raises DoesNotFit."""
    if not url.startswith("sqlite:"):
        await _require_nobody_connected(url)
    await open_database(url, 1)
    try:
        names = {table.name for table in await shapes()}
        for table in PEOPLE:
            if table in names and await rows(f"SELECT 1 AS one FROM {table} LIMIT 1"):  # noqa: S608 - ours
                raise DoesNotFit(NOT_EMPTY)
        if "heartbeat" in names and await Heartbeat.exists(beat_at__gt=now - FRESH):
            raise DoesNotFit(RUNNING)
    finally:
        await close_database()


async def _require_nobody_connected(url: str) -> None:
    connection = await connect(url)
    try:
        if await connection.fetchval(_OTHERS):
            raise DoesNotFit(RUNNING)
    finally:
        await connection.close()


async def restore(
    url: str, path: Path, passphrase: str, now: datetime, progress: Progress = lambda rows: None
) -> int:
    """Fill the empty database from the backup; returns how many rows came back. Raises BackupRefused."""
    with opened(path, passphrase) as document:
        level_of(document)
        async with migrating(url):
            await put_back(SYSTEM.acting(Action.BACKUP_RESTORE), document, now, progress)
        return document.rows


@atomic
async def put_back(actor: Actor, document: Document, now: datetime, progress: Progress) -> None:
    """Tables as they were when the backup was made, all rows, then whatever has migrated since, and a new beginning."""
    await _make_tables(document)
    await fill(document, progress)
    await migrate_here()
    await _begin_anew(actor, document.manifest, now)
    reach("backup.before_restore_commit")


async def _make_tables(document: Document) -> None:
    """Tables at the level of the backup; those of a server that was started before the restore are taken down."""
    if await _has_tables():
        if await migrations_that_ran() == document.manifest.migrations and not await _holds_anything():
            return
        await migrate_here("__first__")
    await migrate_here(level_of(document))


async def _holds_anything() -> bool:
    for table in await shapes():
        if await rows(f'SELECT 1 AS one FROM "{table.name}" LIMIT 1'):  # noqa: S608 - names from the catalogue
            return True
    return False


async def _has_tables() -> bool:
    if is_postgres():
        found = await rows("SELECT to_regclass($1) IS NOT NULL AS there", MIGRATIONS)
        return bool(found[0]["there"])
    return bool(await rows("SELECT 1 AS there FROM sqlite_master WHERE name = $1", MIGRATIONS))


async def _begin_anew(actor: Actor, manifest: Manifest, now: datetime) -> None:
    """Phones load everything again and keep their outbox; what workers held when the backup was made is due again.

    Everybody signs in again.
    """
    study, _ = await Study.get_or_create(id=1, defaults={"created_at": now})
    before, study.epoch = study.epoch, new_id()
    await study.save(update_fields=["epoch"])
    for table in Delivery.__subclasses__():
        await table.filter(fence__not_isnull=True).update(leased_until=None, fence=None)
    await Heartbeat.all().delete()
    await _give_up_uploads()
    ended = await end_what_lets_in(now)
    await audit.record(actor, actor.action, study, now, changes={name: [count, 0] for name, count in ended.items()} | {
        "epoch": [str(before), str(study.epoch)], "made_at": [manifest.made_at.isoformat(), now.isoformat()],
    })


async def _give_up_uploads() -> None:
    """Their pieces are in no backup: phones send them again."""
    under_way = Attachment.filter(state=AttachmentState.UPLOADING)
    await under_way.update(state=AttachmentState.EXPIRED, received=0, pieces=[], expires_at=None)
