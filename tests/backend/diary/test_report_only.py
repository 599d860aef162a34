"""Greta may report only: whichever way she writes, she learns nothing that others have put into the diary."""

import pytest

from models import DiaryEntry
from models.fields import new_id
from models.vocabulary import EntryState

SECRET = "the mother's own words"


@pytest.fixture
async def hers(as_, cast):
    """The address of an entry that Greta made and Mia has added to."""
    url = f"/api/v1/participants/{cast.leo.id}/entries/{new_id()}"
    made = await as_("greta").put(
        url, json={"kind": "fracture", "data": {"occurred": "2026-11-02"}}, headers={"If-None-Match": "*"})
    assert made.status_code == 201
    added = await as_("mia").patch(
        url, json={"data": {"note": SECRET, "occurred": "2026-10-11"}}, headers={"If-Match": '"v1"'})
    assert added.status_code == 200
    return url


@pytest.mark.parametrize(("method", "headers", "body"), [
    ("PATCH", {"If-Match": '"v2"'}, {"data": {}}),
    ("PATCH", {"If-Match": '"v2"'}, {"data": {"pain": 3}}),
    ("PATCH", {"If-Match": '"v1"'}, {"data": {"pain": 3}}),
    ("PUT", {"If-None-Match": "*"}, {"kind": "fracture", "data": {"occurred": "2026-11-02"}}),
    ("PUT", {"If-None-Match": "*"}, {"kind": "fracture", "data": {"occurred": "2026-11-03"}}),
    ("DELETE", {"If-Match": '"v2"'}, None),
    ("GET", {}, None),
])
async def test_carer_never_reads_back_what_a_parent_added(method, headers, body, hers, as_):
    url = f"{hers}?reason=entered_in_error" if method == "DELETE" else hers

    answer = await as_("greta").request(method, url, headers=headers, json=body)

    assert SECRET not in answer.text
    assert "2026-10-1" not in answer.text


async def test_carer_gets_her_own_words_back(hers, as_):
    answer = await as_("greta").patch(hers, json={"data": {"pain": 3}}, headers={"If-Match": '"v2"'})

    assert answer.status_code == 200
    assert (answer.json()["data"], answer.json()["version"]) == ({"pain": 3}, 3)
    assert (await as_("mia").get(hers)).json()["data"] == {"occurred": "2026-10-11", "note": SECRET, "pain": 3}


async def test_carer_is_not_told_by_remarks_or_state_what_became_of_it(hers, as_, phone_of):
    """A finding on the mother's answer, and a state that staff or others gave it, are news about them."""
    await as_("mia").patch(hers, json={"data": {"fall_height_cm": 9999}}, headers={"If-Match": '"v2"'})
    phone, entry_id = phone_of("greta"), hers.rpartition("/")[2]

    (written,) = await phone.push(phone.item({"pain": 3}, id=entry_id, base_version=3))
    await DiaryEntry.filter(id=entry_id).update(state=EntryState.DUPLICATE)
    again = await as_("greta").put(
        hers, json={"kind": "fracture", "data": {"occurred": "2026-11-02"}}, headers={"If-None-Match": "*"})

    assert (written["status"], written.get("findings")) == ("applied", None)
    assert again.json()["state"] == "received"
