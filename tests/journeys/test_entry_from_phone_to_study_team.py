"""The main job, as a story: a parent logs a fracture offline, the site asks back and validates, the study team
receives it exactly once — and later learns of the correction and of the retraction."""

import json
from pathlib import Path

from backend.forwarding.jobs import forward_due
from models import AuditEvent, EntryRevision

ANNA = {"email": "anna@example.org", "password": "one child and two dogs", "display_name": "Anna", "language": "sv",
        "timezone": "Europe/Stockholm", "kind": "app", "device_name": "Anna's phone", "app_version": "1.0"}


async def test_entry_from_phone_to_study_team(as_, cast, phone_of, study):
    nora, at_home = as_("nora"), as_()

    # Nora puts in the text that custodians read. She enrols a child and hands its mother, who has custody alone, a
    # linking code, which the mother redeems at home.
    text = (await nora.post("/api/v1/consent-documents", json={
        "code": "guardian-information", "version": "1", "audience": "custodian", "language": "sv", "site": "SE01",
        "title": "Till föräldrar", "body": "Du får säga nej.", "valid_from": "2026-01-01T00:00:00Z"})).json()
    enrolled = await nora.post("/api/v1/participants", json={
        "code": "SE01-007", "arm": "postnatal", "birth_month": "2023-05", "gestational_weeks": 38,
        "custodians": ["mother"]})
    assert enrolled.status_code == 201, enrolled.text
    child = enrolled.json()["id"]
    issued = await nora.post(f"/api/v1/participants/{child}/linking-codes",
                             json={"relation": "mother", "role": "guardian"})
    redeemed = await at_home.post("/api/v1/linking-codes/redemption", json={**ANNA, "code": issued.json()["code"]})
    assert redeemed.status_code == 201, redeemed.text
    at_home.headers["Authorization"] = f"Bearer {redeemed.json()['access_token']}"

    # In the emergency ward there is no network. The phone keeps the entry; later it sends it, twice to be sure.
    phone = phone_of("mia")
    phone.client, phone.participant_id = at_home, child
    fracture = phone.item({"occurred": "2026-11-20T14:30", "sites": [{"bone": "femur", "side": "left"}], "pain": 7})
    assert (await phone.push(fracture))[0]["error"]["code"] == "collection.closed"

    # Nobody has said yes yet: it is kept. Anna reads the text and signs, and it is there, as she had sent it.
    (asked,) = (await at_home.get(f"{phone.url}/consents")).json()["in_force"]
    assert asked["asks_you"]
    signed = await at_home.post(f"{phone.url}/consents", json={
        "document_id": text["id"], "body_hash": asked["document"]["body_hash"], "decision": "given"})
    assert signed.status_code == 201, signed.text
    (again,) = await phone.push(fracture)
    assert again["status"] == "unchanged"

    # Nora finds it on her worklist and asks back; a colleague in London sees nothing.
    (waiting,) = (await nora.get("/api/v1/worklist")).json()["items"]
    assert waiting["entry_id"] == fracture["id"]
    assert (await as_("otto").get("/api/v1/worklist")).json()["items"] == []
    await act(nora, fracture["id"], "data-queries", {"field": "/imaging", "question": "Was an X-ray taken?"})

    # The question waits in Anna's inbox; she answers by adding it to the entry.
    (notice,) = (await at_home.get("/api/v1/inbox")).json()["items"]
    assert notice["kind"] == "query_waiting"
    await phone.push(phone.item({"imaging": "done"}, id=fracture["id"], base_version=1, reason="answer_to_query"))

    # Nora validates; the message leaves, once, however often the worker looks.
    await act(nora, fracture["id"], "validation")
    await forward_due(study)
    await forward_due(study)
    (created,) = received_by_study_team(study)
    assert (created["kind"], created["version"]) == ("created", 2)
    assert created["data"]["imaging"] == "done"
    assert created["source_data"] == fracture["data"]
    assert "anna" not in json.dumps(created).lower()

    # Anna remembers better: it goes back to review and leaves as amended only when validated again.
    await phone.push(phone.item({"pain": 8}, id=fracture["id"], base_version=2, reason="remembered_better"))
    await forward_due(study)
    assert len(received_by_study_team(study)) == 1
    await act(nora, fracture["id"], "validation")
    await forward_due(study)

    # It turns out to have been entered twice: the study team learns of the retraction at once.
    await phone.push(phone.item({}, id=fracture["id"], op="delete", base_version=3, reason="entered_twice"))
    await forward_due(study)
    assert sorted(message["kind"] for message in received_by_study_team(study)) == ["amended", "created", "voided"]

    # Ten years later every change can be traced: four versions, each act numbered, none missing.
    assert [r.version for r in await EntryRevision.filter(entry_id=fracture["id"]).order_by("version")] == [1, 2, 3, 4]
    numbers = [event.seq for event in await AuditEvent.filter(participant_id=child).order_by("seq")]
    assert numbers == list(range(1, len(numbers) + 1))


async def act(client, entry_id, what, body=None):
    """An act of review, under the version just seen."""
    url = f"/api/v1/review/entries/{entry_id}"
    seen = (await client.get(url)).headers["etag"]
    answer = await client.post(f"{url}/{what}", json=body, headers={"If-Match": seen})
    assert answer.is_success, answer.text


def received_by_study_team(study):
    """What lies in the study team's folder."""
    files = Path(study.settings.data_folder, "forwarded").glob("*.jsonl")
    return [json.loads(file.read_text()) for file in files]
