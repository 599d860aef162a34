"""The timetable: signs of life, failures that stop nothing, an ordered end, another worker that takes over."""

import asyncio
import logging
import signal
from datetime import timedelta

import pytest

from backend.housekeeping import clear_what_is_over
from backend.worker import Clock
from models import AttemptCount, Heartbeat, IdempotencyKey
from models.database import close_database, open_database
from tests.processes import command, started, stop, until


def beats(url: str) -> set[str]:
    async def read() -> set[str]:
        await open_database(url, 1)
        try:
            return set(await Heartbeat.all().values_list("worker", flat=True))
        finally:
            await close_database()

    return asyncio.run(read())


def test_worker_beats_is_killed_and_another_takes_over(settings):
    with started(settings, "worker") as first:
        until(lambda: len(beats(settings.database_url)) == 1, first)
        code, _ = stop(first, signal.SIGKILL)
    with started(settings, "worker") as second:
        until(lambda: len(beats(settings.database_url)) == 2, second)
        healthy = command(settings, "check", "--worker")
        ordered, seconds = stop(second)

    assert code == -signal.SIGKILL
    assert healthy.returncode == 0
    assert (ordered, seconds < 10) == (0, True)


@pytest.fixture
async def clock(study):
    clocks = []

    def start(*timetable) -> Clock:
        clocks.append(Clock(study))
        clocks[-1].start(list(timetable))
        return clocks[-1]

    yield start
    for each in clocks:
        if each.scheduler.running:
            await each.stop()


async def eventually(true) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


async def test_clock_goes_on_after_a_failing_job_and_logs_no_message(clock, caplog):
    runs, written = [], "Leo broke his femur"

    async def fails(_wiring, _now):
        runs.append(1)
        raise ValueError(written)

    with caplog.at_level(logging.INFO):
        clock(("fails", 0.05, fails))
        await eventually(lambda: len(runs) >= 3)

    assert "type=ValueError" in caplog.text
    assert "femur" not in caplog.text


async def test_clock_never_runs_a_job_twice_at_once(clock):
    now_running, most, runs = 0, 0, 0

    async def slow(_wiring, _now):
        nonlocal now_running, most, runs
        now_running += 1
        most, runs = max(most, now_running), runs + 1
        await asyncio.sleep(0.15)
        now_running -= 1
        return 1

    clock(("slow", 0.03, slow))
    await eventually(lambda: runs >= 3)

    assert most == 1


async def test_clock_lets_a_running_job_finish_and_starts_nothing_more(clock):
    begun, finished = 0, 0

    async def job(_wiring, _now):
        nonlocal begun, finished
        begun += 1
        await asyncio.sleep(0.2)
        finished += 1
        return 1

    running = clock(("job", 0.25, job))
    await eventually(lambda: begun == 1)
    await running.stop()
    after = begun
    await asyncio.sleep(0.3)

    assert (begun, finished) == (after, after)


async def test_clock_stopped_in_the_very_breath_in_which_a_job_begins_lets_it_finish(clock, caplog):
    begun, finished = 0, 0

    async def job(_wiring, _now):
        nonlocal begun, finished
        begun += 1
        await asyncio.sleep(0)
        finished += 1
        return 1

    for breaths in range(12):
        running = clock(("job", 60, job))
        for _ in range(breaths):
            await asyncio.sleep(0)
        await running.stop()

    assert begun == finished > 0
    assert "Error" not in caplog.text


async def test_clock_cuts_off_what_never_ends(clock, monkeypatch):
    monkeypatch.setattr("backend.worker.PATIENCE", 0.1)
    cut = asyncio.Event()

    async def endless(_wiring, _now):
        try:
            await asyncio.sleep(60)
        finally:
            cut.set()

    running = clock(("endless", 60, endless))
    await eventually(lambda: running.running)
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        await running.stop()

    assert cut.is_set()


async def test_housekeeping_clears_what_is_over_and_nothing_else(study, now, monkeypatch):
    monkeypatch.setattr("backend.housekeeping.BATCH", 2)
    for days in (1, 89, 91, 92, 93, 94, 95):
        await IdempotencyKey.create(id=f"k{days}", fingerprint="f", created_at=now - timedelta(days=days))
    for name, minutes in (("over", -1), ("counting", 1)):
        await AttemptCount.create(id=name, count=1, expires_at=now + timedelta(minutes=minutes))
    for name, hours in (("gone", 25), ("here", 1)):
        beat = now - timedelta(hours=hours)
        await Heartbeat.create(worker=name, beat_at=beat, started_at=beat)

    cleared = await clear_what_is_over(study, now)

    assert cleared == 7
    assert set(await IdempotencyKey.all().values_list("id", flat=True)) == {"k1", "k89"}
    assert await AttemptCount.all().values_list("id", flat=True) == ["counting"]
    assert await Heartbeat.all().values_list("worker", flat=True) == ["here"]
