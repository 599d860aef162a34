"""The one place that reads the clock; everything else is told the time."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from litestar.di import NamedDependency

Now: TypeAlias = NamedDependency[datetime]
_ahead = timedelta(0)


def utc_now() -> datetime:
    """The study's time: the machine's, except in a sandbox whose clock was moved."""
    return machine_now() + _ahead


def machine_now() -> datetime:
    return datetime.now(UTC)


def run_ahead(by: timedelta) -> None:
    """From here on the study's time in this process is ahead of the machine's (see `backend.sandbox`)."""
    global _ahead
    _ahead = by


async def provide_now(wiring: NamedDependency[Any]) -> datetime:
    """The dependency behind Now.

    It asks for another one because Litestar makes independent dependencies in a task group, which costs a submit a
    tenth of its processor time; asked for in a row (wiring, now, actor) they cost next to nothing.
    """
    return utc_now()
