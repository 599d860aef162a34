"""Two phones at one version, phones that hang up, and a database that goes away."""

import asyncio
import sqlite3
import time
from contextlib import suppress

import asyncpg
import pytest
from tortoise.connection import get_connection

from models import DiaryEntry
from models.fields import new_id
from models.statement import is_postgres
from tests.ledger import require_whole
from tests.phones import FRACTURE
from tests.processes import serving
from tests.wire import client_at


async def test_of_two_phones_updating_one_version_exactly_one_wins(as_, cast, request):
    mia, ben = as_("mia"), as_("ben")
    for turn in range(1000 if request.config.getoption("--full") else 100):
        number = turn % 50 + 1
        if number == 1:
            url = f"/api/v1/participants/{cast.leo.id}/entries/{new_id()}"
            made = await mia.put(url, json={"kind": "fracture", "data": FRACTURE}, headers={"If-None-Match": "*"})
            assert made.status_code == 201
        seen = {"If-Match": f'"v{number}"'}

        answers = await asyncio.gather(
            mia.put(url, json={"data": {**FRACTURE, "note": f"mia {number}"}}, headers=seen),
            ben.put(url, json={"data": {**FRACTURE, "note": f"ben {number}"}}, headers=seen),
        )

        lost, won = sorted(answers, key=lambda answer: -answer.status_code)
        assert (won.status_code, lost.status_code) == (200, 412), (number, won.text)
        assert won.headers["etag"] == f'"v{number + 1}"'
        assert lost.json()["current"]["data"]["note"] == won.json()["data"]["note"]
    await require_whole(cast.leo.id)


async def test_phones_that_hang_up_leave_the_pool_whole_and_the_numbers_without_gaps(study, cast):
    with serving(study.settings) as (process, port):
        async with client_at(port, cast.mia) as client:
            url = f"/api/v1/participants/{cast.leo.id}/changes"

            async def hang_up(after: float) -> None:
                items = [{"id": str(new_id()), "kind": "fracture", "data": FRACTURE} for _ in range(5)]
                body = {"replica_id": str(new_id()), "schema": 1, "items": items}
                with suppress(TimeoutError):
                    async with asyncio.timeout(after):
                        await client.post(url, json=body)

            for start in range(0, 200, 20):
                await asyncio.gather(*(hang_up((start + n) % 50 / 1000 + 0.001) for n in range(20)))
            answers = await asyncio.gather(*(client.get(url) for _ in range(20)))
            body = {"replica_id": str(new_id()), "schema": 1, "items": []}
            pushed = await client.post(url, json=body)

        assert {answer.status_code for answer in answers} == {200}
        assert pushed.status_code == 200
        assert process.poll() is None
    await require_whole(cast.leo.id)


async def test_cancelled_pushes_inside_one_process_leave_the_pool_whole(phone_of, cast):
    mia = phone_of("mia")
    for number in range(100):
        task = asyncio.create_task(mia.push(mia.item(), mia.item({"parent_id": str(new_id())}, kind="symptom")))
        await asyncio.sleep(number % 20 / 1000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(mia.push(mia.item()) for _ in range(20)))

    if is_postgres():
        pool = get_connection("default")._pool
        assert pool.get_idle_size() == pool.get_size()
    await require_whole(cast.leo.id)


async def test_lost_database_is_503_and_comes_back_without_a_restart(phone_of, cast, database_url):
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite is no server")
    mia, answers = phone_of("mia"), []

    async def load() -> None:
        for _ in range(25):
            item = mia.item() if len(answers) % 2 else mia.item({"parent_id": str(new_id())}, kind="symptom")
            answers.append(await mia.client.post(f"{mia.url}/changes", json={
                "replica_id": str(mia.replica_id), "schema": 1, "items": [item]}))
            answers.append(await mia.client.get(f"{mia.url}/changes"))

    async def kill() -> None:
        killer = await asyncpg.connect(database_url)
        for _ in range(10):
            await asyncio.sleep(0.05)
            await killer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                 " WHERE datname = current_database() AND pid <> pg_backend_pid()")
        await killer.close()

    await asyncio.gather(*(load() for _ in range(6)), kill())

    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused, "nothing was hit"
    assert {(a.status_code, a.json()["code"], a.headers["retry-after"]) for a in refused} == {
        (503, "database.away", "2")}
    await asyncio.gather(*(mia.push(mia.item()) for _ in range(12)))
    await require_whole(cast.leo.id)


async def test_sqlite_locked_longer_than_we_wait_is_503_and_nothing_is_lost(phone_of, cast, database_url, tmp_path):
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL waits for rows, not for the file")
    mia = phone_of("mia")
    item = mia.item()
    await get_connection("default").execute_query("PRAGMA busy_timeout = 300")
    other = sqlite3.connect(tmp_path / "study.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()

    refused = await mia.client.post(f"{mia.url}/changes", json={
        "replica_id": str(mia.replica_id), "schema": 1, "items": [item]})

    other.execute("ROLLBACK")
    other.close()
    assert (refused.status_code, refused.json()["code"]) == (503, "database.away")
    assert time.monotonic() - begun < 2
    assert await DiaryEntry.all().count() == 0
    assert (await mia.push(item))[0]["status"] == "applied"
