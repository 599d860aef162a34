"""Who used the processor while something ran, read from /proc (Linux; elsewhere nothing is said)."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
CORES = os.cpu_count() or 1


@dataclass
class Usage:
    """Processor seconds of the API, of all PostgreSQL processes, of everybody, and how long it took."""

    api: float = 0.0
    postgres: float = 0.0
    everybody: float = 0.0
    elapsed: float = 0.0
    processes: int = 1

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.api + other.api, self.postgres + other.postgres, self.everybody + other.everybody,
                     self.elapsed + other.elapsed, other.processes)

    def told(self, done: float) -> str:
        """What limits, and what one piece of work costs."""
        if not self.everybody:
            return "unknown (no /proc)"
        if self.everybody > 0.9 * CORES * self.elapsed:
            limit = f"all {CORES} cores"
        elif self.api > 0.8 * self.elapsed * self.processes:
            limit = "the one core that a Python process can use"
        else:
            busy = self.everybody / CORES / self.elapsed
            limit = f"waiting (commit, round trips), {busy:.0%} of the cores busy"
        database = f" + PostgreSQL {self.postgres / done * 1e6:.0f} µs" if self.postgres else ""
        return f"{limit}; API {self.api / done * 1e6:.0f} µs{database} each"


@contextmanager
def used_by(api: list[int]) -> Iterator[Usage]:
    """Fills the usage when the block ends."""
    usage, everybody, began = Usage(), _everybody(), time.monotonic()
    before = {pid: _seconds(pid) for pid in [*api, *_postgres_processes()]}
    yield usage
    after = {pid: _seconds(pid) for pid in [*api, *_postgres_processes()]}
    spent = {pid: seconds - before.get(pid, 0.0) for pid, seconds in after.items()}
    usage.api = sum(spent[pid] for pid in api)
    usage.postgres = sum(seconds for pid, seconds in spent.items() if pid not in api)
    usage.everybody, usage.elapsed, usage.processes = _everybody() - everybody, time.monotonic() - began, len(api)


def _everybody() -> float:
    if not Path("/proc/stat").exists():
        return 0.0
    user, nice, system, _idle, _wait, *rest = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:8])
    return (user + nice + system + sum(rest)) / TICK


def _postgres_processes() -> list[int]:
    """The processes that serve our databases."""
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if b"postgres: " in _words(folder) and
            b" bench_" in _words(folder)]


def _words(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:
        return b""


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_megabytes(pid: int) -> float:
    """Memory of a process that is really there (RSS), in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
