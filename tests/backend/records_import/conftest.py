"""Files on their way in, in Nora's name."""

from collections.abc import Awaitable, Callable

import pytest

from backend.records_import.acting import staff_actor
from backend.records_import.bringing_in import Import, Report, bring_in
from tests.cast import Cast

BringIn = Callable[..., Awaitable[Report]]


@pytest.fixture
def bring(cast: Cast, study, now) -> BringIn:
    """`await bring("participant,number …")`: the report of that file."""

    async def run(content: str | bytes, by: str = "nora", *, dry_run: bool = False) -> Report:
        raw = content if isinstance(content, bytes) else content.encode()
        actor = await staff_actor(f"{by}@example.org", now)
        return await bring_in(Import.of(actor, study, raw, now), dry_run=dry_run)

    return run


def told(report: Report) -> list[str]:
    return [str(fault) for fault in report.faults.told]
