"""Real processes of the installation, as an operator starts them."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
from click.testing import CliRunner

from backend.__main__ import main
from backend.settings import Settings

ROOT = Path(__file__).parents[1]


def environment(settings: Settings, **changes: str) -> dict[str, str]:
    """The process's whole environment: these settings and nothing of ours besides."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "PYTHONPATH", "XDG_RUNTIME_DIR")}
    ours = {name.upper(): str(getattr(settings, name)) for name in settings.__struct_fields__}
    return {**kept, **ours, "PYTHONUNBUFFERED": "1", **changes}


def command(settings: Settings, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "backend", *words], cwd=ROOT, env=environment(settings, **changes),
        capture_output=True, text=True, timeout=60, check=False,
    )


def typed(settings: Settings, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """The same without a process of its own: for commands that end by themselves."""
    ended = CliRunner().invoke(main, words, env=environment(settings, **changes), prog_name="fracture-diary")
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return subprocess.CompletedProcess(words, ended.exit_code, ended.stdout, ended.stderr)


@contextmanager
def started(settings: Settings, *words: str, **changes: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command that goes on; killed at the end if it still lives."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend", *words], cwd=ROOT, env=environment(settings, **changes),
            stdout=said, stderr=said,
        )
        process.said = said
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def words_of(process: subprocess.Popen[bytes]) -> str:
    """Everything a started command has printed."""
    said: IO[bytes] = process.said
    said.seek(0)
    return said.read().decode()


@contextmanager
def serving(
    settings: Settings, port: int | None = None, **changes: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server process that answers, and its port."""
    port = port or free_port()
    with started(settings, "serve", "--port", str(port), **changes) as process:
        until(lambda: _answers(port), process)
        yield process, port


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/live").status_code == 200
    except httpx.TransportError:
        return False


def until(true: Callable[[], bool], process: subprocess.Popen[bytes] | None = None, seconds: float = 20) -> None:
    """Wait until something holds; fail when it never does or the process ends first."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        assert process is None or process.poll() is None, words_of(process)
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> tuple[int, float]:
    """(exit code, seconds it took)"""
    begun = time.monotonic()
    process.send_signal(number)
    return process.wait(20), time.monotonic() - begun


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
