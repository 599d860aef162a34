"""What tests of several rooms need."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

import asyncpg
import pytest


@pytest.fixture
def row_held(database_url: str) -> Callable[[str, UUID], AbstractAsyncContextManager[None]]:
    """`async with row_held("session", id):` keeps the row locked for half a second, then lets all go at once.

    Whoever began meanwhile has read what there was and waits for the row. (SQLite lets one writer in at a time.)
    """

    @asynccontextmanager
    async def hold(table: str, row_id: UUID) -> AsyncIterator[None]:
        if not database_url.startswith("postgresql"):
            yield
            return
        connection = await asyncpg.connect(database_url)
        try:
            async with connection.transaction():
                await connection.execute(f"SELECT 1 FROM {table} WHERE id = $1 FOR UPDATE", row_id)
                yield
                await asyncio.sleep(0.5)
        finally:
            await connection.close()

    return hold
