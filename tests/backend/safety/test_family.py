"""What families are told: before they send, with the answer, and when somebody has read it."""

import pytest

from models import Account, SafetyCase
from models.fields import new_id
from tests.backend.safety.conftest import CALM, SKULL

SAID = "This app is not watched day and night. If you are worried, call 112 or your OI team now."


@pytest.mark.parametrize(("language", "begins"), [
    ("en", "This app"), ("sv-SE", "Ingen bevakar"), ("de", "Diese App"), ("nl", "Deze app"), ("fi", "This app"),
])
async def test_notice_is_there_before_anything_is_sent(language, begins, as_, cast):
    await Account.filter(id=cast.mia.id).update(language=language)

    told = (await as_("mia").get("/api/v1/safety-notice")).json()

    assert told["text"].startswith(begins)
    assert "112" in told["text"]
    assert told["emergency_number"] == "112"


async def test_notice_can_be_kept_in_another_language(as_):
    told = (await as_("greta").get("/api/v1/safety-notice?language=sv")).json()

    assert (told["language"], told["text"].partition(" ")[0]) == ("sv", "Ingen")
    assert (await as_().get("/api/v1/safety-notice")).status_code == 401


async def test_answer_to_what_is_urgent_carries_the_notice_also_when_sent_again(phone_of):
    phone = phone_of("mia")
    item = phone.item(SKULL)

    (first,) = await phone.push(item)
    (again,) = await phone.push(item)

    assert first["safety"] == again["safety"] == {"notice": SAID, "case": True, "acknowledged_at": None}
    assert again["status"] == "unchanged"


async def test_answer_to_what_is_calm_carries_none(phone_of):
    phone = phone_of("mia")

    calm, symptom = await phone.push(phone.item(CALM), phone.item({"symptom": "fatigue"}, kind="symptom"))

    assert "safety" not in calm
    assert "safety" not in symptom


async def test_single_entry_carries_it_when_written_and_when_read(as_, cast):
    url = f"/api/v1/participants/{cast.leo.id}/entries/{new_id()}"

    written = await as_("mia").put(url, json={"kind": "fracture", "data": SKULL}, headers={"If-None-Match": "*"})
    read = await as_("ben").get(url)

    assert written.json()["safety"] == read.json()["safety"] == {"notice": SAID, "case": True, "acknowledged_at": None}


async def test_family_sees_that_somebody_has_read_it_and_nothing_else(opened, as_, phone_of, cast):
    case = await opened()
    since = (await phone_of("ben").pull())["cursor"]
    await as_("dag").post(f"/api/v1/safety-cases/{case.id}/acknowledgement", json={"entry_version": 1},
                          headers={"If-Match": f'"s{case.seq}"'})

    url = f"/api/v1/participants/{cast.leo.id}"
    page = (await as_("ben").get(f"{url}/changes?since={since}")).json()
    entry = (await as_("ben").get(f"{url}/entries/{case.entry_id}")).json()

    (change,) = [one for one in page["changes"] if one["collection"] == "safety_cases"]
    assert change["state"] == "acknowledged"
    assert change["data"].keys() == {"entry_id", "acknowledged_at"}
    assert change["data"]["entry_id"] == str(case.entry_id)
    assert entry["safety"]["acknowledged_at"] == change["data"]["acknowledged_at"]
    assert "Dag" not in str(page) + str(entry)


async def test_who_may_report_only_gets_the_notice_and_learns_of_no_case(phone_of, as_, cast):
    greta, mia = phone_of("greta"), phone_of("mia")
    (mine,) = await greta.push(greta.item({"symptom": "fatigue"}, kind="symptom"))
    (urgent,) = await greta.push(greta.item(SKULL))
    await mia.push(mia.item({"symptom": "lump_or_new_growth"}, kind="symptom", id=mine["id"], base_version=1))
    assert await SafetyCase.filter(entry_id=mine["id"]).exists()

    (after,) = await greta.push(greta.item({"severity": "mild"}, kind="symptom", id=mine["id"], base_version=1))

    assert urgent["safety"] == {"notice": SAID, "case": False, "acknowledged_at": None}
    assert "safety" not in mine
    assert "safety" not in after
