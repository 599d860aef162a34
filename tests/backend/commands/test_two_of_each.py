"""Two API processes and two workers on one PostgreSQL behave as one: whatever one is told, the other knows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from backend.access.passwords import hash_password
from backend.wiring import Wiring
from models import Heartbeat, Notice, NoticeAttempt, NoticePreference, OutboxMessage
from models.fields import new_id
from models.vocabulary import AttemptState, DeliveryState, NoticeKind, NoticeRank
from tests.cast import PASSWORD, Cast, Person
from tests.phones import FRACTURE
from tests.processes import serving, started
from tests.receiver import SECRET, Receiver, receiving

MANY = 12
PATIENCE = 40


@dataclass
class Installation:
    """The two API processes and who listens behind the workers."""

    ports: tuple[int, int]
    receiver: Receiver

    def at(self, number: int, person: Person | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.ports[number]}", headers=headers)


@pytest.fixture
def only(request: pytest.FixtureRequest, database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("several processes are promised on PostgreSQL")


@pytest.fixture
async def installation(only: None, study: Wiring, cast: Cast, tmp_path: Path) -> AsyncIterator[Installation]:
    async with receiving() as receiver:
        file = tmp_path / "destinations.toml"
        file.write_text(
            f'[[destination]]\ncode = "folder"\nkind = "webhook"\nurl = "{receiver.url}"\nsecret = "{SECRET}"\n'
            "allow_private = true\n"
        )
        with ExitStack() as stack:
            def start() -> tuple[int, int]:
                ports = [stack.enter_context(serving(study.settings))[1] for _ in range(2)]
                for _ in range(2):
                    stack.enter_context(started(study.settings, "worker", DESTINATIONS_FILE=str(file)))
                return ports[0], ports[1]

            yield Installation(await asyncio.to_thread(start), receiver)


async def until(true) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110 - what happens is another process's doing
            await asyncio.sleep(0.1)


async def test_two_of_each_behave_as_one(installation: Installation, cast: Cast, now) -> None:
    await written_here_is_read_there(installation, cast)
    await validated_twice_is_sent_once(installation, cast)
    await told_once(cast, now)
    await tries_are_counted_together(installation, cast)
    await what_ends_here_ends_there(installation, cast)


async def written_here_is_read_there(installation: Installation, cast: Cast) -> None:
    async with installation.at(0, cast.mia) as here, installation.at(1, cast.ben) as there:
        url = f"/api/v1/participants/{cast.leo.id}"
        ids = [str(new_id()) for _ in range(MANY)]
        body = {"kind": "fracture", "data": FRACTURE}

        async def put(client: httpx.AsyncClient, entry_id: str) -> int:
            answer = await client.put(f"{url}/entries/{entry_id}", json=body, headers={"If-None-Match": "*"})
            return answer.status_code

        # the same phone asks both, at once: each entry is one
        statuses = await asyncio.gather(*(put(client, entry_id) for entry_id in ids for client in (here, there)))
        pulled = (await there.get(f"{url}/changes")).json()

    assert set(statuses) == {201}
    assert sorted(change["id"] for change in pulled["changes"] if change["collection"] == "entries") == sorted(ids)


async def validated_twice_is_sent_once(installation: Installation, cast: Cast) -> None:
    async with installation.at(0, cast.nora) as here, installation.at(1, cast.iris) as there:
        waiting = (await here.get("/api/v1/worklist")).json()["items"]

        async def validate(client: httpx.AsyncClient, item: dict) -> int:
            url = f"/api/v1/review/entries/{item['entry_id']}/validation"
            return (await client.post(url, headers={"If-Match": f'"s{item["seq"]}"'})).status_code

        statuses = await asyncio.gather(*(validate(client, item) for item in waiting for client in (here, there)))
    assert sorted(statuses) == [200] * MANY + [412] * MANY

    await until(lambda: _all_delivered())
    assert len(installation.receiver.effects) == MANY
    assert set(installation.receiver.came.values()) == {1}
    await until(_both_workers_live)


async def _all_delivered() -> bool:
    return await OutboxMessage.filter(state=DeliveryState.DELIVERED).count() == MANY


async def _both_workers_live() -> bool:
    """The first may have done all the work before the second was up."""
    return await Heartbeat.all().count() == 2


async def told_once(cast: Cast, now) -> None:
    """Twenty notices that no cap and no night puts off, two workers: one attempt each."""
    await NoticePreference.create(account_id=cast.mia.id, quiet_from=0, quiet_until=0)
    await Notice.bulk_create([
        Notice(account_id=cast.mia.id, participant_id=cast.leo.id, kind=NoticeKind.CHECK_IN_DUE, subject_id=new_id(),
               slot=f"2026-11-{day:02d}", due_at=now, created_at=now, rank=NoticeRank.TOMORROW)
        for day in range(1, 21)])

    async def none_queued() -> bool:
        waiting = await Notice.filter(state=DeliveryState.QUEUED, due_at__lte=now).count()
        return not waiting

    await until(none_queued)
    tries = await NoticeAttempt.all().values_list("notice_id", flat=True)
    assert len(tries) == len(set(tries)) == 20
    assert await NoticeAttempt.filter(tries=1, state=AttemptState.ACCEPTED).count() == 20


async def tries_are_counted_together(installation: Installation, cast: Cast) -> None:
    cast.eve.account.password_hash = await hash_password(PASSWORD)
    await cast.eve.account.save()
    wrong = {"email": cast.eve.account.email, "password": "not the right one at all"}
    statuses = []
    for number in range(16):
        async with installation.at(number % 2) as client:
            statuses.append((await client.post("/api/v1/sessions", json=wrong)).status_code)

    assert statuses.count(401) == 10
    assert set(statuses[10:]) == {429}


async def what_ends_here_ends_there(installation: Installation, cast: Cast) -> None:
    async with installation.at(0, cast.mia) as here, installation.at(1, cast.mia) as there:
        assert (await there.get("/api/v1/me")).status_code == 200
        assert (await here.delete("/api/v1/sessions/current")).status_code == 204
        assert (await there.get("/api/v1/me")).status_code == 401
