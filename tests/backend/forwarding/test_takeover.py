"""A killed worker's rows are taken up again within 60 seconds, in real time and by the numbers."""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from backend.worker import TIMETABLE
from models import DeliveryAttempt, OutboxMessage
from models.delivery import LEASE
from models.vocabulary import DeliveryState
from tests.cast import Cast
from tests.forwarded import queued
from tests.processes import started, until
from tests.receiver import SECRET, Receiver

WITHIN = 60
JITTER = 1.1
"""The clock wakes a job up to a tenth of its interval late (backend/worker.py)."""


@pytest.mark.parametrize("what", ["forward", "send notices"])
def test_lease_and_timetable_leave_time_to_send(what: str) -> None:
    every = {name: seconds for name, seconds, _ in TIMETABLE}[what]

    assert LEASE.total_seconds() + every * JITTER < WITHIN - 5


@pytest.mark.full
async def test_rows_of_a_killed_worker_are_delivered_by_another_within_a_minute(
    cast: Cast, receiver: Receiver, settings, tmp_path: Path
) -> None:
    await queued(cast, 3)
    file = tmp_path / "destinations.toml"
    file.write_text(
        f'[[destination]]\ncode = "folder"\nkind = "webhook"\nurl = "{receiver.url}"\nsecret = "{SECRET}"\n'
        "allow_private = true\n"
    )
    changes = {"DESTINATIONS_FILE": str(file)}

    def live_and_die() -> int:
        with started(settings, "worker", FRACTURE_DIARY_FAILPOINT="forwarding.after_claim_commit", **changes) as worker:
            return worker.wait(30)

    code = await asyncio.to_thread(live_and_die)
    killed_at = time.monotonic()
    leased = await OutboxMessage.filter(leased_until__isnull=False).count()
    with started(settings, "worker", **changes) as successor:
        while await OutboxMessage.exclude(state=DeliveryState.DELIVERED).exists():
            assert time.monotonic() - killed_at < WITHIN
            await asyncio.sleep(0.2)
        successor.send_signal(signal.SIGTERM)
        await asyncio.to_thread(until, lambda: successor.poll() is not None)

    assert (code, leased) == (137, 3)
    assert (len(receiver.effects), receiver.faults) == (3, [])
    assert await DeliveryAttempt.filter(outcome="delivered").count() == 3
