"""Databases in odd states: empty ones, and one of another set of tables (tests/models/scratch)."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE

from models.database import close_database, open_database, tortoise_config
from tests.postgres import Postgres

_names = count(1)

SCRATCH: dict[str, Any] = {
    "models": {
        "models": ["tests.models.scratch.tables"], "default_connection": "default",
        "migrations": "tests.models.scratch.migrations",
    }
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres | None = request.getfixturevalue("postgres")
    if server is None:
        pytest.skip("no PostgreSQL here")
    name = f"e{os.getpid()}_{next(_names)}"
    server.create(name, "template0")
    yield server.url(name)
    server.drop(name)


@asynccontextmanager
async def opened(url: str, apps: dict[str, Any] | None = None) -> AsyncIterator[None]:
    """The database open in this process, with our tables or with those of `apps`."""
    if apps is None:
        await open_database(url, 2)
    else:
        EXECUTOR_CACHE.clear()
        await Tortoise.init(config=tortoise_config(url, 2) | {"apps": apps}, _enable_global_fallback=True)
    try:
        yield
    finally:
        await close_database()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """A migrated database, open."""
    async with opened(database_url):
        yield database_url
