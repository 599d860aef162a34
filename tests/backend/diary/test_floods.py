"""A phone gone wild, or somebody who means it: what one family can make us keep, read and answer is bounded."""

import json

from backend.diary import quarantine, quarantine_listing, write
from models import DiaryEntry, EntryRevision, QuarantinedItem
from models.fields import new_id

KIB = 1024


async def test_item_with_endless_unknown_names_is_refused_in_few_words(phone_of):
    mia = phone_of("mia")

    (result,) = await mia.push(mia.item(**{f"name_{number}": 1 for number in range(5000)}))

    assert result["status"] == "rejected"
    assert len(result["error"]["errors"]) == 100
    assert len(json.dumps((await QuarantinedItem.get()).problem)) < 20 * KIB


async def test_oversized_entry_is_refused_and_kept_word_for_word(phone_of):
    mia = phone_of("mia")
    huge = mia.item({"occurred": "2026-11-20", "newer_field": "x" * 40 * KIB})

    results = await mia.push(huge, mia.item())

    assert [r["status"] for r in results] == ["rejected", "applied"]
    assert results[0]["error"]["errors"] == [{"pointer": "/data", "detail": "is larger than 32 KiB"}]
    assert json.loads((await QuarantinedItem.get()).body) == huge


async def test_entry_does_not_grow_beyond_its_size_by_corrections(phone_of):
    mia = phone_of("mia")
    (made,) = await mia.push(mia.item())
    parts = [mia.item({f"newer_{n}": "x" * 20 * KIB}, id=made["id"], base_version=1) for n in range(3)]

    results = await mia.push(*parts)

    assert [r["status"] for r in results] == ["applied", "rejected", "rejected"]
    assert len(json.dumps((await DiaryEntry.get()).data)) < 32 * KIB


async def test_account_that_fills_the_quarantine_keeps_the_rest_on_its_phone(phone_of, as_, monkeypatch):
    monkeypatch.setattr(quarantine, "LARGEST_FILLING", 30 * KIB)
    mia, ben = phone_of("mia"), phone_of("ben")
    (kept,) = await mia.push(mia.item({"newer": "x" * 20 * KIB}, kind="unknown"))

    sound, waits = await mia.push(mia.item(), mia.item({"newer": "y" * 20 * KIB}, kind="unknown"))

    assert (kept["status"], sound["status"], waits["status"]) == ("rejected", "applied", "retry")
    assert waits["error"]["code"] == "too_many_attempts"
    assert await QuarantinedItem.all().count() == 1
    (other,) = await ben.push(ben.item({"newer": "z" * 20 * KIB}, kind="unknown"))
    assert other["status"] == "rejected"
    answer = await as_("mia").put(
        f"{mia.url}/entries/{new_id()}", headers={"If-None-Match": "*"},
        json={"kind": "fracture", "data": {"occurred": 5, "newer": "x" * 20 * KIB}})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_same_refused_item_again_fills_nothing(phone_of, monkeypatch):
    monkeypatch.setattr(quarantine, "LARGEST_FILLING", 30 * KIB)
    mia = phone_of("mia")
    item = mia.item({"newer": "x" * 20 * KIB}, kind="unknown")

    answers = [await mia.push(item) for _ in range(3)]

    assert [result["status"] for (result,) in answers] == ["rejected"] * 3
    assert (await QuarantinedItem.get()).times_sent == 3


async def test_staff_get_large_items_in_small_pages_and_miss_none(phone_of, as_, monkeypatch):
    monkeypatch.setattr(quarantine_listing, "LARGEST_PAGE", 30 * KIB)
    mia = phone_of("mia")
    items = [mia.item({"newer": "x" * size * KIB}, kind="unknown") for size in (40, 10, 10, 20, 1)]
    await mia.push(*items)

    pages, cursor = [], None
    while cursor is not None or not pages:
        more = {"cursor": cursor} if cursor else {}
        answer = (await as_("nora").get("/api/v1/quarantined-items", params=more)).json()
        pages.append([row["item"]["id"] for row in answer["items"]])
        cursor = answer["next_cursor"]

    assert [len(page) for page in pages] == [1, 2, 2]
    assert [row_id for page in pages for row_id in page] == [item["id"] for item in items]


async def test_entry_is_not_written_without_end_but_can_be_retracted(phone_of, monkeypatch):
    monkeypatch.setattr(write, "MOST_VERSIONS", 3)
    mia = phone_of("mia")
    (made,) = await mia.push(mia.item())

    edits = [await mia.push(mia.item({"note": str(n)}, id=made["id"], base_version=1)) for n in range(4)]
    (gone,) = await mia.push(mia.item({}, id=made["id"], base_version=3, op="delete", reason="entered_in_error"))

    assert [r["status"] for (r,) in edits] == ["applied", "applied", "rejected", "rejected"]
    assert gone["status"] == "applied"
    assert await QuarantinedItem.all().count() == 2


async def test_conflicts_about_one_entry_end_somewhere(phone_of, monkeypatch):
    monkeypatch.setattr(write, "MOST_CONFLICTS", 2)
    mia, ben = phone_of("mia"), phone_of("ben")
    (made,) = await mia.push(mia.item())
    await mia.push(mia.item({"note": "hers"}, id=made["id"], base_version=1))

    clashes = [await ben.push(ben.item({"note": f"his {n}"}, id=made["id"], base_version=1)) for n in range(3)]

    assert [r["status"] for (r,) in clashes] == ["conflict", "conflict", "rejected"]
    assert await EntryRevision.filter(state="conflict").count() == 2
