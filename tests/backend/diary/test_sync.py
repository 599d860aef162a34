"""Phone sync: what is handed in is kept once, and every phone sees the same (sync.md §1.2, §1.3)."""

from models import AuditEvent, DiaryEntry, EntryRevision, QuarantinedItem


async def test_entry_handed_in_is_stored_with_its_first_revision_and_audit_event(phone_of):
    phone = phone_of("mia")

    (result,) = await phone.push(phone.item())

    assert result["status"] == "applied"
    assert result["version"] == 1
    entry = await DiaryEntry.get(id=result["id"])
    assert (entry.state, entry.relation) == ("received", "mother")
    revision = await EntryRevision.get(entry_id=entry.id)
    assert revision.data == entry.data
    event = await AuditEvent.get(subject_id=entry.id)
    assert (event.action, event.seq, event.actor_role) == ("diary_entry.submit", entry.seq, "guardian")


async def test_same_batch_sent_twice_is_stored_once(phone_of):
    phone = phone_of("mia")
    batch = [phone.item(), phone.item(kind="symptom", data={"symptom": "pain", "occurred": "2026-11-20"})]

    await phone.push(*batch)
    again = await phone.push(*batch)

    assert [r["status"] for r in again] == ["unchanged", "unchanged"]
    assert await DiaryEntry.all().count() == 2
    assert await EntryRevision.all().count() == 2


async def test_one_bad_item_does_not_sink_the_batch_and_is_kept(phone_of):
    phone = phone_of("mia")
    bad = phone.item({"occurred": "2026-11-20", "pain": "5"})

    results = await phone.push(phone.item(), bad, phone.item())

    assert [r["status"] for r in results] == ["applied", "rejected", "applied"]
    assert results[1]["error"]["errors"] == [{"pointer": "/data/pain", "detail": "must be a whole number"}]
    kept = await QuarantinedItem.get()
    assert bad["id"] in kept.body


async def test_unknown_kind_is_rejected_and_kept_once_however_often_it_is_sent(phone_of):
    phone = phone_of("mia")
    item = phone.item(kind="weather")

    await phone.push(item)
    (result,) = await phone.push(item)

    assert result["error"]["code"] == "diary_entry.kind_unknown"
    kept = await QuarantinedItem.get()
    assert kept.times_sent == 2


async def test_both_parents_see_all_and_two_different_edits_are_merged(phone_of):
    mia, ben = phone_of("mia"), phone_of("ben")
    (made,) = await mia.push(mia.item())

    (first,) = await mia.push(mia.item({"note": "fell"}, id=made["id"], base_version=1))
    (second,) = await ben.push(ben.item({"pain": 4}, id=made["id"], base_version=1))

    assert (first["status"], second["status"]) == ("applied", "merged")
    page = await mia.pull()
    assert page["changes"][0]["data"]["pain"] == 4
    assert page["changes"][0]["data"]["note"] == "fell"
    assert (await ben.pull())["changes"] == page["changes"]


async def test_two_phones_editing_one_answer_offline_produce_a_conflict_not_a_loss(phone_of):
    mia, ben = phone_of("mia"), phone_of("ben")
    (made,) = await mia.push(mia.item())
    await mia.push(mia.item({"pain": 2}, id=made["id"], base_version=1))
    cursor = (await mia.pull())["cursor"]

    (clash,) = await ben.push(ben.item({"pain": 8}, id=made["id"], base_version=1))

    assert (clash["status"], clash["fields"]) == ("conflict", ["pain"])
    assert clash["current"]["data"]["pain"] == 2
    seen = (await mia.pull(cursor))["changes"][0]
    assert seen["open_conflicts"] == 1
    assert seen["conflicts"][0]["data"]["pain"] == 8

    (settled,) = await mia.push(mia.item({"pain": 8}, id=made["id"], base_version=2, reason="conflict_resolved",
                                         resolves=[clash["revision_id"]]))

    assert settled["status"] == "applied"
    assert (await ben.pull())["changes"][0]["open_conflicts"] == 0


async def test_bone_and_side_clash_as_one_place(phone_of):
    mia, ben = phone_of("mia"), phone_of("ben")
    (made,) = await mia.push(mia.item())
    await mia.push(mia.item({"sites": [{"bone": "femur", "side": "right"}]}, id=made["id"], base_version=1))

    (clash,) = await ben.push(ben.item({"sites": [{"bone": "tibia", "side": "left"}]}, id=made["id"], base_version=1))

    assert clash["status"] == "conflict"


async def test_edit_after_edit_does_not_conflict_with_oneself(phone_of):
    mia = phone_of("mia")
    (made,) = await mia.push(mia.item())

    await mia.push(mia.item({"pain": 2}, id=made["id"], base_version=1))
    (second,) = await mia.push(mia.item({"pain": 3}, id=made["id"], base_version=1))

    assert second["status"] == "applied"


async def test_late_duplicate_of_an_older_edit_is_harmless(phone_of):
    mia = phone_of("mia")
    (made,) = await mia.push(mia.item())
    old = mia.item({"pain": 2}, id=made["id"], base_version=1)
    await mia.push(old)
    await mia.push(mia.item({"pain": 3}, id=made["id"], base_version=2))

    (late,) = await mia.push(old)

    assert late["status"] == "unchanged"
    assert (await DiaryEntry.get(id=made["id"])).data["pain"] == 3


async def test_retraction_is_a_state_and_writing_again_takes_it_back(phone_of):
    mia = phone_of("mia")
    (made,) = await mia.push(mia.item())

    await mia.push(mia.item({}, id=made["id"], op="delete", base_version=1, reason="entered_in_error"))
    assert (await mia.pull())["changes"][0]["deleted"] is True
    (back,) = await mia.push(mia.item({"note": "it was real"}, id=made["id"], base_version=2))

    assert back["status"] == "applied"
    assert (await DiaryEntry.get(id=made["id"])).state == "in_review"


async def test_edit_against_a_retraction_is_a_conflict(phone_of):
    mia, ben = phone_of("mia"), phone_of("ben")
    (made,) = await mia.push(mia.item())
    await mia.push(mia.item({}, id=made["id"], op="delete", base_version=1, reason="entered_twice"))

    (clash,) = await ben.push(ben.item({"pain": 5}, id=made["id"], base_version=1))

    assert clash["status"] == "conflict"
    assert (await DiaryEntry.get(id=made["id"])).state == "retracted"


async def test_child_that_arrives_before_its_parent_waits_and_is_not_refused(phone_of):
    mia = phone_of("mia")
    parent = mia.item()
    child = mia.item({"symptom": "pain", "occurred": "2026-11-21", "parent_id": parent["id"]}, kind="symptom")

    (waiting,) = await mia.push(child)
    assert (await DiaryEntry.get(id=waiting["id"])).pending
    await mia.push(parent)

    assert not (await DiaryEntry.get(id=waiting["id"])).pending


async def test_unknown_fields_are_kept_inside_the_data_and_refused_elsewhere(phone_of):
    mia = phone_of("mia")
    newer = {"occurred": "2026-11-20", "ultrasound": {"seen": True}}

    kept, refused = await mia.push(mia.item(newer), mia.item(colour="blue"))

    assert (await DiaryEntry.get(id=kept["id"])).data["ultrasound"] == {"seen": True}
    assert refused["error"]["errors"] == [{"pointer": "/colour", "detail": "is not known here"}]


async def test_id_of_another_participant_reveals_nothing(phone_of):
    mia, eve = phone_of("mia"), phone_of("eve", "tom")
    (made,) = await mia.push(mia.item())

    (refused,) = await eve.push(eve.item(id=made["id"]))
    (malformed,) = await eve.push(eve.item(id="not-an-id"))

    assert refused["status"] == "rejected"
    assert refused["error"] == malformed["error"]
    assert (await DiaryEntry.get(id=made["id"])).version == 1
