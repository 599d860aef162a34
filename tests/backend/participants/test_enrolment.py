"""Enrolment at one's own site, and nobody else's participants in sight."""

import pytest

from models import AuditEvent, Participant, RecordRead
from models.actions import Action

URL = "/api/v1/participants"
NEW = {"code": "SE01-003", "arm": "postnatal", "birth_month": "2021-11", "gestational_weeks": 38, "gestational_days": 2}


@pytest.mark.parametrize("who", ["nora", "iris"])
async def test_staff_of_the_site_enrol(as_, cast, who):
    answer = await as_(who).post(URL, json=NEW)

    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in NEW} == NEW
    assert (answer.json()["site"], answer.json()["state"]) == ("SE01", "active")
    participant = await Participant.get(code="SE01-003")
    assert participant.gestational_days == 268
    event = await AuditEvent.get(action=Action.PARTICIPANT_ENROL)
    assert (event.participant_id, event.seq, event.actor_id) == (participant.id, 1, cast.people[who].id)


async def test_otto_can_not_enrol_in_stockholm_and_learns_nothing_of_its_codes(as_):
    for code in ("SE01-003", "SE01-001", "XX99-001"):
        assert (await as_("otto").post(URL, json=NEW | {"code": code})).json()["code"] == "not_found"


@pytest.mark.parametrize("who", ["max", "dana", "alma", "mia", "greta"])
async def test_others_may_not_enrol(as_, who):
    assert (await as_(who).post(URL, json=NEW)).status_code == 403


async def test_code_that_is_taken_is_refused_and_nothing_is_written(as_):
    answer = await as_("nora").post(URL, json=NEW | {"code": "SE01-001"})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert not await AuditEvent.filter(action=Action.PARTICIPANT_ENROL).exists()


async def test_before_birth_nothing_is_known_of_it(as_):
    answer = await as_("nora").post(URL, json={"code": "SE01-004", "arm": "prenatal"})

    assert answer.status_code == 201
    assert (answer.json()["birth_month"], answer.json()["gestational_weeks"]) == (None, None)


@pytest.mark.parametrize(("change", "finding"), [
    ({"birth_month": None, "gestational_weeks": None, "gestational_days": None}, "birth_month.missing"),
    ({"birth_month": "2099-01"}, "birth_month.in_future"),
    ({"gestational_weeks": None}, "gestational_weeks.missing"),
    ({"arm": "prenatal", "birth_month": None}, "gestational_weeks.before_birth"),
])
async def test_what_does_not_fit_together_is_a_finding(as_, change, finding):
    answer = await as_("nora").post(URL, json=NEW | change)

    assert answer.status_code == 422
    assert [found["code"] for found in answer.json()["findings"]] == [finding]


@pytest.mark.parametrize("change", [
    {"code": "se01-003"}, {"code": "SE01"}, {"arm": "unknown"}, {"birth_month": "2021-13"}, {"gestational_weeks": 19},
    {"gestational_days": 7}, {"gestational_weeks": "38"}, {"name": "Leo"}, {"birth_month": "2021-11-05"},
    {"code": "SE01-003\n"},
])
async def test_malformed_enrolment_is_refused_with_its_pointer(as_, change):
    answer = await as_("nora").post(URL, json=NEW | change)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(change))}"


async def test_otto_gets_not_found_for_stockholms_participant(as_, cast):
    for path in ("", "/linking-codes", "/guardianships"):
        assert (await as_("otto").get(f"{URL}/{cast.leo.id}{path}")).json()["code"] == "not_found"
    mother = {"relation": "mother", "role": "guardian"}
    issue = await as_("otto").post(f"{URL}/{cast.leo.id}/linking-codes", json=mother)
    assert issue.status_code == 404
    assert [item["code"] for item in (await as_("otto").get(URL)).json()["items"]] == ["GB01-001"]


async def test_opening_a_record_is_noted_once_a_quarter_of_an_hour(as_, cast):
    for _ in range(3):
        assert (await as_("max").get(f"{URL}/{cast.leo.id}")).json()["code"] == "SE01-001"

    notes = await RecordRead.filter(account_id=cast.max.id, participant_id=cast.leo.id).count()
    assert 1 <= notes <= 2  # two when a quarter began in between


async def test_list_comes_in_pages_and_narrows_by_the_beginning_of_the_code(as_):
    for number in (2, 3, 4, 15):
        await as_("nora").post(URL, json=NEW | {"code": f"SE01-{number:03}"})
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await as_("nora").get(URL, params=params)).json()
        seen += [item["code"] for item in page["items"]]
        if not (cursor := page["next_cursor"]):
            break

    narrowed = await as_("dana").get(URL, params={"code_starts": "se01-00"})

    assert seen == ["SE01-001", "SE01-002", "SE01-003", "SE01-004", "SE01-015"]
    assert [item["code"] for item in narrowed.json()["items"]] == seen[:4]


@pytest.mark.parametrize("starts", ["%", "SE_", "'; DROP TABLE", "ä"])
async def test_search_takes_beginnings_of_codes_only(as_, starts):
    assert (await as_("nora").get(URL, params={"code_starts": starts})).status_code == 400
