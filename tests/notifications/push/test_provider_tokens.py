"""Tokens lent by providers: one for all processes, sealed, and never remade too soon."""

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest

from backend.access.seal import Seal
from models import ProviderToken
from notifications.channels.provider_tokens import Lender, Lent, ProviderTokens
from notifications.channels.push_answers import PushAnswer, PushRefused
from tests.processes import ROOT
from tests.push_fakes.apple import pem


class Maker:
    def __init__(self, lasts: timedelta = timedelta(minutes=50), pause: float = 0.05) -> None:
        self.made, self.lasts, self.pause = 0, lasts, pause
        self.failure: Exception | None = None

    async def __call__(self, now):
        self.made += 1
        await asyncio.sleep(self.pause)
        if self.failure:
            raise self.failure
        return Lent(f"token-{self.made}", now, now + self.lasts)


@pytest.fixture
def processes(seal, clock, cast):
    """Six that know nothing of each other but the database."""
    return [ProviderTokens(seal, clock) for _ in range(6)]


async def test_processes_share_one_token_and_make_it_once(processes, clock):
    maker = Maker()
    lender = Lender("apns:TEAM:KEY", maker)
    for minutes, made in ((0, 1), (49, 1), (1, 2)):
        clock.pass_by(minutes=minutes)
        found = await asyncio.gather(*(one.token(lender) for one in processes for _ in range(5)))
        assert (set(found), maker.made) == ({f"token-{made}"}, made)


async def test_token_lies_sealed_in_the_database(processes, seal):
    token = await processes[0].token(Lender("fcm:x", Maker()))

    row = await ProviderToken.get(name="fcm:x")
    assert token not in row.sealed_token
    assert seal.open(row.sealed_token) == token


async def test_token_sealed_under_another_key_is_made_anew(processes, clock):
    lender = Lender("fcm:x", Maker())
    await processes[0].token(lender)
    other = ProviderTokens(Seal("another secret key of the installation"), clock)

    assert await other.token(lender) == "token-2"


async def test_refused_token_is_replaced_for_all_and_once(processes):
    maker = Maker()
    lender = Lender("fcm:x", maker)
    first = await processes[0].token(lender)
    assert await processes[1].token(lender) == first

    found = await asyncio.gather(*(one.token(lender, refused=first) for one in processes))

    assert (set(found), maker.made) == ({"token-2"}, 2)
    assert await processes[3].token(lender) == "token-2"


async def test_refused_token_that_is_too_young_stays(processes, clock):
    lender = Lender("apns:x", Maker(), youngest=timedelta(minutes=20))
    await processes[0].token(lender)
    clock.pass_by(minutes=19)
    with pytest.raises(PushRefused) as refused:
        await processes[1].token(lender, refused="token-1")
    assert (refused.value.answer.ours, refused.value.answer.retry_after) == (True, timedelta(minutes=1))

    clock.pass_by(minutes=1)
    assert await processes[1].token(lender, refused="token-1") == "token-2"


async def test_token_that_could_not_be_made_is_tried_again_at_once(processes):
    maker = Maker()
    maker.failure = PushRefused(PushAnswer("later", "fcm_no_access 503"))
    for _ in range(2):
        with pytest.raises(PushRefused):
            await processes[0].token(Lender("fcm:x", maker))
    maker.failure = None

    assert await processes[1].token(Lender("fcm:x", maker)) == "token-3"


async def test_process_that_died_while_making_one_is_not_waited_for_for_ever(processes, clock):
    maker = Maker(pause=0)
    await ProviderToken.create(
        name="fcm:x/making", sealed_token="", issued_at=clock.now - timedelta(seconds=16),
        expires_at=clock.now - timedelta(seconds=1),
    )

    assert await processes[0].token(Lender("fcm:x", maker)) == "token-1"
    assert not await ProviderToken.exists(name="fcm:x/making")


async def test_who_is_cancelled_while_making_one_leaves_no_lock(processes):
    maker = Maker(pause=5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await processes[0].token(Lender("fcm:x", maker))
    maker.pause = 0

    assert await processes[0].token(Lender("fcm:x", maker)) == "token-2"


BORROWER = """
import asyncio, sys
from backend.access.seal import Seal
from backend.clock import machine_now
from models.database import close_database, open_database
from notifications.channels.apns import Apns
from notifications.channels.provider_tokens import ProviderTokens
from tests.push_fakes.apple import KEY_ID, TEAM_ID, TOPIC

async def borrow():
    await open_database(sys.argv[1], 2)
    tokens = ProviderTokens(Seal("a secret key that is used in tests only"), machine_now)
    apns = Apns(sys.stdin.read(), KEY_ID, TEAM_ID, TOPIC, tokens, machine_now)
    print(await tokens.token(apns._lender))
    await apns.close()
    await close_database()

asyncio.run(borrow())
"""


def borrowed(database_url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BORROWER, database_url], cwd=ROOT, input=pem(), capture_output=True, text=True,
        timeout=60, check=False,
    )


async def test_two_real_processes_show_apple_one_token(study):
    url = study.settings.database_url
    one, other = await asyncio.gather(*(asyncio.to_thread(borrowed, url) for _ in range(2)))

    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert one.stdout == other.stdout
    assert one.stdout.count(".") == 2
