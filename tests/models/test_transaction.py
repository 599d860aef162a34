"""atomic(): whole or not at all, one transaction for nested use cases, and no cancellation wedges the database."""

import asyncio
import random
import subprocess
import sys
from pathlib import Path

import pytest
from tortoise.connection import get_connection

from models import Heartbeat, Study
from models.fields import new_id
from models.statement import is_postgres, rows
from models.transaction import atomic
from tests.models.rows import NOON

ROOT = Path(__file__).parents[2]
CANCELS = 300


class Refused(Exception):
    pass


@atomic
async def beat(name: str, fails: bool = False) -> None:
    await Heartbeat.create(worker=name, beat_at=NOON, started_at=NOON)
    if fails:
        raise Refused


@atomic
async def two_beats(fails: bool) -> None:
    await beat("inner")
    await beat("outer", fails=fails)


@pytest.mark.usefixtures("database")
async def test_failed_use_case_leaves_nothing() -> None:
    with pytest.raises(Refused):
        await beat("one", fails=True)

    assert await Heartbeat.all().count() == 0


@pytest.mark.usefixtures("database")
async def test_nested_use_cases_share_one_transaction() -> None:
    with pytest.raises(Refused):
        await two_beats(fails=True)
    assert await Heartbeat.all().count() == 0, "what the inner one wrote is gone as well"

    await two_beats(fails=False)
    assert await Heartbeat.all().count() == 2


@pytest.mark.usefixtures("database")
async def test_failure_that_a_caller_swallows_undoes_nothing_halfway() -> None:
    """Joined means joined: there is no savepoint that would keep one half of an act and drop the other."""

    @atomic
    async def swallows() -> None:
        with pytest.raises(Refused):
            await beat("inner", fails=True)

    await swallows()

    assert await Heartbeat.filter(worker="inner").exists()


@pytest.mark.usefixtures("database")
async def test_hand_written_statements_join_the_transaction() -> None:
    @atomic
    async def write() -> None:
        await rows("INSERT INTO study (id, epoch, seq, created_at) VALUES (1, $1, 0, $2)", new_id(), NOON)
        raise Refused

    with pytest.raises(Refused):
        await write()
    assert await Study.all().count() == 0


@pytest.mark.usefixtures("database")
async def test_cancelled_caller_waits_until_the_work_has_ended() -> None:
    entered = asyncio.Event()

    @atomic
    async def slow() -> None:
        entered.set()
        await Heartbeat.create(worker="slow", beat_at=NOON, started_at=NOON)
        await asyncio.sleep(0.05)

    caller = asyncio.create_task(slow())
    await entered.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    assert await Heartbeat.filter(worker="slow").exists(), "it has committed by the time the caller is gone"


@pytest.mark.usefixtures("database")
async def test_random_cancellations_leave_the_database_whole() -> None:
    dice = random.Random(7)

    async def use(number: int) -> None:
        async with asyncio.timeout(dice.random() * 0.01):
            await beat(f"w{number}", fails=number % 3 == 0)

    for start in range(0, CANCELS, 20):
        tasks = [asyncio.create_task(use(start + number)) for number in range(20)]
        await asyncio.sleep(dice.random() * 0.005)
        for task in dice.sample(tasks, 10):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    await _assert_database_is_whole()


@pytest.mark.usefixtures("database")
async def test_cancelled_start_of_a_transaction_gives_its_connection_back() -> None:
    """The engines' own cure, under atomic(): start-up and shutdown may cancel where nothing shields."""
    dice = random.Random(11)

    async def start() -> None:
        async with get_connection("default")._in_transaction():
            await rows("SELECT 1 AS one")

    await start()
    for number in range(CANCELS):
        task = asyncio.create_task(start())
        for _ in range(dice.randrange(12)):
            await asyncio.sleep(0 if number % 2 else dice.random() * 0.0003)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await _assert_database_is_whole()


async def _assert_database_is_whole() -> None:
    done, _ = await asyncio.wait({asyncio.create_task(beat("after"))}, timeout=2)
    assert done, "a write hangs"
    if is_postgres():
        pool = get_connection("default")._pool
        assert pool.get_size() == pool.get_idle_size()
    else:
        assert not get_connection("default")._connection.in_transaction
        assert not get_connection("default")._lock.locked()


READ_MODIFY_WRITE = """
import asyncio, sys
from models import Study
from models.database import open_database, close_database
from models.transaction import atomic

@atomic
async def add_one():
    study = await Study.get(id=1)
    await asyncio.sleep(0)
    study.seq += 1
    await study.save(update_fields=["seq"])

async def main():
    await open_database(sys.argv[1], 2)
    for _ in range(100):
        await add_one()
    await close_database()

asyncio.run(main())
"""


async def test_processes_that_read_then_write_wait_for_each_other(database: str) -> None:
    if is_postgres():
        return  # there the row lock of scope.locked_participant orders them
    await Study.create(id=1, created_at=NOON)

    def run_three() -> list[int]:
        started = [
            subprocess.Popen([sys.executable, "-c", READ_MODIFY_WRITE, database], cwd=ROOT) for _ in range(3)
        ]
        return [process.wait(60) for process in started]

    assert await asyncio.to_thread(run_three) == [0, 0, 0]
    assert (await Study.get(id=1)).seq == 300
