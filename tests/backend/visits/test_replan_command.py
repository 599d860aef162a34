"""`fracture-diary replan` as an operator types it."""

import asyncio

import pytest

from backend.clock import utc_now
from backend.settings import Settings
from backend.visits.schedule import plan_visits
from backend.wiring import prepare_study, wire
from models import Visit
from models.actions import Action
from models.database import close_database, open_database
from tests.cast import assemble
from tests.processes import typed

OLDER = "0" * 64


@pytest.fixture
def installation(settings: Settings) -> Settings:
    """A study in which Leo's visits were counted by an older version, with FU-Y9 not in it; its database is closed."""
    wiring = wire(settings)

    async def fill() -> None:
        await open_database(settings.database_url, 2)
        now = utc_now()
        await prepare_study(wiring, now)
        cast = await assemble(wiring, now)
        actor = await cast.actor("nora", Action.VISIT_PLAN)
        await plan_visits(actor, cast.leo.id, wiring.protocol, now, first_dose_on=now.date())
        await Visit.filter(plan_code="FU-Y9").delete()
        await Visit.all().update(protocol_hash=OLDER)
        await close_database()

    asyncio.run(fill())
    return settings


def versions(settings: Settings) -> set[str]:
    async def read() -> set[str]:
        await open_database(settings.database_url, 1)
        found = set(await Visit.all().values_list("protocol_hash", flat=True))
        await close_database()
        return found

    return asyncio.run(read())


def test_operator_tries_then_moves_children_to_the_version_that_runs(installation):
    tried = typed(installation, "replan", "--dry-run")
    kept = versions(installation)
    done = typed(installation, "replan", "--site", "SE01")
    again = typed(installation, "replan")

    assert (tried.returncode, done.returncode, again.returncode) == (0, 0, 0), tried.stderr
    assert "SE01-" in tried.stdout
    assert "A dry run: nothing was stored." in tried.stdout
    assert kept == {OLDER}
    assert "version 4: 1." in done.stdout
    assert versions(installation) == {wire(installation).protocol.hash}
    assert "version 4: 0." in again.stdout


def test_operator_is_told_of_a_site_that_is_none(installation):
    refused = typed(installation, "replan", "--site", "XX01")

    assert (refused.returncode, versions(installation)) == (1, {OLDER})
    assert "there is no site XX01" in refused.stderr
