"""What is measured. Floor and product (or little and much stored) take turns; the medians are compared."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TypeVar

import httpx

from tests.bench.floors import pgbench, sqlite_floor
from tests.bench.processor import CORES, Usage, resident_megabytes
from tests.bench.scene import Run, Server
from tests.bench.study import ENTRIES_EACH, ENTRY, METRICS_TOKEN, WRITERS, is_waiting, made_id, stored_entry
from tests.processes import free_port, started, stop, until

ITEMS = 200
A = TypeVar("A")
B = TypeVar("B")
PULL = f"/changes?limit={ENTRIES_EACH}"


@dataclass(frozen=True)
class Effort:
    """How long and how often."""

    seconds: int
    rounds: int
    requests: int
    """Before the memory is looked at."""
    many: int = 100_000
    few: int = 1_000


@dataclass
class Row:
    what: str
    product: str
    floor: str = "–"
    ratio: float | None = None
    aim: str = "–"
    limits: str = ""
    met: bool | None = None

    def cells(self) -> list[str]:
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        verdict = {None: "", True: " ✓", False: " ✗"}[self.met]
        return [self.what, self.product, self.floor, ratio, self.aim + verdict, self.limits]


@dataclass
class Bench:
    """The servers (little stored, much stored), the floor's own database, and the effort."""

    kind: str
    little: Server
    much: Server
    floor_url: str
    folder: Path
    effort: Effort
    rows: list[Row] = field(default_factory=list)

    def submit(self, connections: int, processes: int = 1) -> Row:
        """New entries one by one, each durable before its answer."""
        wanted = [("submits", [f.participant, f.token]) for f in self.little.study.families[:connections]]
        floors, runs = self._turns(
            lambda: self._floor(connections),
            lambda: self.little.load(wanted, self.effort.seconds, processes=processes))
        rate, floor = median(run.rate for run in runs), median(floors)
        aimed = (connections, processes, self.kind) == (8, 1, "PostgreSQL")
        return Row(
            f"submit one entry, {connections} connection(s), {processes} API process(es)",
            f"{rate:,.0f}/s, {_times(runs)}", f"{floor:,.0f}/s", rate / floor, "≥ 0.50" if aimed else "–",
            limits_of(runs), rate / floor >= 0.5 if aimed else None,
        )

    def _floor(self, connections: int) -> float:
        if self.kind == "SQLite":
            return sqlite_floor(self.floor_url.removeprefix("sqlite:///"), self.effort.seconds)
        return pgbench(self.floor_url, connections, self.effort.seconds, self.folder)

    def push(self) -> Row:
        """Eight phones come out of the tunnel with full batches."""
        wanted = [("pushes", [f.participant, f.token, ITEMS]) for f in self.little.study.families[:8]]
        runs = [self.little.load(wanted, self.effort.seconds) for _ in range(self.effort.rounds)]
        rate = median(run.rate for run in runs) * ITEMS
        return Row(f"sync push of {ITEMS}, 8 phones", f"{rate:,.0f} items/s, {_times(runs)}",
                   aim="≥ 1,000 items/s", limits=limits_of(runs, ITEMS), met=rate >= 1000)

    def pull(self) -> Row:
        def of(server: Server) -> Run:
            family = server.study.families[WRITERS + 1]
            path = f"/api/v1/participants/{family.participant}{PULL}"
            return server.load([("gets", [path, family.token])], self.effort.seconds)

        return self._whatever_is_stored(f"pull of {ENTRIES_EACH}", of)

    def worklist(self) -> Row:
        return self._whatever_is_stored("worklist page of 50", lambda server: server.load(
            [("gets", ["/api/v1/worklist", server.study.nurse])], self.effort.seconds))

    def scrape(self) -> Row:
        """What Prometheus asks for every half minute."""
        return self._whatever_is_stored("a scrape of /metrics", lambda server: server.load(
            [("gets", ["/metrics", METRICS_TOKEN])], self.effort.seconds))

    def start_and_stop(self) -> Row:
        """From the command to ready, and from SIGTERM to the end."""
        took = [self._start_and_stop() for _ in range(self.effort.rounds)]
        begin, end = (median(times) for times in zip(*took, strict=True))
        return Row("start to ready; SIGTERM to the end", f"{begin:.1f} s; {end:.1f} s", aim="≤ 5 s; ≤ 10 s",
                   met=begin <= 5 and end <= 10)

    def _start_and_stop(self) -> tuple[float, float]:
        port, begun = free_port(), time.monotonic()
        with started(self.much.study.settings, "serve", "--port", str(port)) as process:
            until(lambda: _is_ready(port), process)
            ready = time.monotonic() - begun
            return ready, stop(process)[1]

    def _whatever_is_stored(self, what: str, of: Callable[[Server], Run]) -> Row:
        little, much = self._turns(lambda: of(self.little), lambda: of(self.much))
        short, long = median(run.p50 for run in little), median(run.p50 for run in much)
        return Row(f"{what}, {self.effort.many:,} stored", f"{long * 1e3:.1f} ms",
                   f"{short * 1e3:.1f} ms with {self.effort.few:,} stored", long / short, "≤ 1.25", limits_of(much),
                   long / short <= 1.25)

    def validate(self) -> Row:
        """One coordinator at eight screens; each entry once."""
        waiting = itertools.islice((n for n in itertools.count() if is_waiting(n)), self.effort.many // 10)
        acts = [(str(made_id(ENTRY, n)), stored_entry(n)[1]) for n in waiting]
        runs = []
        for share in _shares(acts, self.effort.rounds):
            wanted = [("validations", [part, self.much.study.nurse]) for part in _shares(share, 8)]
            runs.append(self.much.load(wanted, self.effort.seconds))
        return Row("validate, 8 connections", f"{median(r.rate for r in runs):,.0f}/s, {_times(runs)}",
                   limits=limits_of(runs))

    def refresh(self) -> Row:
        """Each session turns its token again and again."""
        wanted = [("refreshes", [f.refresh]) for f in self.little.study.families[:8]]
        runs = [self.little.load(wanted, self.effort.seconds)]
        return Row("refresh, 8 sessions", f"{runs[0].rate:,.0f}/s, {_times(runs)}", limits=limits_of(runs))

    def memory(self) -> Row:
        """After writing, pulling and reading worklists."""
        done, study = 0, self.much.study
        while done < self.effort.requests:
            wanted = [("submits", [f.participant, f.token]) for f in study.families[:8]]
            wanted += [("gets", [f"/api/v1/participants/{study.families[40].participant}{PULL}",
                                 study.families[40].token]), ("gets", ["/api/v1/worklist", study.nurse])]
            done += self.much.load(wanted, 60, self.effort.requests - done).requests
        used = resident_megabytes(self.much.process)
        return Row(f"API memory after {done:,} requests", f"{used:.0f} MiB", aim="≤ 150 MiB", met=used <= 150)

    def _turns(self, first: Callable[[], A], second: Callable[[], B]) -> tuple[list[A], list[B]]:
        pairs = [(first(), second()) for _ in range(self.effort.rounds)]
        return [a for a, _ in pairs], [b for _, b in pairs]


def measures(bench: Bench) -> dict[str, Callable[[], Row]]:
    """By name, in the order they run."""
    return {
        "pull": bench.pull, "worklist": bench.worklist,  # while little is stored
        **{f"submit-{n}": lambda n=n: bench.submit(n) for n in (1, 8, 32)},
        **{f"submit-{n}-on-all-cores": lambda n=n: bench.submit(n, CORES) for n in (8, 32)},
        "push": bench.push, "validate": bench.validate,
        "refresh": bench.refresh, "scrape": bench.scrape, "start": bench.start_and_stop, "memory": bench.memory,
    }


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def _shares(content: list[A], parts: int) -> Iterator[list[A]]:
    return (content[part::parts] for part in range(parts))


def _times(runs: list[Run]) -> str:
    return f"p50 {median(r.p50 for r in runs) * 1e3:.1f} ms, p99 {median(r.p99 for r in runs) * 1e3:.1f} ms"


def limits_of(runs: list[Run], each: int = 1) -> str:
    return sum((run.usage for run in runs), Usage()).told(sum(run.requests for run in runs) * each)
