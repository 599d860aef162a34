"""A new protocol version never rewrites an entry: what it retired or renamed stays readable, correctable and named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from backend.forwarding.jobs import forward_due
from backend.wiring import prepare_study
from models import DiaryEntry, EntryRevision, StudyProtocol
from models.forms_then import form_then
from models.protocol import BOOSTB4, load_protocol
from models.protocol.loading import read_protocol
from models.vocabulary import EntryKind
from tests.backend.console.test_correction_pages import fields_of
from tests.backend.console.test_on_behalf_pages import FRACTURE, page_of, written
from tests.browsers import read

FOUR = load_protocol()
TOLD = {"occurred": "2026-11-20", "activity": "sport", "sites": [{"bone": "kneecap", "side": "left"}],
        "certainty": "sure", "witnessed": "saw_it"}


def next_version():
    """Version 5 retires `sport` and `kneecap`, calls `witnessed` `seen_by`, and asks for `certainty` as a text."""
    body = BOOSTB4.read_text("utf-8").replace('version = "4"', 'version = "5"')
    body = body.replace('"play", "sport", "therapy', '"play", "therapy').replace(', "kneecap"', "")
    body = body.replace("witnessed = {", "seen_by = {")
    return read_protocol(body.replace('certainty = { type = "code", codes = ["sure", "think_so", "not_sure"] }',
                                      'certainty = { type = "text", max = 20 }'), "own.toml")


@pytest.fixture
async def upgraded(study, app, now):
    """`await upgraded()` starts the installation again with version 5 of its protocol."""
    async def restart():
        app.state.wiring = replace(study, protocol=next_version())
        await prepare_study(app.state.wiring, now)
        return app.state.wiring

    return restart


@pytest.fixture
async def old(phone_of):
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item(TOLD))
    return made["id"]


async def test_old_entry_is_shown_in_the_words_of_its_own_time(as_, browser_of, old, upgraded):
    five = (await upgraded()).protocol

    entry, (revision,) = await DiaryEntry.get(id=old), await EntryRevision.filter(entry_id=old)
    shown = read(await (await browser_of("nora")).see(f"/console/entries/{old}")).text

    assert (entry.data, revision.protocol_hash) == (TOLD, FOUR.hash)
    assert {row.version: row.hash for row in await StudyProtocol.all()} == {"4": FOUR.hash, "5": five.hash}
    for words in ("Sport", "Kneecap, left", "Saw it"):
        assert words in shown, words
    assert '"saw_it"' not in shown
    form = await form_then(five, EntryKind.FRACTURE, [entry.id])
    assert (form.field["witnessed"], form.field["seen_by"].type) == (
        FOUR.form(EntryKind.FRACTURE).field["witnessed"], "code")
    assert ("sport" in form.field["activity"].codes, form.field["certainty"].type) == (True, "text")
    assert "sport" not in five.form(EntryKind.FRACTURE).field["activity"].codes


async def test_old_entry_is_corrected_and_keeps_what_is_no_longer_asked(phone_of, as_, old, upgraded, now):
    five = (await upgraded()).protocol
    phone = phone_of("mia")

    (corrected,) = await phone.push(phone.item({"pain": 3}, id=old, base_version=1, reason="remembered_better"))
    entry = await DiaryEntry.get(id=old)
    first, second = await EntryRevision.filter(entry_id=old).order_by("version")

    assert corrected["version"] == 2, corrected
    assert entry.data == {**TOLD, "pain": 3}
    assert (first.data, first.protocol_hash, second.protocol_hash) == (TOLD, FOUR.hash, five.hash)
    assert entry.findings == [], "what stands as its own time's form took it is not odd"

    await phone.push(phone.item({"sites": [{"bone": "kneecap"}]}, id=old, base_version=2, reason="remembered_better"))
    await phone.push(phone.item({"pain": 4}, id=old, base_version=3, reason="remembered_better"))
    assert [(f["code"], f["field"]) for f in (await DiaryEntry.get(id=old)).findings] == [("code_unknown", "sites")]


async def test_staff_correct_an_old_entry_and_nothing_of_it_gets_lost(browser_of, cast, upgraded):
    nora = await browser_of("nora")
    await written(nora, cast, {**FRACTURE, "data.activity": "sport", "data.sites.0.bone": "kneecap",
                               "data.witnessed": "saw_it", "data.certainty": "sure"})
    told = await DiaryEntry.get()
    await upgraded()

    url = f"{page_of(cast)}/{told.id}"
    done = await nora.post(url, **{**fields_of(await nora.see(url)), "data.pain": "2", "reason": "mistyped"})

    assert done.headers["location"] == f"/console/entries/{told.id}?done=corrected"
    assert (await DiaryEntry.get()).data == {**told.data, "pain": 2}


async def test_old_entry_leaves_with_every_version_named(phone_of, as_, old, upgraded):
    wiring = await upgraded()
    phone, nora = phone_of("mia"), as_("nora")
    await phone.push(phone.item({"pain": 3}, id=old, base_version=1, reason="remembered_better"))

    url = f"/api/v1/review/entries/{old}"
    seen = (await nora.get(url)).headers["etag"]
    assert (await nora.post(f"{url}/validation", headers={"If-Match": seen})).is_success
    await forward_due(wiring)

    (sent,) = received_by_study_team(wiring)
    assert (sent["source_data"], sent["data"]["witnessed"]) == (TOLD, "saw_it")
    assert [revision["protocol_hash"] for revision in sent["revisions"]] == [FOUR.hash, wiring.protocol.hash]


async def test_blinded_reader_is_not_shown_what_todays_protocol_says_nothing_about(browser_of, old, upgraded, as_):
    await upgraded()

    shown = read(await (await browser_of("bea")).see(f"/console/entries/{old}")).text

    assert "Saw it" not in shown


async def test_form_of_an_unreadable_old_version_leaves_todays(study, old, upgraded):
    five = (await upgraded()).protocol
    body = '[form.fracture.field]\nwitnessed = { type = "hologram" }\nshoe = { type = "integer" }\n[form.dream]\n'
    await StudyProtocol.filter(hash=FOUR.hash).update(body=body)

    form = await form_then(five, EntryKind.FRACTURE, [old])

    assert ("witnessed" in form.field, form.field["shoe"].type) == (False, "integer")


def received_by_study_team(wiring):
    files = Path(wiring.settings.data_folder, "forwarded").glob("*.jsonl")
    return [json.loads(file.read_text()) for file in files]
