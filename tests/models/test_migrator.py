"""Migrations on full databases of both kinds lose nothing, leave nothing half done, and don't meet each other."""

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.exceptions import IntegrityError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.schema_editor import SqliteSchemaEditor
from tortoise.models import Model

import models
from backend.settings import Settings
from models import Account, Participant
from models.database import tortoise_config
from models.migrator import MigrationFailed, migrate, pending, pending_here
from models.statement import is_postgres, rows
from tests.bench.study import fill as fill_entries
from tests.bench.study import populate
from tests.models.conftest import SCRATCH, opened
from tests.models.rows import one_of_each
from tests.models.rows_of_people import TABLES as OF_PEOPLE
from tests.models.rows_of_people import one_of_each_of_people
from tests.processes import typed

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
        # a rebuilt table has its UNIQUE constraints as unique indexes, which says the same
        found = await rows(
            "SELECT type, name FROM sqlite_master WHERE type IN ('index','trigger') AND sql IS NOT NULL"
            " AND name NOT LIKE 'uid\\_%' ESCAPE '\\' UNION ALL SELECT 'unique', m.name || ' ' ||"
            " (SELECT group_concat(i.name) FROM pragma_index_info(l.name) i) FROM sqlite_master m,"
            " pragma_index_list(m.name) l WHERE m.type = 'table'"
            " AND (l.origin = 'u' OR l.name LIKE 'uid\\_%' ESCAPE '\\') ORDER BY 1, 2"
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


@pytest.mark.full
async def test_guards_can_be_taken_down_and_put_up_again_on_a_full_database(database_url: str) -> None:
    async with opened(database_url):
        before = await schema()
        counts = await one_of_each()

    await migrate(database_url, "0001_first_tables")
    async with opened(database_url):
        later = await pending_here()
        assert later[0] == "0002_guards"
    assert await migrate(database_url) == later

    async with opened(database_url):
        assert await schema() == before
        assert {table: await count(table) for table in counts} == counts


async def digests(columns: dict[str, list[str]] | None = None) -> dict[str, str]:
    """table → what stands in it, of these columns or of all there are now."""
    columns = columns or await columns_there_are()
    found = {}
    for table, names in columns.items():
        lines = await rows(f"SELECT {', '.join(f'CAST({n} AS TEXT) AS {n}' for n in names)} FROM {table}")
        found[table] = hashlib.sha256("\n".join(sorted(map(repr, lines))).encode()).hexdigest()
    return found


async def columns_there_are() -> dict[str, list[str]]:
    tables = [table._meta.db_table for table in _tables()]
    if is_postgres():
        sql = "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns"
        listed = await rows(f"{sql} WHERE table_schema = 'public' ORDER BY 1, 2")
    else:
        sql = "SELECT m.name AS t, i.name AS c FROM sqlite_master m, pragma_table_info(m.name) i"
        listed = await rows(f"{sql} WHERE m.type = 'table' ORDER BY 1, 2")
    return {t: [row["c"] for row in listed if row["t"] == t] for t in tables if any(row["t"] == t for row in listed)}


async def fill_every_table() -> None:
    await one_of_each()
    await one_of_each_of_people(await Account.get(), await Participant.get())


@pytest.mark.full
async def test_guards_of_people_go_down_and_up_on_a_full_database_without_a_trace(database_url: str) -> None:
    async with opened(database_url):
        await fill_every_table()
        before, guards = await digests(), await schema()
        assert {await count(table) for table in OF_PEOPLE} == {1}

    await migrate(database_url, "0006_on_behalf")
    await migrate(database_url)

    async with opened(database_url):
        assert await digests() == before
        assert await schema() == guards


async def test_what_families_had_before_survives_down_and_up(database_url: str) -> None:
    await _down_and_up(database_url, fill_every_table)


@pytest.mark.full
async def test_many_entries_survive_down_and_up(settings: Settings) -> None:
    populate_now, fill_now = partial(asyncio.to_thread, populate), partial(asyncio.to_thread, fill_entries)
    await populate_now(settings)
    await fill_now(settings, 20_000)

    await _down_and_up(settings.database_url, None)


async def _down_and_up(url: str, filling: Callable[[], Awaitable[None]] | None) -> None:
    """To the schema of 0.1.0 and back: every value it knew is there afterwards, and so is every guard."""
    async with opened(url):
        if filling:
            await filling()
        guards = await schema()
    await migrate(url, "0002_guards")
    async with opened(url):
        old = await columns_there_are()
        old["guardianship"].remove("capabilities")  # from now on guardians may invite
        old["notice_attempt"].remove("outcome")  # from now on each channel has one row, with a state
        before = await digests(old)
    await migrate(url)
    async with opened(url):
        assert await digests(old) == before
        assert await schema() == guards


def test_going_back_is_refused_where_something_would_be_lost(database_url: str) -> None:
    own = Settings(database_url=database_url, secret_key="a secret key that is used in tests only")

    async def fill_it() -> None:
        async with opened(database_url):
            await fill_every_table()

    asyncio.run(fill_it())
    refused, nowhere = (typed(own, "migrate", "--to", name) for name in ("0002_guards", "0099_dreams"))
    harmless = typed(own, "migrate", "--to", "0006_on_behalf")

    assert (refused.returncode, nowhere.returncode) == (1, 1)
    assert "there is no such migration" in nowhere.stderr
    for lost in ("dose", "consent_signature", "participant.custodians", "linking_code.by_family", "study.clock_offset"):
        assert lost in refused.stderr
    assert "participant.kind" not in refused.stderr
    assert harmless.returncode == 0, harmless.stderr


@pytest.mark.full
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
    steps = sorted(path.stem for path in (ROOT / "models/migrations").glob("0*.py"))
    assert answers == [str(steps), "[]", "[]"], "one did the work, the others had none"


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
