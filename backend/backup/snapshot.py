"""Reading: one consistent picture of the study, while everybody goes on writing."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from tortoise.connection import get_connection

from backend.backup.canonical import Line, Tally, column_in_postgres, from_database
from backend.backup.tables import TableShape
from models.statement import PLAIN, is_postgres

AT_ONCE = 2_000
"""Rows held in memory."""
Driver = Any
"""asyncpg's or aiosqlite's own connection: Tortoise would fetch whole tables."""


@contextlib.asynccontextmanager
async def snapshot() -> AsyncIterator[Driver]:
    """All that is read from this connection is as it was at one moment; nobody waits for us, nor we for anybody."""
    async with get_connection(PLAIN).acquire_connection() as driver:
        if is_postgres():
            async with driver.transaction(isolation="repeatable_read", readonly=True):
                yield driver
            return
        await driver.execute("BEGIN")
        try:
            yield driver
        finally:
            await driver.execute("ROLLBACK")


def driver_of_transaction() -> Driver:
    """The connection on which the caller's own transaction runs."""
    return get_connection(PLAIN)._connection  # Tortoise has no public name for it


async def lines_of(driver: Driver, table: TableShape) -> AsyncIterator[list[Line]]:
    """The table's rows in any order, some at a time. The driver is inside a transaction."""
    postgres = is_postgres()
    convert = from_database(table.kinds, postgres=postgres)
    chosen = [column_in_postgres(*column) if postgres else f'"{column[0]}"' for column in table.columns.items()]
    statement = f'SELECT {", ".join(chosen)} FROM "{table.name}"'  # noqa: S608 - names from the catalogue
    if postgres:
        cursor = await driver.cursor(statement)
        while found := await cursor.fetch(AT_ONCE):
            yield convert(found)
        return
    async with driver.execute(statement) as cursor:
        while found := await cursor.fetchmany(AT_ONCE):
            yield convert(found)


async def tally_of(driver: Driver, table: TableShape) -> Tally:
    tally = Tally()
    async for lines in lines_of(driver, table):
        tally.add(lines)
    return tally
