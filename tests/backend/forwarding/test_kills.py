"""A worker process is killed at every named point; its successor finishes and nothing is lost or doubled."""

import asyncio
import random
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from backend.clock import utc_now
from backend.forwarding.dispatcher import Dispatcher
from backend.wiring import Wiring
from models import DeliveryAttempt, OutboxMessage
from models.delivery import LEASE
from models.vocabulary import DeliveryState
from tests.cast import Cast
from tests.forwarded import (
    announce,
    corrected,
    let_pass,
    queued,
    retracted,
    rule_for,
    run_out,
    validated_entry,
    withdraw,
)
from tests.processes import ROOT, environment
from tests.receiver import SECRET, Plan, Receiver, fail, reset

POINTS = [
    "before_claim_commit", "after_claim_commit", "before_send", "after_send", "before_record_commit",
    "after_record_commit",
]
WORKER = """
import asyncio
from backend.forwarding.jobs import forward_due
from backend.settings import read_settings
from backend.wiring import wire
from models.database import close_database, open_database

async def work():
    wiring = wire(read_settings())
    await open_database(wiring.settings.database_url)
    try:
        await forward_due(wiring)
    finally:
        await close_database()

asyncio.run(work())
"""


async def killed_worker(
    study: Wiring, receiver: Receiver, point: str, folder: Path, *, after: float | None = None
) -> int | None:
    """A real process that delivers to the receiver and dies at the point, or after so many seconds: its exit code."""
    file = folder / "destinations.toml"
    file.write_text(
        f'[[destination]]\ncode = "folder"\nkind = "webhook"\nurl = "{receiver.url}"\nsecret = "{SECRET}"\n'
        "allow_private = true\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, cwd=ROOT, stderr=subprocess.DEVNULL,
        env=environment(
            study.settings, DESTINATIONS_FILE=str(file), FRACTURE_DIARY_FAILPOINT=f"forwarding.{point}"
        ),
    )
    if after:
        await asyncio.sleep(after)
        with suppress(ProcessLookupError):
            process.kill()
    return await asyncio.wait_for(process.wait(), 30)


@pytest.mark.parametrize("point", POINTS)
async def test_killed_worker_loses_and_doubles_nothing(
    point: str, cast: Cast, study: Wiring, receiver: Receiver, tmp_path: Path
) -> None:
    await queued(cast, 2)
    entry = await validated_entry(cast)
    await announce(cast, entry)
    await corrected(cast, entry, pain=9)
    await announce(cast, entry)
    await retracted(cast, entry)
    await withdraw(cast, entry)

    assert await killed_worker(study, receiver, point, tmp_path) == 137
    taken_before_the_kill = len(receiver.effects)
    later = Dispatcher("successor", lambda: utc_now() + LEASE + timedelta(seconds=1))
    await later.deliver_to(rule_for(receiver))

    messages = await OutboxMessage.all()
    assert receiver.faults == []
    assert receiver.effects == {str(m.id): m.payload.encode() for m in messages}
    assert {m.state for m in messages} == {DeliveryState.DELIVERED}
    assert [i for i in receiver.order if i in {str(m.id) for m in messages if m.entry_id == entry.id}] == [
        str(m.id) for m in sorted(messages, key=lambda m: m.number) if m.entry_id == entry.id
    ]
    assert await DeliveryAttempt.filter(outcome="delivered").count() == 5
    assert (taken_before_the_kill > 0) == (point not in POINTS[:3])


async def test_process_without_a_failpoint_delivers_everything(
    cast: Cast, study: Wiring, receiver: Receiver, tmp_path: Path
) -> None:
    await queued(cast, 2)
    assert await killed_worker(study, receiver, "none", tmp_path) == 0
    assert (len(receiver.effects), receiver.faults) == (2, [])


@pytest.mark.full
async def test_worker_killed_at_random_moments_loses_and_doubles_nothing(
    cast: Cast, study: Wiring, receiver: Receiver, tmp_path: Path
) -> None:
    await queued(cast, 60)
    receiver.plan = lambda _id, _nth: random.choice([Plan(), Plan(wire=reset), fail(503), fail(500)])
    for _ in range(25):
        await killed_worker(study, receiver, "none", tmp_path, after=random.uniform(0.2, 0.9))
        await let_pass(60)
    receiver.plan = lambda _id, _nth: Plan()
    await run_out(rule_for(receiver))
    messages = await OutboxMessage.all()
    assert receiver.faults == []
    assert receiver.effects == {str(m.id): m.payload.encode() for m in messages}
    assert {m.state for m in messages} == {DeliveryState.DELIVERED}
