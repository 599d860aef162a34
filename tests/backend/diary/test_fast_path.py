"""The fast path writes exactly what the plain form writes, and steps aside for everything that is not plainly new."""

import asyncio
from copy import deepcopy
from random import Random

import asyncpg
import msgspec
import pytest

from backend.diary import sync
from backend.diary.fast_path import NotPlain
from backend.diary.occurrence import CLOCKS_DIFFER
from models import AuditEvent, DiaryEntry, EntryRevision, Participant
from models.fields import new_id
from models.statement import instant, rows
from tests.cast import Cast
from tests.ledger import require_whole

TABLES = {"diary_entry": "id", "entry_revision": "entry_id", "audit_event": "subject_id"}
ITS_OWN = {"id", "entry_id", "subject_id", "participant_id", "received_at", "changed_at", "at", "replica_id"}
"""What differs between any two entries."""


@pytest.fixture
def used(monkeypatch):
    """How often the fast path was asked and stored something."""
    stored = []
    honest = sync.create_entries

    async def watched(sender, uploads):
        found = await honest(sender, uploads)
        stored.append(len(found))
        return found

    monkeypatch.setattr(sync, "create_entries", watched)
    return stored


async def not_plain(*_):
    raise NotPlain


def calm(phone, data=None, **more) -> dict:
    """What fits no safety rule, whatever else the participant has; of a fracture nobody knows that beforehand."""
    return phone.item({"symptom": "fatigue", "occurred": "2026-11-20"} if data is None else data,
                      **{"kind": "symptom", **more})


def all_sorts(phone) -> list[dict]:
    """New entries of every calm sort, with and without findings, odd dates and unknown fields."""
    chance = Random(7)
    dates = ["2026", "2026-11", "2026-11-20", "2026-11-20T14:30", "2031-01-01", "1999-12-31T23:59", "2026-10-25T02:30"]
    items = [calm(phone, {"occurred": date, "sites": [{"bone": "femur", "side": "left"}]}) for date in dates]
    items += [
        calm(phone, {}),
        calm(phone, {"pain": 11, "note": "é\u2028\ufeff \\u0000 '; DROP", "newer": {"a": [1, 2.5, None]}}),
        calm(phone, {"occurred": "2026-11-20", "part_of_day": "night", "severity": "dragon"}, timezone="Asia/Kolkata"),
        calm(phone, {"occurred": "2031-01-01"}, confirmed=["onset_in_future"], timezone="No/Where", recorded_at=None),
        calm(phone, {"occurred": "2026-11-20", "note": "39.5 in the ambulance", "symptom": "pain"}),
        phone.item({"from": "2026-11-09", "to": "2026-11-15", "answer": "had"}, kind="check_in"),
    ]
    chance.shuffle(items)
    return items


async def rows_about(table: str, key: str, entry_id: str) -> list[dict]:
    found = await rows(f"SELECT * FROM {table} WHERE {key} = $1 ORDER BY id", entry_id)
    return [{name: plain_value(value) for name, value in (row | until_told(row)).items() if name not in ITS_OWN}
            for row in found]


def until_told(row: dict) -> dict:
    """What nobody dated ends when it was told: for either entry so long after it came."""
    if row.get("occurred_to") is None:
        return {}
    behind = instant(row["occurred_to"]) - instant(row["received_at"])
    return {"occurred_to": str(behind)} if abs(behind) <= CLOCKS_DIFFER else {}


def plain_value(value):
    """SQLite keeps JSON as text, whose spaces don't count."""
    return msgspec.json.decode(value) if isinstance(value, str) and value[:1] in ("{", "[") else value


async def test_same_uploads_become_the_same_rows_either_way(phone_of, cast: Cast, used, monkeypatch):
    mia = phone_of("mia")
    items = all_sorts(mia)
    copies = [{**deepcopy(item), "id": str(new_id())} for item in items]
    skew = {"sent_at": "1970-01-01T00:00:00Z", "app_version": "1.2"}

    fast = await mia.push(*items, **skew)
    assert used == [len(items)]
    before = (await Participant.get(id=cast.leo.id)).seq
    monkeypatch.setattr(sync, "create_entries", not_plain)
    mia.replica_id = new_id()
    plain = await mia.push(*copies, **skew)
    assert used == [len(items)]

    for one, other in zip(fast, plain, strict=True):
        assert {**one, "id": 0, "seq": 0} == {**other, "id": 0, "seq": 0}
        for table, key in TABLES.items():
            quick, slow = await rows_about(table, key, one["id"]), await rows_about(table, key, other["id"])
            assert len(quick) == 1
            for row, shift in ((quick[0], 0), (slow[0], before)):
                row["seq"] -= shift
            skewed = [row.pop("clock_skew", None) for row in (quick[0], slow[0])]
            assert skewed == [None, None] or abs(skewed[0] - skewed[1]) <= 5
            assert quick == slow, table
    assert (await Participant.get(id=cast.leo.id)).seq == 2 * before
    await require_whole(cast.leo.id)


async def test_single_new_entry_takes_the_fast_path_too(as_, cast, monkeypatch):

    async def broken(*_):
        raise AssertionError("the plain form was used")

    monkeypatch.setattr("backend.diary.single._create_plainly", broken)
    url = f"/api/v1/participants/{cast.leo.id}/entries/{new_id()}"

    answer = await as_("mia").put(url, json={"kind": "symptom", "data": {}}, headers={"If-None-Match": "*"})

    assert answer.status_code == 201


@pytest.mark.parametrize("what", [
    "existing", "twice", "parent", "child", "base", "delete", "resolves", "reason", "urgent",
])
async def test_what_is_not_plainly_new_goes_the_plain_way(what, phone_of, cast, used):
    mia = phone_of("mia")
    (made,) = await mia.push(calm(mia))
    used.clear()
    new, symptom = calm(mia), {"symptom": "pain", "parent_id": str(new_id())}
    if what == "child":  # one waits for its parent
        await mia.push(mia.item({**symptom, "parent_id": new["id"]}, kind="symptom"))
    batch = {
        "existing": [new, calm(mia, {"note": "a"}, id=made["id"])], "twice": [new, {**new, "client_seq": 99}],
        "parent": [new, mia.item(symptom, kind="symptom")], "child": [new], "base": [{**new, "base_version": 3}],
        "delete": [{**new, "op": "delete"}], "resolves": [{**new, "resolves": ["x"]}],
        "reason": [{**new, "reason": "mistyped"}], "urgent": [new, mia.item()],
    }[what]

    results = await mia.push(*batch)

    assert used == []
    assert all(result["status"] in ("applied", "unchanged") for result in results)
    assert not await DiaryEntry.exists(pending=True, parent_id=new["id"])
    await require_whole(cast.leo.id)


async def test_forty_identical_batches_at_once_are_stored_once(phone_of, cast):
    mia = phone_of("mia")
    items = [calm(mia) for _ in range(3)]

    answers = await asyncio.gather(*(mia.push(*items) for _ in range(40)))

    statuses = [result["status"] for results in answers for result in results]
    assert sorted(set(statuses)) == ["applied", "unchanged"]
    assert statuses.count("applied") == 3
    assert await EntryRevision.all().count() == await AuditEvent.filter(participant_id=cast.leo.id).count() == 3
    await require_whole(cast.leo.id)


async def test_child_and_parent_arriving_at_the_same_moment_find_each_other(phone_of, cast):
    mia, ben = phone_of("mia"), phone_of("ben")
    for _ in range(40):
        parent = ben.item()
        child = mia.item({"symptom": "pain", "parent_id": parent["id"]}, kind="symptom")

        await asyncio.gather(mia.push(child), ben.push(parent))

    assert not await DiaryEntry.exists(pending=True)
    await require_whole(cast.leo.id)


async def test_parent_that_waited_for_its_childs_commit_steps_aside(phone_of, cast, database_url):
    """The statement's view is older than its wait: it would not see the child."""
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite's writers never wait inside a statement")
    mia, ben = phone_of("mia"), phone_of("ben")
    parent = ben.item()
    (child,) = await mia.push(mia.item({"symptom": "pain"}, kind="symptom"))
    other = await asyncpg.connect(database_url)
    try:
        writing = other.transaction()
        await writing.start()
        await other.execute("UPDATE participant SET seq = seq WHERE id = $1", cast.leo.id)
        pushing = asyncio.create_task(ben.push(parent))
        await asyncio.sleep(0.3)
        await other.execute("UPDATE diary_entry SET parent_id = $1, pending = true, seq = seq + 1 WHERE id = $2",
                            parent["id"], child["id"])
        await other.execute("UPDATE participant SET seq = seq + 1 WHERE id = $1", cast.leo.id)
        await writing.commit()
        await pushing
    finally:
        await other.close()

    assert not (await DiaryEntry.get(id=child["id"])).pending
