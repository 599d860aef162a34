"""Where it is measured: databases copied from one small study, and a real server process on each."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.bench.processor import Usage
from tests.bench.study import BenchStudy, bench_settings, sign_in
from tests.postgres import Postgres
from tests.processes import ROOT, serving


class Databases(Protocol):
    """A kind of database on which copies can be made."""

    kind: str

    def copy(self, name: str, of: str) -> str:
        """The URL of a new database with the content of another; "" = migrated and empty."""
        ...


@dataclass
class PostgresDatabases:
    server: Postgres
    kind: str = "PostgreSQL"

    def copy(self, name: str, of: str) -> str:
        if of:
            self.server.create(f"bench_{name}", f"bench_{of}")
        else:
            self.server.create(f"bench_{name}")
        return self.server.url(f"bench_{name}")


@dataclass
class SqliteDatabases:
    folder: Path
    kind: str = "SQLite"

    def copy(self, name: str, of: str) -> str:
        path = self.folder / f"{name}.db"
        shutil.copy(self.folder / f"{of or 'template'}.db", path)
        return f"sqlite:///{path}"


@dataclass
class Server:
    """A running API (process → port) and the people who can talk to it."""

    study: BenchStudy
    ports: dict[int, int]

    @property
    def process(self) -> int:
        return next(iter(self.ports))

    def load(
        self, connections: list[tuple[str, list[Any]]], seconds: float, at_most: int = 10**9, processes: int = 1
    ) -> "Run":
        """Keep these connections busy and say how it went. Raises RuntimeError unless every answer was 2xx."""
        used = dict(list(self.ports.items())[:processes])
        plan = {"ports": list(used.values()), "api": list(used), "seconds": seconds, "at_most": at_most,
                "connections": connections}
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.load"], cwd=ROOT, input=json.dumps(plan), capture_output=True,
            text=True, check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        told = json.loads(done.stdout)
        if any(not status.startswith("2") for status in told["statuses"]):
            raise RuntimeError(f"the server answered {told['statuses']} to {connections[0][0]}")
        return Run(told["rate"], told["p50"], told["p99"], told["requests"], Usage(**told["usage"]))


@dataclass
class Run:
    rate: float
    p50: float
    p99: float
    requests: int
    usage: Usage


@contextmanager
def server_on(url: str, folder: Path, processes: int = 1) -> Iterator[Server]:
    settings = bench_settings(url, str(folder / "data"))
    with ExitStack() as stack:
        started = [stack.enter_context(serving(settings)) for _ in range(processes)]
        yield Server(sign_in(settings), {process.pid: port for process, port in started})
