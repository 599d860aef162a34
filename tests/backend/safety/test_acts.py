"""What staff do with a case over HTTP: read, acknowledge, assess, close, open again; signed or with a reason."""

import hashlib
from datetime import timedelta

import pytest

from models import AuditEvent, DiaryEntry, SafetyCase, SafetyCaseStep, Session
from notifications.local_time import local_date, zone_named
from tests.backend.safety.conftest import kinds_of
from tests.ledger import require_whole

URL = "/api/v1/safety-cases"


def seen(case) -> dict[str, str]:
    return {"If-Match": f'"s{case.seq}"'}


@pytest.fixture
def act(as_):
    """`await act("dag", case, "acknowledgement", entry_version=1)` carries the case's present number."""

    async def do(name: str, case: SafetyCase, what: str, **body):
        present = await SafetyCase.get(id=case.id)
        return await as_(name).post(f"{URL}/{case.id}/{what}", json=body, headers=seen(present))

    return do


async def test_list_shows_cases_of_ones_own_sites_by_deadline(opened, as_):
    first, second = await opened(), await opened(name="ben")

    listed = (await as_("nora").get(URL)).json()["items"]
    page = (await as_("nora").get(f"{URL}?limit=1")).json()
    rest = (await as_("nora").get(f"{URL}?limit=1&cursor={page['next_cursor']}")).json()

    assert [item["id"] for item in listed] == [str(first.id), str(second.id)]
    assert listed[0]["participant_code"] == "SE01-001"
    assert [item["id"] for item in page["items"] + rest["items"]] == [str(first.id), str(second.id)]
    assert (await as_("otto").get(URL)).json()["items"] == []
    assert (await as_("otto").get(f"{URL}?site=SE01")).status_code == 404
    assert len((await as_("max").get(f"{URL}?site=SE01")).json()["items"]) == 2
    assert (await as_("nora").get(f"{URL}?overdue=true")).json()["items"] == []
    assert (await as_("nora").get(f"{URL}?state=closed")).json()["items"] == []


async def test_overdue_cases_are_found(opened, as_, now):
    case = await opened()
    await SafetyCase.filter(id=case.id).update(due_at=now - timedelta(minutes=5))

    (item,) = (await as_("nora").get(f"{URL}?overdue=true")).json()["items"]

    assert (item["id"], item["is_overdue"]) == (str(case.id), True)


@pytest.mark.parametrize(("name", "status"), [
    ("nora", 200), ("iris", 200), ("dag", 200), ("max", 200), ("dana", 200), ("otto", 404), ("mia", 403),
    ("bea", 403), ("alma", 403),
])
async def test_staff_of_the_site_read_a_case_and_nobody_else(name, status, opened, as_):
    case = await opened()

    answer = await as_(name).get(f"{URL}/{case.id}")

    assert answer.status_code == status


async def test_case_tells_everything_that_is_needed(opened, as_, cast):
    case = await opened()

    answer = await as_("dag").get(f"{URL}/{case.id}")

    shown = answer.json()
    assert answer.headers["etag"] == f'"s{case.seq}"'
    assert shown["entry"]["data"]["sites"] == [{"bone": "skull", "side": "midline"}]
    assert [step["kind"] for step in shown["steps"]] == ["opened"]
    assert [one["name"] for one in shown["steps"][0]["told"]] == ["Dag"]
    assert [(one["name"], one["on_duty"]) for one in shown["contacts"]] == [
        ("Dag", True), ("Nora", False), ("Iris", False)]


async def test_acknowledgement_is_signed_with_what_was_read(opened, act, cast):
    case = await opened()

    answer = await act("dag", case, "acknowledgement", entry_version=1)

    entry = await DiaryEntry.get(id=case.entry_id)
    step = await SafetyCaseStep.get(case_id=case.id, kind="acknowledged")
    plain = b'{"occurred":"2026-11-20","sites":[{"bone":"skull","side":"midline"}]}'
    assert answer.status_code == 200
    assert (step.by_id, step.signed_name, step.meaning, step.entry_version) == (
        cast.dag.id, "Dag", "i_have_read_this", entry.version)
    assert step.content_hash == hashlib.sha256(plain).hexdigest()
    assert answer.json()["case"]["state"] == "acknowledged"
    event = await AuditEvent.get(action="safety_case.acknowledge")
    assert (event.actor_role, event.changes) == ("duty_person", {"state": ["open", "acknowledged"]})
    await require_whole(cast.leo.id)


async def test_signature_asks_for_the_password_once_more(opened, act, cast, now):
    case = await opened()
    await Session.filter(account_id=cast.dag.id).update(proved_at=now - timedelta(minutes=11))

    answer = await act("dag", case, "acknowledgement", entry_version=1)

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up.required")
    assert await kinds_of(case) == ["opened"]


async def test_who_read_an_older_version_is_told_so(opened, act, phone_of):
    case = await opened()
    phone = phone_of("mia")
    await phone.push(phone.item({"note": "she was sick twice"}, id=str(case.entry_id), base_version=1))

    answer = await act("dag", case, "acknowledgement", entry_version=1)

    assert (answer.status_code, answer.json()["current"]["entry_version"]) == (412, 2)
    assert (await act("dag", case, "acknowledgement", entry_version=2)).status_code == 200


async def test_who_saw_an_older_state_of_the_case_is_told_so(opened, as_):
    case = await opened()
    url, body = f"{URL}/{case.id}/acknowledgement", {"entry_version": 1}

    assert (await as_("dag").post(url, json=body, headers={"If-Match": '"s1"'})).status_code == 412
    assert (await as_("dag").post(url, json=body)).status_code == 428


@pytest.mark.parametrize(("name", "status"), [("otto", 404), ("max", 403), ("dana", 403), ("mia", 403), ("bea", 403)])
async def test_others_acknowledge_nothing(name, status, opened, act):
    assert (await act(name, await opened(), "acknowledgement", entry_version=1)).status_code == status


async def test_only_the_investigator_assesses(opened, act):
    case = await opened()
    body = {"entry_version": 1, "assessment": "not_serious"}
    assert (await act("iris", case, "assessment", **body)).status_code == 409
    await act("nora", case, "acknowledgement", entry_version=1)

    assert (await act("nora", case, "assessment", **body)).status_code == 403
    assert (await act("dag", case, "assessment", **body)).status_code == 403
    answer = await act("iris", case, "assessment", **body, note="One night for pain relief")

    assert answer.json()["case"]["assessment"] == "not_serious"
    step = await SafetyCaseStep.get(case_id=case.id, kind="assessed")
    assert (step.note, step.meaning, step.signed_name) == ("One night for pain relief", "i_assessed_this", "Iris")


async def test_another_judgement_is_a_step_of_its_own_and_keeps_the_clock(opened, act):
    case = await opened()
    await act("iris", case, "acknowledgement", entry_version=1)
    await act("iris", case, "assessment", entry_version=1, assessment="not_serious")

    await act("iris", case, "assessment", entry_version=1, assessment="serious")

    after = await SafetyCase.get(id=case.id)
    steps = await SafetyCaseStep.filter(case_id=case.id, kind="assessed").order_by("id")
    assert [step.detail for step in steps] == [
        {"assessment": "not_serious"}, {"assessment": "serious", "was": "not_serious"}]
    assert (after.assessment, after.known_since, after.due_at) == ("serious", case.known_since, case.due_at)


async def test_case_is_closed_once_assessed_and_opened_again_with_reasons(opened, act, cast):
    case = await opened()
    await act("iris", case, "acknowledgement", entry_version=1)
    early = await act("nora", case, "closure", reason="Nothing left")
    await act("iris", case, "assessment", entry_version=1, assessment="exempt")

    closed = await act("nora", case, "closure", reason="Nothing left")
    reopened = await act("nora", case, "reopening", reason="A letter has come")

    assert (early.status_code, early.json()["code"]) == (409, "state.refuses")
    assert closed.json()["case"]["state"] == "closed"
    assert reopened.json()["case"]["state"] == "acknowledged"
    assert await kinds_of(case) == ["opened", "acknowledged", "assessed", "closed", "reopened"]
    assert (await SafetyCase.get(id=case.id)).next_step_at is None
    await require_whole(cast.leo.id)


async def test_case_goes_along_when_the_participant_moves(opened, as_, cast):
    case = await opened()

    moved = await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/transfer", json={
        "site": "GB01", "effective_on": local_date(cast.now, zone_named("Europe/Stockholm")).isoformat(),
        "reason": "moved"})

    assert moved.status_code in (200, 201), moved.text
    assert (await as_("otto").get(f"{URL}/{case.id}")).status_code == 200
    assert (await as_("nora").get(f"{URL}/{case.id}")).status_code == 404
