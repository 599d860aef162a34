"""Linking codes: shown once, stored as a hash, one active per relation."""

from datetime import datetime, timedelta

import pytest

from models import AuditEvent, LinkingCode
from models.actions import Action
from models.vocabulary import ParticipantState

MOTHER = {"relation": "mother", "role": "guardian"}


@pytest.fixture
def codes(cast):
    return f"/api/v1/participants/{cast.leo.id}/linking-codes"


async def test_code_is_shown_once_and_stored_as_a_hash(as_, codes, now, cast):
    answer = await as_("nora").post(codes, json=MOTHER)

    issued = answer.json()
    plain = issued["code"].replace("-", "")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert [len(group) for group in issued["code"].split("-")] == [4, 4, 4]
    assert issued["deep_link"] == f"http://localhost:8000/link#{plain}"
    assert issued["qr_svg"].startswith("<svg")
    assert datetime.fromisoformat(issued["expires_at"]) - now >= timedelta(hours=72)
    listed = await as_("nora").get(codes)
    for place in (str(await LinkingCode.all().values()), str(await AuditEvent.all().values()), listed.text):
        assert plain not in place.replace("-", "")
    event = await AuditEvent.get(action=Action.LINKING_CODE_ISSUE)
    assert event.participant_id == cast.leo.id


async def test_reissue_revokes_the_older_code_of_the_same_relation_only(as_, codes):
    nora = as_("nora")
    await nora.post(codes, json=MOTHER)
    await nora.post(codes, json={"relation": "father", "role": "guardian"})
    await nora.post(codes, json=MOTHER)

    listed = (await nora.get(codes)).json()["items"]

    assert [(item["relation"], item["state"]) for item in listed] == [
        ("mother", "active"), ("father", "active"), ("mother", "revoked"),
    ]


async def test_revoked_code_stays_revoked(as_, codes):
    issued = (await as_("nora").post(codes, json=MOTHER)).json()

    first = await as_("iris").delete(f"{codes}/{issued['id']}")
    again = await as_("iris").delete(f"{codes}/{issued['id']}")

    assert (first.status_code, again.status_code) == (204, 409)
    assert (await as_("nora").get(codes)).json()["items"][0]["state"] == "revoked"


async def test_expired_code_is_listed_as_expired(as_, codes, now):
    await as_("nora").post(codes, json=MOTHER)
    await LinkingCode.all().update(expires_at=now)

    assert (await as_("nora").get(codes)).json()["items"][0]["state"] == "expired"


async def test_code_of_another_participant_is_not_found(as_, codes, cast):
    issued = (await as_("nora").post(codes, json=MOTHER)).json()

    assert (await as_("otto").delete(f"{codes}/{issued['id']}")).status_code == 404
    tom = f"/api/v1/participants/{cast.tom.id}/linking-codes/{issued['id']}"
    assert (await as_("otto").delete(tom)).status_code == 404


@pytest.mark.parametrize("who", ["mia", "greta", "alma"])
async def test_families_and_administrators_neither_issue_nor_list(as_, codes, who):
    assert (await as_(who).post(codes, json=MOTHER)).status_code == 403
    assert (await as_(who).get(codes)).status_code == 403


async def test_monitor_lists_and_does_not_issue(as_, codes):
    assert (await as_("max").get(codes)).status_code == 200
    assert (await as_("max").post(codes, json=MOTHER)).status_code == 403


@pytest.mark.parametrize("wanted", [
    {"relation": "participant_self", "role": "guardian"}, {"relation": "mother", "role": "participant"},
    {"relation": "site_staff_on_behalf", "role": "carer"}, {"relation": "mother", "role": "coordinator"},
])
async def test_relation_and_role_must_go_together(as_, codes, wanted):
    assert (await as_("nora").post(codes, json=wanted)).json()["code"] in ("body.invalid", "body.does_not_fit")


async def test_no_code_for_somebody_who_withdrew(as_, codes, cast):
    await cast.leo.update_from_dict({"state": ParticipantState.WITHDRAWN}).save()

    answer = await as_("nora").post(codes, json=MOTHER)

    assert (answer.status_code, answer.json()["state"]) == (409, "withdrawn")
