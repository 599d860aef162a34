"""The guarantees G1–G7 of phone sync (sync.md §1.3), with writers that really run side by side."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from random import Random

import msgspec
import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from backend.app import create_app
from models import DiaryEntry, EntryRevision, QuarantinedItem, Session
from models.statement import rows
from tests.cast import client_for
from tests.families import OfflinePhone, live_through
from tests.ledger import kept_texts, require_whole, state_of
from tests.phones import FRACTURE, Phone
from tests.processes import serving
from tests.wire import client_at


async def test_g1_acknowledged_item_stays_in_the_history_for_ever(phone_of, cast):
    mia = phone_of("mia")
    (made,) = await mia.push(mia.item({**FRACTURE, "note": "first words"}))
    for number in range(5):
        await mia.push(mia.item({"note": f"words {number}"}, id=made["id"], base_version=number + 1))

    for statement in ("UPDATE entry_revision SET sent = '{}'", "DELETE FROM entry_revision"):
        with pytest.raises((IntegrityError, OperationalError)):
            await rows(statement)
    first = await EntryRevision.get(entry_id=made["id"], version=1)

    assert first.sent == {**FRACTURE, "note": "first words"}
    await require_whole(cast.leo.id)


async def write_much(phone: Phone, seed: int, batches: int = 8) -> None:
    """New entries and corrections in batches of all sizes."""
    chance, mine = Random(seed), []
    for _ in range(batches):
        items = [phone.item() for _ in range(chance.randint(1, 5))]
        if mine:
            items.append(phone.item({"note": str(chance.random())}, id=chance.choice(mine)))
        results = await phone.push(*items)
        mine += [result["id"] for result in results if result["version"] == 1]


async def ask_much(client, questions: int = 6) -> None:
    """A coordinator who asks about whatever stands first on the worklist."""
    for _ in range(questions):
        waiting = (await client.get("/api/v1/worklist", params={"limit": 1})).json()["items"]
        if waiting:
            url = f"/api/v1/review/entries/{waiting[0]['entry_id']}/data-queries"
            seen = {"If-Match": f'"s{waiting[0]["seq"]}"'}
            asked = await client.post(url, json={"question": "Which side?"}, headers=seen)
            assert asked.status_code in (201, 409, 412)
        await asyncio.sleep(0.02)


async def read_along(phone: Phone, work: list[asyncio.Task], seed: int) -> dict:
    """Page with small limits while the others write, until all is read."""
    chance, cursor, seen = Random(seed), 0, {}
    while True:
        over = all(task.done() for task in work)
        page = await phone.pull(cursor, limit=chance.randint(1, 4))
        numbers = [change["seq"] for change in page["changes"]]
        assert numbers == sorted(set(numbers))
        assert all(cursor < number <= page["cursor"] for number in numbers)
        seen |= state_of(page["changes"])
        cursor = page["cursor"]
        if over and not page["has_more"]:
            return seen


async def nothing_is_skipped(phones: list[Phone], reader: Phone, staff, participant) -> None:
    work = [asyncio.create_task(write_much(phone, seed)) for seed, phone in enumerate(phones)]
    work.append(asyncio.create_task(ask_much(staff)))
    seen = await asyncio.gather(*(read_along(reader, work, seed) for seed in range(2)))
    await asyncio.gather(*work)

    everything = state_of((await reader.pull(0, limit=500))["changes"])
    assert {collection for collection, _ in everything} == {"entries", "data_queries", "safety_cases"}
    assert seen == [everything, everything]
    await require_whole(participant.id)


async def test_g2_reader_with_small_pages_skips_nothing_while_others_write(phone_of, as_, cast):
    writers = [phone_of("mia"), phone_of("mia"), phone_of("ben"), phone_of("ben")]

    await nothing_is_skipped(writers, phone_of("ben"), as_("nora"), cast.leo)


async def test_g2_holds_across_two_server_processes(study, cast):
    with serving(study.settings) as (_, first), serving(study.settings) as (_, second):
        async with AsyncExitStack() as open_clients:
            async def client(name: str, port: int):
                return await open_clients.enter_async_context(client_at(port, cast.people[name]))

            phones = [Phone(await client(name, port), cast.leo.id)
                      for name in ("mia", "ben") for port in (first, second)]
            reader = Phone(await client("ben", second), cast.leo.id)
            await nothing_is_skipped(phones, reader, await client("nora", first), cast.leo)


def history(phone: Phone, chance: Random, entry_id: str) -> list[dict]:
    """What one phone wrote about one record, in order."""
    items = [phone.item({**FRACTURE, "note": "0"}, id=entry_id)]
    for number in range(1, chance.randint(3, 6)):
        names = chance.sample(("note", "pain", "force", "sites"), chance.randint(1, 2))
        data = {name: _answer(name, number, chance) for name in names}
        items.append(phone.item(data, id=entry_id, base_version=chance.randint(0, number)))
    if chance.random() < 0.3:
        items.append(phone.item({}, id=entry_id, op="delete", base_version=1, reason="entered_in_error"))
    return items


def _answer(name: str, number: int, chance: Random):
    if chance.random() < 0.2:
        return None
    return {"pain": number, "sites": [{"bone": "tibia"}] * number}.get(name, str(number))


@pytest.mark.parametrize("seed", range(12))
async def test_g3_repeats_in_any_order_of_arrival_end_like_the_order_they_were_written_in(seed, phone_of, cast):
    chance, orderly, hasty = Random(seed), phone_of("mia"), phone_of("mia")
    template = orderly.item()["id"]
    items = history(orderly, chance, template)
    other = hasty.item()["id"]
    shuffled = [{**item, "id": other} for item in items * 2]
    chance.shuffle(shuffled)

    for item in items:
        await orderly.push(item)
    while shuffled:
        size = chance.randint(1, 3)
        await hasty.push(*shuffled[:size])
        shuffled = shuffled[size:]

    one, two = await DiaryEntry.get(id=template), await DiaryEntry.get(id=other)
    assert two.data == one.data
    assert (two.state == "retracted", two.occurred_from) == (one.state == "retracted", one.occurred_from)
    assert two.open_conflicts == 0
    before = await rows("SELECT seq FROM participant WHERE id = $1", cast.leo.id)
    await hasty.push(*[{**item, "id": other} for item in items])
    assert await rows("SELECT seq FROM participant WHERE id = $1", cast.leo.id) == before
    await require_whole(cast.leo.id)


async def test_g3_number_used_again_with_other_words_is_not_taken_for_a_repeat(phone_of, cast):
    """A reinstalled app begins to count again."""
    mia = phone_of("mia")
    (made,) = await mia.push(mia.item())
    item = mia.item({"note": "one"}, id=made["id"], base_version=1)
    await mia.push(item)

    await mia.push({**item, "data": {"note": "two"}, "base_version": 2})

    assert "two" in await kept_texts(cast.leo.id)


async def family_life(phone_of, seed: int) -> list[OfflinePhone]:
    chance = Random(seed)
    phones = [OfflinePhone(phone_of(name), chance, f"s{seed}{name}{number}")
              for number, name in enumerate(("mia", "mia", "ben"))]
    await live_through(phones, chance)
    return phones


async def test_g4_g5_all_phones_are_equal_after_two_syncs_and_every_word_can_be_found(phone_of, cast, request):
    for seed in range(200 if request.config.getoption("--full") else 15):
        one, two, three = await family_life(phone_of, seed)

        assert one.rows == two.rows == three.rows, f"seed {seed}"
        found = await kept_texts(cast.leo.id)
        lost = [word for phone in (one, two, three) for word in phone.written if word not in found]
        assert not lost, f"seed {seed}"
    await require_whole(cast.leo.id)


HOPELESS = [
    {}, {"id": 5}, {"id": "no id"}, {"kind": "weather"}, {"kind": None}, {"op": "explode"}, {"base_version": -1},
    {"base_version": "1"}, {"client_seq": 2**60}, {"data": []}, {"data": {"occurred": "yesterday"}},
    {"data": {"sites": "femur"}}, {"data": {"sites": [5]}}, {"data": {"sites": [{"bone": 5}]}},
    {"data": {"pain": True}},
    {"data": {"note": "x" * 5000}}, {"reason": "boredom"}, {"recorded_at": "x" * 50}, {"colour": "blue"},
    {"kind": "check_in", "data": {"from": "2026-11-20", "to": "2026-11-01", "answer": "had"}},
    {"kind": "check_in", "data": {"from": "2026-13-01"}}, {"collection": "visits"}, {"resolves": [5]},
    {"id": "00000000-0000-0000-0000-000000000000"}, {"kind": "symptom", "data": {"parent_id": "nobody"}},
]


async def test_g6_one_bad_item_never_holds_up_another(phone_of, cast):
    mia, eve = phone_of("mia"), phone_of("eve", "tom")
    (elsewhere,) = await eve.push(eve.item())
    bad = [mia.item(**changes) if changes else {} for changes in [*HOPELESS, {"id": elsewhere["id"]}]]
    batch = [item for pair in zip(bad, (mia.item() for _ in bad), strict=True) for item in pair]

    results = await mia.push(*batch)

    assert [r["status"] for r in results] == ["rejected", "applied"] * len(bad)
    assert all(r["error"]["code"] in ("diary_entry.unstorable", "diary_entry.kind_unknown", "id_unusable")
               for r in results[::2])
    assert await QuarantinedItem.filter(participant_id=cast.leo.id).count() == len(bad)
    await require_whole(cast.leo.id)


async def test_g6_unknown_field_that_looks_like_a_parent_is_only_kept(phone_of):
    mia = phone_of("mia")

    results = await mia.push(*[mia.item({"parent_id": odd}) for odd in ("nobody", 5, None, [], {"a": 1})])

    assert {r["status"] for r in results} == {"applied"}


async def test_g6_entry_of_another_kind_under_a_known_id_is_refused_and_kept(phone_of, cast):
    mia = phone_of("mia")
    (made,) = await mia.push(mia.item())

    (other,) = await mia.push(mia.item({"note": "growing"}, id=made["id"], kind="symptom", base_version=1))

    assert other["error"]["errors"] == [{"pointer": "/kind", "detail": "can't be changed"}]
    assert "growing" in await kept_texts(cast.leo.id)


async def test_g7_entries_of_a_revoked_phone_are_handed_in_after_signing_in_again(phone_of, app, cast, now):
    phone = phone_of("mia")
    outbox = [phone.item(), phone.item()]
    await Session.filter(id=cast.mia.session.id).update(ended_at=now)
    refused = await phone.client.post(f"{phone.url}/changes", json={
        "replica_id": str(phone.replica_id), "schema": 1, "items": outbox})
    again = await Session.create(
        account=cast.mia.account, kind="app", token_hash="x" * 64, created_at=now, last_seen_at=now,
        expires_at=cast.mia.session.expires_at)
    token = await cast.wiring.tokens.issue(cast.mia.id, again.id, now)
    phone.client.headers["Authorization"] = f"Bearer {token}"

    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
    assert [r["status"] for r in await phone.push(*outbox)] == ["applied", "applied"]


async def test_g7_entries_of_an_outdated_app_are_handed_in_after_the_update(study, phone_of, cast):
    newer = replace(study, settings=msgspec.structs.replace(study.settings, minimum_app_schema=2))
    async with client_for(create_app(newer, opens_database=False), cast.mia) as client:
        phone = Phone(client, cast.leo.id)
        outbox = [phone.item(), phone.item()]
        refused = await client.post(f"{phone.url}/changes", json={
            "replica_id": str(phone.replica_id), "schema": 1, "items": outbox})
        stored = await DiaryEntry.all().count()

        assert (refused.status_code, refused.json()["code"], stored) == (426, "app_too_old", 0)
        assert [r["status"] for r in await phone.push(*outbox, schema=2)] == ["applied", "applied"]
