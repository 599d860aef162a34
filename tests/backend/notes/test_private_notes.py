"""Private notes are the author's alone: no co-parent, no staff, no trail and no sync ever carries their words."""

import asyncio
from datetime import timedelta

import pytest

from backend.notes import private_notes
from models import AuditEvent, Guardianship, PrivateNote
from models.actions import Action
from models.fields import new_id
from models.statement import rows

WORDS = "Ben forgot the splint again, ask the lawyer"


@pytest.fixture
def notes(cast):
    return f"/api/v1/participants/{cast.leo.id}/private-notes"


async def test_mia_writes_reads_changes_and_deletes_her_note(as_, notes):
    mia, url, entry = as_("mia"), f"{notes}/{new_id()}", str(new_id())

    made = await mia.put(url, json={"text": WORDS, "entry_id": entry})
    changed = await mia.put(url, json={"text": "Better so"})

    assert (made.status_code, made.json()["text"], made.json()["entry_id"]) == (200, WORDS, entry)
    assert (changed.json()["text"], changed.json()["entry_id"]) == ("Better so", None)
    assert changed.json()["created_at"] == made.json()["created_at"] < changed.json()["changed_at"]
    listed = await mia.get(notes)
    assert listed.json()["items"] == [changed.json()]
    assert listed.headers["cache-control"] == "no-store"
    assert (await mia.delete(url)).status_code == 204
    assert (await mia.delete(url)).status_code == 404
    assert await PrivateNote.all().count() == 0


async def test_nobody_else_can_tell_that_there_is_one(as_, notes, cast, phone_of):
    note_id, unknown = new_id(), new_id()
    before = await phone_of("ben").pull()
    await as_("mia").put(f"{notes}/{note_id}", json={"text": WORDS})

    for who, status in (("ben", 404), ("eve", 404), ("greta", 403), ("nora", 403), ("iris", 403), ("max", 403),
                        ("dana", 403), ("alma", 403)):
        taken, free = [await as_(who).delete(f"{notes}/{one}") for one in (note_id, unknown)]
        assert taken.status_code == free.status_code == status, who
        assert taken.json().keys() == free.json().keys()
    assert (await as_("ben").get(notes)).json()["items"] == []
    assert (await as_("ben").put(f"{notes}/{note_id}", json={"text": "mine"})).json()["code"] == "id_unusable"
    after = await phone_of("ben").pull()
    assert (after["changes"], after["cursor"]) == (before["changes"], before["cursor"])
    trail = await as_("nora").get(f"/api/v1/review/participants/{cast.leo.id}/audit-trail")
    assert "private_note" not in trail.text
    assert (await as_("mia").get(notes)).json()["items"][0]["text"] == WORDS


async def test_words_stand_sealed_in_the_database_and_nowhere_in_the_trail(as_, notes):
    url = f"{notes}/{new_id()}"
    await as_("mia").put(url, json={"text": WORDS})
    await as_("mia").put(url, json={"text": WORDS + "!"})
    await as_("mia").put(url, json={"text": WORDS + "!"})

    events = await AuditEvent.filter(action=Action.PRIVATE_NOTE_WRITE)
    assert len(events) == 2, "the same again is no change"
    assert {event.participant_id for event in events} == {None}
    assert "splint" not in str(await AuditEvent.all().values())
    assert "splint" not in str(await rows("SELECT * FROM private_note"))


async def test_notes_go_with_the_guardianship(as_, notes, cast, now):
    await as_("mia").put(f"{notes}/{new_id()}", json={"text": WORDS})
    await Guardianship.create(account_id=cast.mia.id, participant_id=cast.tom.id, role="guardian", relation="mother",
                              capabilities=["log"], starts_at=now - timedelta(hours=1))
    await Guardianship.filter(account_id=cast.mia.id, participant_id=cast.leo.id).update(ends_at=now)

    assert (await as_("mia").get(notes)).status_code == 404
    assert (await as_("mia").put(f"{notes}/{new_id()}", json={"text": WORDS})).status_code == 404
    toms = f"/api/v1/participants/{cast.tom.id}/private-notes"
    assert (await as_("mia").get(toms)).json()["items"] == [], "notes belong to one child"
    assert (await as_("mia").put(f"{toms}/{new_id()}", json={"text": WORDS})).status_code == 200


async def test_notes_come_in_pages_newest_first(as_, notes):
    ids = [str(new_id()) for _ in range(5)]
    for note_id in ids:
        await as_("mia").put(f"{notes}/{note_id}", json={"text": "x"})
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await as_("mia").get(notes, params=params)).json()
        seen += [item["id"] for item in page["items"]]
        if not (cursor := page["next_cursor"]):
            break

    assert seen == ids[::-1]


async def test_there_is_a_most_also_for_those_who_write_at_once(as_, notes, monkeypatch, row_held, cast):
    monkeypatch.setattr(private_notes, "MOST", 3)
    mia = as_("mia")

    async with row_held("participant", cast.leo.id):
        tries = [asyncio.ensure_future(mia.put(f"{notes}/{new_id()}", json={"text": "x"})) for _ in range(5)]
    answers = await asyncio.gather(*tries)

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [413] * 2
    kept = (await mia.get(notes)).json()["items"][0]["id"]
    assert (await mia.put(f"{notes}/{kept}", json={"text": "still changed"})).status_code == 200
    assert (await as_("ben").put(f"{notes}/{new_id()}", json={"text": "his own count"})).status_code == 200


@pytest.mark.parametrize("body", [
    {"text": ""}, {"text": "x" * 4001}, {"text": None}, {}, {"text": "x", "entry_id": "7"}, {"text": "x\u0000"},
    {"text": "x", "account_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"},
])
async def test_odd_notes_are_refused(as_, notes, body):
    assert (await as_("mia").put(f"{notes}/{new_id()}", json=body)).status_code == 400


async def test_longest_note_in_any_script_comes_back_whole(as_, notes):
    text = "😀" * 4000

    answer = await as_("mia").put(f"{notes}/{new_id()}", json={"text": text})

    assert answer.json()["text"] == text
