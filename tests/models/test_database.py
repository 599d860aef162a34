"""Opening a database: durable or said so, and never confused with the one opened before."""

from pathlib import Path

import asyncpg
import pytest
from tortoise import Tortoise

from models import Heartbeat
from models.database import check_durability, close_database, open_database, tortoise_config
from models.migrator import migrate
from models.statement import is_postgres, rows
from tests.models.conftest import opened
from tests.models.rows import NOON
from tests.postgres import Postgres


async def test_our_own_settings_are_durable(database: str) -> None:
    assert await check_durability() == []


async def test_sqlite_with_relaxed_pragmas_is_noticed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'relaxed.db'}"
    await Tortoise.init(config=tortoise_config(url, synchronous="NORMAL", foreign_keys="OFF"))
    try:
        assert len(await check_durability()) == 2
    finally:
        await Tortoise.close_connections()


@pytest.mark.parametrize("setting", ["synchronous_commit"])
async def test_postgresql_with_relaxed_settings_is_noticed(postgres: Postgres | None, setting: str) -> None:
    if postgres is None:
        pytest.skip("no PostgreSQL here")
    postgres_url = postgres.url("relaxed")
    connection = await asyncpg.connect(dsn=postgres.url("postgres"))
    await connection.execute("DROP DATABASE IF EXISTS relaxed")
    await connection.execute("CREATE DATABASE relaxed")
    await connection.execute(f"ALTER DATABASE relaxed SET {setting} = off")

    async with opened(postgres_url):
        assert await check_durability() == [f"PostgreSQL runs with {setting}=off"]

    await connection.execute("DROP DATABASE relaxed")
    await connection.close()


async def test_writes_are_set_to_survive_a_power_cut(database: str) -> None:
    if is_postgres():
        found = await rows("SELECT current_setting('synchronous_commit') AS value")
        assert found[0]["value"] == "on"
        return
    assert (await rows("PRAGMA synchronous"))[0]["synchronous"] == 2
    assert (await rows("PRAGMA journal_mode"))[0]["journal_mode"] == "wal"
    assert (await rows("PRAGMA foreign_keys"))[0]["foreign_keys"] == 1
    assert (await rows("PRAGMA busy_timeout"))[0]["timeout"] == 5000


async def test_one_process_can_open_one_kind_after_the_other(database_url: str, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    await migrate(other)
    for url in (other, database_url, other):
        await open_database(url, 2)
        await Heartbeat.create(worker="w", beat_at=NOON, started_at=NOON)
        assert await Heartbeat.filter(worker="w").delete() == 1
        await close_database()


@pytest.mark.parametrize("url", ["mysql://u:p@h/d", "study.db", ""])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:/// or postgresql://"):
        tortoise_config(url)


def test_password_with_odd_characters_is_read() -> None:
    found = tortoise_config("postgresql://us%40er:p%2Fw%3A@db:5433/study?host=%2Frun%2Fpg")

    credentials = found["connections"]["default"]["credentials"]
    assert (credentials["user"], credentials["password"]) == ("us@er", "p/w:")
    assert (credentials["host"], credentials["port"], credentials["database"]) == ("/run/pg", 5433, "study")
