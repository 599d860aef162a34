"""kill -9 of real senders in the middle of their work: no notice is lost, none reaches a phone as two."""

import asyncio
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest

from models import Notice, NoticeAttempt, NoticePreference
from models.delivery import LEASE
from models.vocabulary import AttemptState, DeliveryState, NoticeKind, NoticeRank
from tests.far_push import Provider, faulty, providing
from tests.processes import ROOT

DAY = timedelta(days=1)


@pytest.fixture
async def many(cast, now):
    """So many due at once, of somebody who sleeps at no hour and to whom all of them matter."""
    async def make(number: int) -> None:
        await NoticePreference.create(account_id=cast.mia.id, quiet_from=0, quiet_until=0)
        await Notice.bulk_create([
            Notice(account_id=cast.mia.id, participant_id=cast.leo.id, kind=NoticeKind.CONSENT_EXPIRING,
                   subject_id=uuid4(), slot="2026-06-10/30d", due_at=now, created_at=now, rank=NoticeRank.TOMORROW)
            for _ in range(number)])
    return make


def sender(database_url: str, provider: Provider, moment) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.far_push", database_url, str(provider.port), moment.isoformat()],
        cwd=ROOT, stdout=subprocess.PIPE,
    )


async def lives(database_url: str, provider: Provider, now, chance: Random, kills: int) -> int:
    """So many pairs of senders, each killed after they had something accepted; then a pair that lives on.

    How many rounds it took: each begins when the leases of the one before have run out.
    """
    for number in range(kills + 60):
        moment = now + number * (LEASE + timedelta(seconds=15))
        pair = [sender(database_url, provider, moment) for _ in range(2)]
        try:
            if number < kills:
                wanted = provider.accepted + chance.randint(1, 40)
                await asyncio.to_thread(provider.wait_for, wanted, 10)
                for process in pair:
                    process.kill()
            await asyncio.gather(*(asyncio.to_thread(process.wait, 60) for process in pair))
        finally:
            for process in pair:
                with suppress(ProcessLookupError):
                    process.kill()
                process.communicate()
        if number >= kills and not await Notice.filter(state=DeliveryState.QUEUED).exists():
            return number
    raise AssertionError("some are queued for ever")


async def require_all_there(provider: Provider, number: int) -> None:
    ids = {str(notice) for notice in await Notice.all().values_list("id", flat=True)}
    assert set(provider.tags) == ids, "none is lost, none is made up"
    assert provider.faults == [], "never twice under different tags"
    assert await Notice.filter(state=DeliveryState.DELIVERED).count() == number
    assert await NoticeAttempt.filter(state=AttemptState.ACCEPTED).count() == number


@pytest.mark.parametrize("seed", [3])
async def test_a_few_kills_lose_nothing_and_show_nothing_twice(cast, many, now, database_url, seed):
    await many(150)
    with providing(0.02, faulty(seed)) as provider:
        await lives(database_url, provider, now, Random(seed), kills=3)
        await require_all_there(provider, 150)


@pytest.mark.full
async def test_thirty_kills_lose_nothing_and_show_nothing_twice(cast, many, now, database_url):
    """C1"""
    await many(1000)
    with providing(0.05, faulty(1)) as provider:
        await lives(database_url, provider, now, Random(1), kills=30)
        await require_all_there(provider, 1000)


async def test_what_was_in_hand_when_it_was_killed_is_said_honestly(cast, many, now, database_url):
    await many(20)
    with providing(30) as provider:
        killed = sender(database_url, provider, now)
        assert provider.wait_for(20)
        killed.kill()
        killed.communicate()

    assert await NoticeAttempt.filter(state=AttemptState.SENT, tries=1).count() == 20, "it may or may not have arrived"
    assert await Notice.filter(state=DeliveryState.QUEUED, told_at=None).count() == 20
