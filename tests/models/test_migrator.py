"""Migrations on full databases of both kinds lose nothing, leave nothing half done, and don't meet each other."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.exceptions import IntegrityError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.schema_editor import SqliteSchemaEditor
from tortoise.models import Model

import models
from models.database import tortoise_config
from models.migrator import MigrationFailed, migrate, pending, pending_here
from models.statement import is_postgres, rows
from tests.models.conftest import SCRATCH, opened
from tests.models.rows import one_of_each

ROOT = Path(__file__).parents[2]


async def count(table: str) -> int:
    return int((await rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def schema() -> list[tuple[str, str]]:
    """Names of all indexes, triggers and (PostgreSQL) checks."""
    if is_postgres():
        found = await rows(
            "SELECT 'index' AS type, indexname::text AS name FROM pg_indexes WHERE schemaname = 'public'"
            " UNION SELECT 'trigger', tgname::text FROM pg_trigger WHERE NOT tgisinternal"
            " UNION SELECT 'check', conname::text FROM pg_constraint WHERE contype = 'c' ORDER BY 1, 2"
        )
    else:
        found = await rows(
            "SELECT type, name FROM sqlite_master WHERE type IN ('index','trigger') AND sql IS NOT NULL ORDER BY 1, 2"
        )
    return [(row["type"], row["name"]) for row in found]


async def fill() -> None:
    for number in range(3):
        await rows(f"INSERT INTO hospital (code, town, street, fax) VALUES ('H{number}', 'town', 's{number}', '0')")
    ids = [row["id"] for row in await rows("SELECT id FROM hospital")]
    for hospital in ids:
        await rows(f"INSERT INTO ward (hospital_id, name) VALUES ({hospital}, 'children')")


async def filled(url: str) -> None:
    await migrate(url, "0001_hospital", apps=SCRATCH)
    async with opened(url, SCRATCH):
        await fill()


async def test_rebuilding_a_full_table_keeps_rows_and_children(empty_url: str) -> None:
    await filled(empty_url)

    await migrate(empty_url, "0002_changes", apps=SCRATCH)

    async with opened(empty_url, SCRATCH):
        assert (await count("hospital"), await count("ward")) == (3, 3)
        assert {row["beds"] for row in await rows("SELECT beds FROM hospital")} == {0}


async def test_rebuilding_a_full_table_keeps_indexes_triggers_and_unique_constraints(empty_url: str) -> None:
    await filled(empty_url)
    async with opened(empty_url, SCRATCH):
        before = {name for _, name in await schema()}

    await migrate(empty_url, "0002_changes", apps=SCRATCH)

    async with opened(empty_url, SCRATCH):
        after = {name for _, name in await schema()}
        assert before - after == {"hospital_fax"}, "only the index of the dropped column goes"
        with pytest.raises(IntegrityError):
            await rows("INSERT INTO hospital (code, town, street) VALUES ('H9', 'town', 's1')")
        with pytest.raises(IntegrityError):
            await rows("INSERT INTO hospital (code, town, street) VALUES ('H1', 'elsewhere', 's1')")
        with pytest.raises(IntegrityError):
            await rows("INSERT INTO hospital (code, town, street, beds) VALUES ('H9', 'elsewhere', 's1', -1)")


async def test_trigger_with_semicolons_is_written_whole(empty_url: str) -> None:
    await filled(empty_url)
    await migrate(empty_url, "0002_changes", apps=SCRATCH)

    async with opened(empty_url, SCRATCH):
        await rows("INSERT INTO hospital (code, town, street) VALUES ('H7', 'Lund', 'x')")

        assert [row["note"] for row in await rows("SELECT note FROM diary_of_hospitals")][-2:] == [
            "opened; H7", "in Lund",
        ]


async def test_failed_migration_leaves_everything_as_it_was(empty_url: str) -> None:
    await filled(empty_url)
    async with opened(empty_url, SCRATCH):
        before = await schema()

    with pytest.raises(Exception, match=r"^$"):
        await migrate(empty_url, apps=SCRATCH)  # 0002 would succeed, 0003 fails

    async with opened(empty_url, SCRATCH):
        assert await schema() == before
        assert await count("ward") == 3
        assert [r["name"] for r in await rows("SELECT name FROM tortoise_migrations")] == ["0001_hospital"]


async def test_migration_that_leaves_dangling_references_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dangling.db'}"
    await filled(url)
    async with opened(url, SCRATCH):
        await rows("PRAGMA foreign_keys=OFF")
        await rows("DELETE FROM hospital WHERE code = 'H1'")

    with pytest.raises(MigrationFailed, match="ward"):
        await migrate(url, "0002_changes", apps=SCRATCH)

    async with opened(url, SCRATCH):
        assert "fax" in (await rows("SELECT * FROM hospital"))[0]


async def test_rebuild_that_loses_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'lost.db'}"
    await filled(url)
    theirs = SqliteSchemaEditor._remake_table

    async def careless(self: Any, *args: Any, **kwargs: Any) -> None:
        await self.client.execute_query("DELETE FROM hospital WHERE code = 'H1'")
        await theirs(self, *args, **kwargs)

    monkeypatch.setattr(SqliteSchemaEditor, "_remake_table", careless)
    with pytest.raises(Exception, match="hospital"):
        await migrate(url, "0002_changes", apps=SCRATCH)

    async with opened(url, SCRATCH):
        assert await count("hospital") == 3


async def test_guards_can_be_taken_down_and_put_up_again_on_a_full_database(database_url: str) -> None:
    async with opened(database_url):
        before = await schema()
        counts = await one_of_each()

    await migrate(database_url, "0001_first_tables")
    async with opened(database_url):
        assert await pending_here() == ["0002_guards"]
    assert await migrate(database_url) == ["0002_guards"]

    async with opened(database_url):
        assert await schema() == before
        assert {table: await count(table) for table in counts} == counts


async def test_schema_can_be_taken_down_whole_and_put_up_again(database_url: str) -> None:
    async with opened(database_url):
        before = await schema()

    down = await migrate(database_url, "__first__")
    up = await migrate(database_url)

    assert down == list(reversed(up))
    async with opened(database_url):
        assert await schema() == before


async def test_migrating_twice_does_nothing(database_url: str) -> None:
    assert await pending(database_url) == []
    assert await migrate(database_url) == []


async def test_empty_database_knows_what_is_pending(empty_url: str) -> None:
    assert await pending(empty_url)


def test_processes_migrating_at_once_all_succeed(empty_url: str) -> None:
    code = "import asyncio, sys; from models.migrator import migrate; print(asyncio.run(migrate(sys.argv[1])))"
    started = [
        subprocess.Popen([sys.executable, "-c", code, empty_url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = sorted(process.communicate(timeout=60)[0].strip() for process in started)

    assert [process.returncode for process in started] == [0, 0, 0]
    assert answers == ["['0001_first_tables', '0002_guards']", "[]", "[]"], "one did the work, the others had none"


async def test_models_and_migrations_agree(database: str) -> None:
    config = tortoise_config(database)["apps"]

    assert Tortoise.apps is not None
    changes = await MigrationAutodetector(Tortoise.apps, config).changes()

    assert [str(operation.describe()) for writer in changes for operation in writer.operations] == []


def test_new_words_and_better_sentences_need_no_migration() -> None:
    """Tortoise keeps closed lists in column comments and docstrings in table comments, and compares both."""
    assert [t.__name__ for t in _tables() if t._meta.table_description] == []
    assert [f"{t.__name__}.{name}" for t in _tables() for name, field in t._meta.fields_map.items()
            if getattr(field, "enum_type", None) and field.description] == []


def _tables() -> list[Any]:
    return [found for found in vars(models).values() if isinstance(found, type) and issubclass(found, Model)]


async def test_waiting_for_another_migration_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models import migrator

    url = f"sqlite:///{tmp_path / 'held.db'}"
    monkeypatch.setattr(migrator, "LOCK_PATIENCE", 0.2)
    fcntl = pytest.importorskip("fcntl")
    with Path(tmp_path / "held.db.migrating").open("w") as held:  # noqa: ASYNC230
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(MigrationFailed):
            await asyncio.wait_for(migrate(url), 10)
