"""kill -9 in the middle of a hand-in or a decision: after a restart and a repeat, all is there once."""

import asyncio
from random import Random

import httpx
import pytest

from models import DiaryEntry, EntryRevision, OutboxMessage, QuarantinedItem
from models.fields import new_id
from tests.ledger import require_whole
from tests.phones import FRACTURE, Phone
from tests.processes import serving
from tests.wire import client_at

SUBMIT = ["sync.before_write", "sync.between_entry_and_audit", "sync.after_write_before_commit", "sync.after_commit",
          "quarantine.before_commit", "quarantine.after_commit", "sync.before_answer"]
REVIEW = ["review.after_lock", "review.between_entry_and_audit", "review.before_message", "review.before_commit",
          "review.after_commit", "review.before_answer"]


def a_batch() -> dict:
    """Two new entries, one of them waiting for a parent (so the plain form writes), and one that is refused."""
    data = [FRACTURE, {"symptom": "pain", "parent_id": str(new_id())}, {"pain": "very"}]
    items = [{"id": str(new_id()), "client_seq": number, "kind": "symptom" if "symptom" in d else "fracture", "data": d}
             for number, d in enumerate(data, 1)]
    return {"replica_id": str(new_id()), "schema": 1, "items": items}


@pytest.mark.parametrize("point", SUBMIT)
async def test_killed_hand_in_is_whole_after_the_repeat(point, study, cast):
    batch, url = a_batch(), f"/api/v1/participants/{cast.leo.id}/changes"
    with serving(study.settings, FRACTURE_DIARY_FAILPOINT=point) as (process, port):
        async with client_at(port, cast.mia) as client:
            with pytest.raises(httpx.TransportError):
                await client.post(url, json=batch)
        assert process.wait(10) == 137
    await require_whole(cast.leo.id)

    with serving(study.settings) as (_, port):
        async with client_at(port, cast.mia) as client:
            results = (await client.post(url, json=batch)).json()["results"]

    assert [r["status"] in ("applied", "unchanged") for r in results] == [True, True, False]
    assert await EntryRevision.all().count() == await DiaryEntry.all().count() == 2
    assert await QuarantinedItem.all().count() == 1
    await require_whole(cast.leo.id)


@pytest.mark.parametrize("point", REVIEW)
async def test_killed_validation_is_whole_after_the_repeat(point, study, cast, phone_of):
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item())
    url, seen = f"/api/v1/review/entries/{made['id']}/validation", {"If-Match": f'"s{made["seq"]}"'}
    with serving(study.settings, FRACTURE_DIARY_FAILPOINT=point) as (process, port):
        async with client_at(port, cast.nora) as client:
            with pytest.raises(httpx.TransportError):
                await client.post(url, headers=seen)
        assert process.wait(10) == 137
    entry = await DiaryEntry.get(id=made["id"])
    assert await OutboxMessage.all().count() == (1 if entry.state == "validated" else 0)
    await require_whole(cast.leo.id)

    with serving(study.settings) as (_, port):
        async with client_at(port, cast.nora) as client:
            again = await client.post(url, headers=seen)

    assert again.status_code == (412 if entry.state == "validated" else 200)
    assert (await DiaryEntry.get(id=made["id"])).state == "validated"
    assert await OutboxMessage.all().count() == 1
    await require_whole(cast.leo.id)


async def writes_until_done(phone: Phone, batches: list[list[dict]], acknowledged: set[str]) -> None:
    """A phone with an outbox: what was not answered stays in it."""
    while batches:
        try:
            results = await phone.push(*batches[0])
        except (httpx.TransportError, AssertionError):
            return  # the server is gone; the outbox stays
        acknowledged |= {result["id"] for result in results}
        batches.pop(0)


async def one_life(study, cast, outboxes: list, acknowledged: set[str], killed_after: float | None) -> None:
    """One server process, four phones; killed at that moment, or living on until all is handed in."""
    with serving(study.settings) as (process, port):
        clients = [client_at(port, cast.people[name]) for name in ("mia", "ben", "mia", "ben")]
        work = []
        for client, (phone, batches) in zip(clients, outboxes, strict=True):
            phone.client = client
            work.append(asyncio.create_task(writes_until_done(phone, batches, acknowledged)))
        if killed_after is not None:
            await asyncio.sleep(killed_after)
            process.kill()
        await asyncio.gather(*work)
        for client in clients:
            await client.aclose()


async def kill_at_random_moments(study, cast, seed: int, kills: int) -> None:
    chance, acknowledged, outboxes = Random(seed), set(), []
    for _ in range(4):
        phone = Phone(None, cast.leo.id)  # type: ignore[arg-type]
        outboxes.append((phone, [[phone.item() for _ in range(chance.randint(1, 6))] for _ in range(kills * 8)]))
    sent = {item["id"] for _, batches in outboxes for batch in batches for item in batch}
    for _ in range(kills):
        await one_life(study, cast, outboxes, acknowledged, chance.uniform(0.0, 0.4))
        stored = {str(entry_id) for entry_id in await DiaryEntry.all().values_list("id", flat=True)}
        assert acknowledged <= stored, "an acknowledged entry is lost"
        await require_whole(cast.leo.id)
    await one_life(study, cast, outboxes, acknowledged, None)

    assert acknowledged == sent
    assert await EntryRevision.all().count() == await DiaryEntry.all().count() == len(sent)
    await require_whole(cast.leo.id)


@pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.full), "postgresql"], indirect=True)
async def test_nothing_acknowledged_is_lost_at_a_few_random_kills(study, cast):
    await kill_at_random_moments(study, cast, seed=5, kills=5)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(5))
async def test_nothing_acknowledged_is_lost_at_many_random_kills(seed, study, cast):
    await kill_at_random_moments(study, cast, seed=seed, kills=10)
