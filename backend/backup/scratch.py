"""A database to try a backup out in, gone afterwards: on the study's own PostgreSQL where we may create one, else a
temporary SQLite file that has no name and vanishes with this process.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from backend.backup.refusals import DoesNotFit
from models.database import tortoise_config
from models.migrator import migrating

ONE_AT_A_TIME = 7_215_604_012
BUSY = "another backup of this database is being tried out; wait until it has ended"


@contextlib.asynccontextmanager
async def scratch_database(url: str) -> AsyncIterator[None]:
    """The scratch database open in this process, without any table."""
    async with contextlib.AsyncExitStack() as stack:
        made = await stack.enter_async_context(_beside(url)) if not url.startswith("sqlite:") else None
        opened = migrating(made) if made else migrating("sqlite://", file_path="")
        await stack.enter_async_context(opened)
        yield


@contextlib.asynccontextmanager
async def _beside(url: str) -> AsyncIterator[str | None]:
    """The address of a new database on the same server; nothing where this account may not create one."""
    admin = await connect(url)
    try:
        if not await admin.fetchval("SELECT pg_try_advisory_lock($1)", ONE_AT_A_TIME):
            raise DoesNotFit(BUSY)
        name = f"{await admin.fetchval('SELECT current_database()')}"[:48] + "_backup_check"
        try:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # what a killed one left
            await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except asyncpg.InsufficientPrivilegeError:
            yield None
            return
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


async def connect(url: str) -> Any:
    """A connection of its own to the study's PostgreSQL."""
    settings: dict[str, Any] = tortoise_config(url)["connections"]["default"]["credentials"]
    return await asyncpg.connect(**{n: v for n, v in settings.items() if n not in ("minsize", "maxsize")})
