"""The one place that reads the clock; everything else is told the time."""

from datetime import UTC, datetime
from typing import TypeAlias

from litestar.di import NamedDependency

Now: TypeAlias = NamedDependency[datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


async def provide_now() -> datetime:
    return utc_now()

