"""Running migrations safely on a full database of either kind.

Cures, each with a test in tests/models/test_migrator.py:
- All that runs is one transaction together with the note that it ran: a killed or failed migration leaves nothing.
- SQLite rebuilds tables: foreign keys are off meanwhile, `models.engines.sqlite_editor` puts back what a rebuild
  loses, and every reference is checked before the commit.
- Two processes that migrate at once crash each other: PostgreSQL takes an advisory lock, SQLite a lock file.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TextIO

from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from models.database import tortoise_config
from models.engines import sqlite_editor as sqlite_editor  # takes the place of Tortoise's own
from models.engines.plain_states import plain_states
from models.statement import is_postgres, rows
from models.transaction import atomic

ADVISORY_LOCK = 7_215_604_011
LOCK_PATIENCE = 120.0
"""Seconds a process waits for another one's migration."""
Progress = Callable[[str], object]
Apps = dict[str, Any]


class MigrationFailed(Exception):
    """The database stands as it was before."""


async def migrate(
    url: str, target: str | None = None, progress: Progress = lambda line: None, apps: Apps | None = None
) -> list[str]:
    """Bring the schema to the newest (or the named) migration; returns the names that ran.

    `apps` is Tortoise's description of another set of tables than ours. Raises MigrationFailed when references
    dangle afterwards or the lock can't be had in time.
    """
    async with migrating(url, apps):
        return await migrate_here(target, progress, apps)


@atomic
async def migrate_here(
    target: str | None = None, progress: Progress = lambda line: None, apps: Apps | None = None
) -> list[str]:
    """The same inside `migrating()`, and inside the caller's transaction if there is one."""
    ran: list[str] = []

    def note(event: str, _app: str, name: str) -> None:
        if event.endswith("_done"):
            ran.append(name)
        progress(f"{event} {name}")

    targets = [MigrationTarget("models", target)] if target else None
    executor = _executor(apps)
    # Tortoise asks its table before it makes it; on PostgreSQL that failure would end the transaction
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    with plain_states():
        await executor.migrate(targets, progress=note)
    if not is_postgres() and (dangling := await rows("PRAGMA foreign_key_check")):
        raise MigrationFailed(f"references without a row in {sorted({r['table'] for r in dangling})}")
    return ran


def known() -> list[str]:
    """Names of this version's migrations, in order."""
    folder = Path(__file__).with_name("migrations")
    return sorted(path.stem for path in folder.glob("[0-9]*.py"))


async def pending(url: str) -> list[str]:
    """Names of migrations that have not run on this database."""
    async with migrating(url):
        return await pending_here()


async def pending_here() -> list[str]:
    """The same for the database this process has open."""
    try:
        return [step.migration.name for step in await _executor(None).plan()]
    except OperationalError:  # an empty database has no migration table yet
        return ["all"]


def _executor(apps: Apps | None) -> MigrationExecutor:
    return MigrationExecutor(get_connection("default"), apps or tortoise_config("sqlite://")["apps"])


@contextlib.asynccontextmanager
async def migrating(url: str, apps: Apps | None = None, **sqlite_pragmas: Any) -> AsyncIterator[None]:
    """The database open for changes of its tables: nobody else migrates, SQLite's references are not enforced."""
    EXECUTOR_CACHE.clear()
    config = tortoise_config(url, 2, foreign_keys="OFF", **sqlite_pragmas)
    await Tortoise.init(config=config | ({"apps": apps} if apps else {}))
    try:
        async with _postgres_lock() if is_postgres() else _file_lock(config):
            yield
    finally:
        await Tortoise.close_connections()


@contextlib.asynccontextmanager
async def _postgres_lock() -> AsyncIterator[None]:
    async with get_connection("default").acquire_connection() as connection:
        async with asyncio.timeout(LOCK_PATIENCE):
            await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        try:
            yield
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", ADVISORY_LOCK)


@contextlib.asynccontextmanager
async def _file_lock(config: dict[str, Any]) -> AsyncIterator[None]:
    """A lock file beside the database, held open so that a killed process gives it back."""
    path = config["connections"]["default"]["credentials"]["file_path"]
    if path in (":memory:", ""):  # this process's own
        yield
        return
    with _lock_file(path) as handle:
        await _lock(handle)
        yield


def _lock_file(path: str) -> TextIO:
    return Path(f"{path}.migrating").open("w")


async def _lock(handle: TextIO) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: one process per embedded study is all that is promised there
        return
    for _ in range(int(LOCK_PATIENCE * 10)):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        await asyncio.sleep(0.1)
    raise MigrationFailed("another process has been migrating for too long")
