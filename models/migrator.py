"""Running migrations safely on a full database of either kind.

Cures, each with a test in tests/models/test_migrator.py:
- SQLite rebuilds a table by DROP TABLE. With foreign keys on that deletes the children, and it always loses the
  table's indexes and triggers. Here foreign keys are off while migrating, indexes and triggers are put back,
  rows are counted before and after and every reference is checked.
- Two processes that migrate at once crash each other: PostgreSQL takes an advisory lock, SQLite a lock file.
- Tortoise cuts scripts at every semicolon, also inside a trigger.
"""

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.migrations import executor
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.schema_editor import SqliteSchemaEditor

from models.database import tortoise_config
from models.statement import is_postgres, rows

ADVISORY_LOCK = 7_215_604_011
LOCK_PATIENCE = 120.0
"""Seconds a process waits for another one's migration."""


class MigrationFailed(Exception):
    """The database stands as it was before the migration that failed."""


class SafeSqliteSchemaEditor(SqliteSchemaEditor):
    async def _run_sql(self, sql: str) -> None:
        if self.collect_sql:
            return await super()._run_sql(sql)
        for statement in _statements(sql):
            await self.client.execute_query(statement)
        return None

    async def _remake_table(
        self, model: Any, create_field: Any = None, delete_field: Any = None, alter_fields: Any = None
    ) -> None:
        if self.collect_sql:
            return await super()._remake_table(model, create_field, delete_field, alter_fields)
        table = model._meta.db_table
        before, attached = await self._count(table), await self._attached(table)
        await super()._remake_table(model, create_field, delete_field, alter_fields)
        dropped = (delete_field.source_field or delete_field.model_field_name) if delete_field else None
        await self._put_back(table, attached, dropped)
        if await self._count(table) != before:
            raise MigrationFailed(f"rebuilding {table} changed its number of rows")
        return None

    async def _count(self, table: str) -> int:
        found = await self.client.execute_query_dict(f'SELECT count(*) AS n FROM "{table}"')  # noqa: S608
        return int(found[0]["n"])

    async def _attached(self, table: str) -> list[dict[str, Any]]:
        """The table's own indexes and triggers, and triggers elsewhere that name it."""
        return await self.client.execute_query_dict(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index','trigger')"
            " AND sql IS NOT NULL",
            [table],
        )

    async def _put_back(self, table: str, attached: list[dict[str, Any]], dropped: str | None) -> None:
        present = {row["name"] for row in await self._attached(table)}
        for thing in attached:
            if thing["name"] not in present and not (dropped and f'"{dropped}"' in thing["sql"]):
                await self.client.execute_query(thing["sql"])


def _statements(script: str) -> Iterator[str]:
    """The script's statements; SQLite's own tokenizer says where each ends."""
    statement = ""
    for piece in re.split("(?<=;)", script):
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


executor.SqliteSchemaEditor = SafeSqliteSchemaEditor  # type: ignore[attr-defined]


async def migrate(
    url: str, target: str | None = None, progress: Callable[[str], object] = lambda line: None
) -> list[str]:
    """Bring the schema to the newest (or the named) migration; returns the names that ran.

    Raises MigrationFailed when references dangle afterwards or the lock can't be had in time.
    """
    async with _migrating(url):
        ran: list[str] = []

        def note(event: str, _app: str, name: str) -> None:
            if event.endswith("_done"):
                ran.append(name)
            progress(f"{event} {name}")

        targets = [MigrationTarget("models", target)] if target else None
        await _executor().migrate(targets, progress=note)
        await _check_references()
        return ran


async def pending(url: str) -> list[str]:
    """Names of migrations that have not run on this database."""
    async with _migrating(url):
        return await pending_here()


async def pending_here() -> list[str]:
    """The same for the database this process has open."""
    try:
        return [step.migration.name for step in await _executor().plan()]
    except OperationalError:  # an empty database has no migration table yet
        return ["all"]


def _executor() -> MigrationExecutor:
    apps = tortoise_config("sqlite://")["apps"]
    return MigrationExecutor(get_connection("default"), apps)


@contextlib.asynccontextmanager
async def _migrating(url: str) -> AsyncIterator[None]:
    EXECUTOR_CACHE.clear()
    await Tortoise.init(config=tortoise_config(url, 2, foreign_keys="OFF"))
    try:
        async with _postgres_lock() if is_postgres() else _file_lock(url):
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
async def _file_lock(url: str) -> AsyncIterator[None]:
    """A lock file beside the database, held open so that a killed process gives it back."""
    path = url.removeprefix("sqlite:///")
    if not path or path == url:
        yield
        return
    with Path(f"{path}.migrating").open("w") as handle:
        await _lock(handle)
        yield


async def _lock(handle: Any) -> None:
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


async def _check_references() -> None:
    if not is_postgres() and (dangling := await rows("PRAGMA foreign_key_check")):
        raise MigrationFailed(f"references without a row in {sorted({r['table'] for r in dangling})}")
