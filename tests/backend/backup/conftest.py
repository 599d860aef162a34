"""A cheap envelope, and migrated, empty databases to move into."""

import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from backend.backup import sealed_file
from backend.backup.canonical import Tally
from backend.backup.ending import RESTORED
from backend.backup.making import StudyKey, write_backup
from backend.backup.restoring import require_empty, restore
from backend.clock import utc_now
from backend.settings import Settings
from backend.wiring import Wiring
from models import Session
from models.database import close_database, open_database
from tests.postgres import Postgres

PASSPHRASE = "a passphrase that is used in tests only"
_names = count(1)


@pytest.fixture(autouse=True)
def cheap_envelope(monkeypatch: pytest.MonkeyPatch) -> None:
    """What costs a guesser half a second would cost every test one too."""
    monkeypatch.setattr(sealed_file, "WORK", 4)


def _new_home(kind: str, request: pytest.FixtureRequest, folder: Path, bare: bool = False) -> Iterator[str]:
    if kind == "sqlite":
        path = folder / f"home{next(_names)}.db"
        if not bare:
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres | None = request.getfixturevalue("postgres")
    if server is None:
        pytest.skip("no PostgreSQL here")
    name = f"b{os.getpid()}_{next(_names)}"
    server.create(name, *(["template0"] if bare else []))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def new_home(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of the same kind as the study's."""
    yield from _new_home(database_url.partition(":")[0], request, tmp_path)


@pytest.fixture
def bare_home(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the same kind as the study's without any table; SQLite: no file."""
    yield from _new_home(database_url.partition(":")[0], request, tmp_path, bare=True)


@pytest.fixture
def other_home(
    database_url: str, request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres | None
) -> Iterator[str]:
    """A migrated, empty database of the other kind. (A server that starts only now would disturb the open study.)"""
    del postgres
    yield from _new_home("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path)


@pytest.fixture
def key(settings: Settings) -> StudyKey:
    return StudyKey(settings.secret_key)


@pytest.fixture
def back_up(study: Wiring, key: StudyKey) -> Callable[[Path], Awaitable[dict[str, Tally]]]:
    """`await back_up(file)`, without trying it out, which takes seconds; the study is open again afterwards."""

    async def make(file: Path) -> dict[str, Tally]:
        await close_database()
        try:
            return await write_backup(study.settings.database_url, file, PASSPHRASE, key, utc_now())
        finally:
            await open_database(study.settings.database_url, 10)

    return make


@pytest.fixture
def move(study: Wiring) -> Callable[[Path, str], Awaitable[int]]:
    """`await move(file, url)`: the server died, and this test goes on with what stood in the backup, signed in."""

    async def restored(file: Path, url: str, *, all_signed_in_again: bool = True) -> int:
        await close_database()
        if not url.startswith("sqlite:"):
            await require_empty(url, utc_now())
        rows = await restore(url, file, PASSPHRASE, utc_now())
        await open_database(url, 10)
        if all_signed_in_again:  # the same sessions, so that the tests' tokens go on
            await Session.filter(end_reason=RESTORED).update(ended_at=None, end_reason=None)
        return rows

    return restored
