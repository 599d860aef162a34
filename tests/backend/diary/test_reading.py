"""Who reads what of a diary: carers hand in and see their own results only, an unchanged pull costs nothing, and
looking at a record leaves its trace."""

from models import DiaryEntry, RecordRead
from tests.phones import FRACTURE


async def test_greta_the_carer_hands_in_and_sees_her_own_results_only(phone_of, as_, cast):
    mia, greta = phone_of("mia"), phone_of("greta")
    (hers,) = await mia.push(mia.item({**FRACTURE, "note": "Mia's words"}))
    bad, good = greta.item({"pain": "much"}), greta.item({"occurred": "2026-11-19"})

    results = await greta.push(bad, good)

    assert [result["status"] for result in results] == ["rejected", "applied"]
    assert [finding["code"] for finding in results[1]["findings"]] == ["place_missing"]
    assert (await DiaryEntry.get(id=good["id"])).recorded_by_id == cast.greta.id
    for path in ("changes", "events", f"entries/{good['id']}", f"entries/{hers['id']}/revisions", "data-queries"):
        assert (await as_("greta").get(f"{greta.url}/{path}")).status_code in (403, 404), path


async def test_greta_learns_nothing_of_an_entry_she_did_not_write(phone_of):
    mia, greta = phone_of("mia"), phone_of("greta")
    (hers,) = await mia.push(mia.item())

    (known,) = await greta.push(greta.item({"pain": 2}, id=hers["id"], base_version=1))
    taken = phone_of("eve", "tom")
    (elsewhere,) = await taken.push(taken.item(id=hers["id"]))

    assert known["error"]["code"] == elsewhere["error"]["code"] == "id_unusable"
    assert "current" not in known


async def test_greta_is_not_told_what_others_made_of_her_entry(phone_of):
    mia, greta = phone_of("mia"), phone_of("greta")
    (mine,) = await greta.push(greta.item({**FRACTURE, "pain": 3}))
    await mia.push(mia.item({"pain": 7, "note": "Mia's words"}, id=mine["id"], base_version=1))

    (clash,) = await greta.push(greta.item({"pain": 4}, id=mine["id"], base_version=1))

    assert clash["status"] == "conflict"
    assert "Mia" not in str(clash)


async def test_greta_gets_back_only_what_she_sent_of_an_entry_of_hers(phone_of, as_):
    mia, greta = phone_of("mia"), phone_of("greta")
    (mine,) = await greta.push(greta.item({**FRACTURE, "pain": 3}))
    await mia.push(mia.item({"note": "Mia's words"}, id=mine["id"], base_version=1))
    url = f"{greta.url}/entries/{mine['id']}"

    corrected = await as_("greta").patch(url, json={"data": {"pain": 4}}, headers={"If-Match": '"v2"'})
    taken_back = await as_("greta").delete(url, params={"reason": "other"}, headers={"If-Match": '"v3"'})
    his = await as_("ben").patch(url, json={"data": {"pain": 5}}, headers={"If-Match": '"v4"'})

    assert (corrected.status_code, corrected.json()["data"]) == (200, {"pain": 4})
    assert (taken_back.status_code, taken_back.json()["state"], taken_back.json()["data"]) == (200, "retracted", {})
    assert his.json()["data"]["note"] == "Mia's words"


async def test_pull_of_what_has_not_changed_is_304_until_it_has(phone_of, as_, cast):
    mia, client = phone_of("mia"), as_("mia")
    await mia.push(mia.item(kind="symptom"))
    first = await client.get(f"{mia.url}/changes")
    seen = {"If-None-Match": first.headers["etag"]}

    same = await client.get(f"{mia.url}/changes", headers=seen)
    beyond = await client.get(f"{mia.url}/changes", params={"since": 99}, headers=seen)
    await phone_of("ben").push(mia.item(kind="symptom"))
    changed = await client.get(f"{mia.url}/changes", headers=seen)
    part = await client.get(f"{mia.url}/changes", params={"limit": 1})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
    assert beyond.status_code == 410
    assert (changed.status_code, len(changed.json()["changes"])) == (200, 2)
    assert "etag" not in part.headers  # there is more


async def test_whoever_looks_at_quarantined_words_has_read_that_record(phone_of, as_, cast):
    mia = phone_of("mia")
    await mia.push(mia.item({"pain": "much"}))

    await as_("nora").get("/api/v1/quarantined-items")

    assert await RecordRead.filter(account_id=cast.nora.id, participant_id=cast.leo.id).count() == 1
    assert not await RecordRead.filter(participant_id=cast.tom.id).exists()
