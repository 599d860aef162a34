"""The lists that are read all day go through an index, however much is stored."""

import asyncio

import pytest

from models.database import close_database, open_database
from tests.bench.plans import pull_plan, steps, whole_tables_read, worklist_plan
from tests.bench.study import WRITERS, fill, populate


async def plan_in(url, plan):
    await open_database(url, 1)
    try:
        return await plan()
    finally:
        await close_database()


@pytest.mark.parametrize(("plan", "index"), [
    pytest.param(lambda: pull_plan(WRITERS + 1), "idx_diary_entry_partici", id="a pull of the phone"),
    pytest.param(worklist_plan, "diary_entry_waiting", id="a page of the worklist"),
])
@pytest.mark.parametrize("stored", [500, 3_000])
def test_statement_goes_through_its_index(plan, index, stored, settings):
    if settings.database_url.startswith("postgresql") and stored < 3_000:
        pytest.skip("PostgreSQL reads small tables whole, and notices when they grow")
    populate(settings)
    fill(settings, stored)

    found = asyncio.run(plan_in(settings.database_url, plan))

    assert whole_tables_read(found) == []
    assert any(index in node for node in found), found


async def test_a_statement_without_an_index_would_be_noticed(study):
    assert whole_tables_read(await steps("SELECT id FROM diary_entry WHERE open_queries = $1", 1))
