"""Writing: tables filled as fast as the database can, inside the caller's transaction.

Indexes and (on PostgreSQL) references are set aside and made again afterwards, which checks every one of them.
"""

from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from backend.backup.canonical import Line, for_postgres, for_sqlite
from backend.backup.document import Document
from backend.backup.refusals import Differs
from backend.backup.snapshot import driver_of_transaction
from backend.backup.tables import TableShape
from models.statement import is_postgres, rows

_REFERENCES = """SELECT conrelid::regclass::text AS "table", quote_ident(conname) AS name,
pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"""
_INDEXES = """SELECT c.oid::regclass::text AS name, pg_get_indexdef(c.oid) AS sql
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid)"""
_INDEXES_OF_SQLITE = """SELECT '"' || name || '"' AS name, sql FROM sqlite_master
WHERE type = 'index' AND sql IS NOT NULL"""
_COUNTERS = """SELECT table_name::text AS "table", column_name::text AS "column" FROM information_schema.columns
WHERE table_schema = current_schema() AND (column_default LIKE 'nextval(%' OR is_identity = 'YES')"""
DANGLING = "references without a row: the study itself was not whole when the backup was made"


async def fill(document: Document, progress: Callable[[int], object] = lambda rows: None) -> None:
    """Put every row into the (empty) tables, then make indexes, references and counters.

    Raises Damaged, or Differs where a reference leads nowhere.
    """
    made_again = await _set_aside()
    for table, lines in document.batches():
        await _write(table, lines)
        progress(document.rows)
    for statement in made_again:
        await _make(statement)
    if is_postgres():
        for row in await rows(_COUNTERS):
            await _count_on(row["table"], row["column"])
    elif await rows("PRAGMA foreign_key_check"):
        raise Differs(DANGLING)


async def _set_aside() -> list[str]:
    """What was dropped, as statements that make it again."""
    statements = []
    if is_postgres():
        for row in await rows(_REFERENCES):
            await rows(f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']}")
            statements.append(f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['definition']}")
    indexes = await rows(_INDEXES if is_postgres() else _INDEXES_OF_SQLITE)
    for row in indexes:
        await rows(f"DROP INDEX {row['name']}")
    return [row["sql"] for row in indexes] + statements


async def _make(statement: str) -> None:
    driver = driver_of_transaction()
    try:
        await driver.execute(statement)
    except asyncpg.ForeignKeyViolationError as fault:
        raise Differs(DANGLING) from fault


async def _write(table: TableShape, lines: Sequence[Line]) -> None:
    driver = driver_of_transaction()
    if is_postgres():
        async def source() -> Any:
            yield for_postgres(lines)

        await driver.copy_to_table(table.name, source=source(), columns=list(table.columns))
        return
    marks = ", ".join("?" * len(table.columns))
    await driver.executemany(
        f'INSERT INTO "{table.name}" ({table.column_list}) VALUES ({marks})',  # noqa: S608 - names from the manifest
        for_sqlite(table.kinds)(lines),
    )


async def _count_on(table: str, column: str) -> None:
    await rows(
        f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'),"  # noqa: S608 - names from the catalogue
        f' COALESCE((SELECT max("{column}") FROM "{table}"), 0) + 1, false)'
    )
