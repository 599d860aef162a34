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


@pytest.mark.parametrize("plan", [
    pytest.param(lambda: pull_plan(WRITERS + 1), id="a pull of the phone"),
    pytest.param(worklist_plan, id="a page of the worklist"),
])
def test_statement_uses_an_index_when_much_is_stored(plan, settings):
    populate(settings)
    fill(settings, 3_000)

    found = asyncio.run(plan_in(settings.database_url, plan))

    assert found
    assert whole_tables_read(found) == []


async def test_a_statement_without_an_index_would_be_noticed(study):
    assert whole_tables_read(await steps("SELECT id FROM diary_entry WHERE open_queries = $1", 1))
