"""Planning, agreeing and attending visits."""

from datetime import timedelta
from uuid import uuid4

import pytest

from models import AuditEvent, Participant, RecordRead, Visit
from models.actions import Action
from models.protocol.repeats import by_code
from models.vocabulary import Capability, ParticipantState, Relation, Role, VisitState

PLAN = {"first_dose_on": "2026-08-31"}


def plan_url(cast) -> str:
    return f"/api/v1/participants/{cast.leo.id}/visit-plan"


def visits_url(cast) -> str:
    return f"/api/v1/participants/{cast.leo.id}/visits"


@pytest.fixture
async def visit(cast, now) -> Visit:
    return await Visit.create(
        participant=cast.leo, seq=0, plan_code="FU", target_on=(now + timedelta(days=30)).date(),
        timezone="Europe/Stockholm",
    )


async def test_coordinator_plans_the_visits_of_the_protocol(as_, cast, study):
    answer = await as_("nora").post(plan_url(cast), json=PLAN)

    assert answer.status_code == 200
    found = {v["plan_code"]: v for v in answer.json()["visits"]}
    rules = [rule for rule in study.protocol.file.visit if rule.anchor == "first_dose"]
    assert set(found) == set(by_code(rules)) > {"DOSE-1", "FU-Y3", "FU-Y10"}
    assert (found["FU-Y10"]["phase"], found["FU-Y10"]["protocol_hash"]) == ("long-term follow-up", study.protocol.hash)
    assert found["DOSE-2"]["target_on"] == "2026-12-31"
    assert found["DOSE-2"]["timezone"] == "Europe/Stockholm"
    leo = await Participant.get(id=cast.leo.id)
    # A synced row each, so a number each: a page of changes that ends between two of them must lose none.
    assert {v["seq"] for v in found.values()} == set(range(1, leo.seq + 1))
    event = await AuditEvent.get(subject_id=found["DOSE-2"]["id"])
    assert (event.action, event.seq) == (Action.VISIT_PLAN, found["DOSE-2"]["seq"])
    assert event.changes["target_on"] == [None, "2026-12-31"]


async def test_planning_again_changes_nothing_and_the_last_dose_adds_its_visits(as_, cast):
    await as_("nora").post(plan_url(cast), json=PLAN)
    await as_("nora").post(plan_url(cast), json=PLAN)
    planned = await AuditEvent.filter(participant_id=cast.leo.id).count()

    answer = await as_("nora").post(plan_url(cast), json={**PLAN, "last_dose_on": "2027-08-31"})

    found = {v["plan_code"]: v for v in answer.json()["visits"]}
    assert found["FU-P6"]["target_on"] == "2028-02-29"
    assert found["FU-P6"]["seq"] == planned + 1
    assert found["DOSE-2"]["seq"] <= planned


async def test_another_first_dose_keeps_the_appointment_and_moves_the_rest(as_, cast):
    await as_("nora").post(plan_url(cast), json=PLAN)
    visits = {v.plan_code: v for v in await Visit.filter(participant_id=cast.leo.id)}
    await as_("nora").put(f"/api/v1/visits/{visits['DOSE-2'].id}/agreement", json={"at": "2026-12-30T09:00:00"})

    answer = await as_("nora").post(plan_url(cast), json={"first_dose_on": "2026-09-01"})

    found = {v["plan_code"]: v for v in answer.json()["visits"]}
    assert [found[f"DOSE-{n}"]["target_on"] for n in (1, 2, 3)] == ["2026-09-01", "2027-01-01", "2027-05-01"]
    assert found["DOSE-2"]["agreed_at"].startswith("2026-12-30T08:00:00")
    assert (found["DOSE-2"]["sequence"], found["DOSE-3"]["sequence"]) == (2, 1)


async def test_family_sees_the_visits_and_leaves_a_trace(as_, cast, visit):
    answer = await as_("mia").get(visits_url(cast))

    assert [v["id"] for v in answer.json()["visits"]] == [str(visit.id)]
    assert await RecordRead.filter(account_id=cast.mia.id, participant_id=cast.leo.id).count() == 1


@pytest.mark.parametrize(("name", "status"), [
    ("ben", 200), ("nora", 200), ("iris", 200), ("max", 200), ("dana", 200),
    ("otto", 404), ("eve", 404), ("greta", 403), ("alma", 403),
])
async def test_visits_are_seen_by_the_family_and_its_site_only(as_, cast, visit, name, status):
    assert (await as_(name).get(visits_url(cast))).status_code == status


async def test_guardian_without_sight_does_not_see_visits(as_, cast, visit):
    await cast.guardian("fay", cast.leo, Relation.OTHER_GUARDIAN, Role.GUARDIAN, [Capability.LOG])

    assert (await as_("fay").get(visits_url(cast))).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("mia", 403), ("max", 403), ("otto", 404)])
async def test_only_staff_of_the_site_plan_agree_and_note(as_, cast, visit, name, status):
    client = as_(name)

    answers = [
        await client.post(plan_url(cast), json=PLAN),
        await client.put(f"/api/v1/visits/{visit.id}/agreement", json={"at": "2026-12-30T09:00:00"}),
        await client.post(f"/api/v1/visits/{visit.id}/attendance", json={"attended_on": "2026-01-01"}),
    ]

    assert [a.status_code for a in answers] == [status] * 3
    assert (await Visit.get(id=visit.id)).agreed_at is None


async def test_appointment_is_agreed_in_the_sites_own_time(as_, cast, visit):
    answer = await as_("iris").put(f"/api/v1/visits/{visit.id}/agreement", json={"at": "2026-07-01T09:30:00"})

    assert answer.status_code == 200
    assert answer.json()["agreed_at"] in ("2026-07-01T07:30:00Z", "2026-07-01T07:30:00+00:00")
    leo = await Participant.get(id=cast.leo.id)
    assert answer.json()["seq"] == leo.seq == 1
    event = await AuditEvent.get(subject_id=visit.id)
    assert (event.action, event.changes["agreed_at"]) == (Action.VISIT_AGREE, [None, "2026-07-01T07:30:00+00:00"])


async def test_agreeing_the_same_again_is_one_act(as_, cast, visit):
    for _ in range(2):
        await as_("nora").put(f"/api/v1/visits/{visit.id}/agreement", json={"at": "2026-07-01T09:30:00"})

    assert await AuditEvent.filter(subject_id=visit.id).count() == 1


async def test_a_missed_visit_is_planned_again_by_a_new_appointment(as_, cast, visit):
    await Visit.filter(id=visit.id).update(state=VisitState.MISSED)

    answer = await as_("nora").put(f"/api/v1/visits/{visit.id}/agreement", json={"at": "2027-01-04T09:30:00"})

    assert answer.json()["state"] == "planned"


async def test_attendance_is_noted_and_its_day_corrected(as_, cast, visit, now):
    yesterday, today = (now - timedelta(days=1)).date().isoformat(), now.date().isoformat()
    url = f"/api/v1/visits/{visit.id}/attendance"

    await as_("nora").post(url, json={"attended_on": today})
    answer = await as_("nora").post(url, json={"attended_on": yesterday})

    assert (answer.json()["state"], answer.json()["attended_on"]) == ("attended", yesterday)
    assert [e.seq for e in await AuditEvent.filter(subject_id=visit.id).order_by("seq")] == [1, 2]
    refused = await as_("nora").put(f"/api/v1/visits/{visit.id}/agreement", json={"at": "2026-12-30T09:00:00"})
    assert (refused.status_code, refused.json()["code"]) == (409, "state.refuses")


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), [
    ("post", "attendance", {"attended_on": "2030-01-01"}, 422, "attended_in_future"),
    ("post", "attendance", {"attended_on": "1980-01-01"}, 422, "date_implausible"),
    ("put", "agreement", {"at": "9999-12-31T23:59:59"}, 422, "date_implausible"),
    ("put", "agreement", {"at": "0001-01-01T00:00:00"}, 422, "date_implausible"),
    ("put", "agreement", {"at": "2026-07-01T09:30:00Z"}, 400, None),
    ("put", "agreement", {"at": 5}, 400, None), ("put", "agreement", {}, 400, None),
    ("put", "agreement", {"at": "2026-07-01T09:30:00", "why": "x"}, 400, None),
])
async def test_odd_dates_are_refused_and_change_nothing(as_, cast, visit, method, path, body, status, code):
    answer = await getattr(as_("nora"), method)(f"/api/v1/visits/{visit.id}/{path}", json=body)

    assert answer.status_code == status
    if code:
        assert [f["code"] for f in answer.json()["findings"]] == [code]
    assert (await Visit.get(id=visit.id)).seq == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_an_implausible_dose_is_refused(as_, cast, day):
    answer = await as_("nora").post(plan_url(cast), json={"first_dose_on": "2026-08-31", "last_dose_on": day})

    assert answer.status_code == 422
    assert answer.json()["findings"] == [{"code": "date_implausible", "pointer": "/last_dose_on"}]


async def test_nothing_is_planned_for_a_participant_who_left(as_, cast, visit):
    await Participant.filter(id=cast.leo.id).update(state=ParticipantState.DIED)

    planned = await as_("nora").post(plan_url(cast), json=PLAN)
    agreed = await as_("nora").put(f"/api/v1/visits/{visit.id}/agreement", json={"at": "2026-12-30T09:00:00"})

    assert (planned.status_code, agreed.status_code) == (409, 409)
    assert planned.json()["state"] == "died"


async def test_an_unknown_visit_is_not_found(as_):
    answer = await as_("nora").put(f"/api/v1/visits/{uuid4()}/agreement", json={"at": "2026-12-30T09:00:00"})

    assert answer.status_code == 404
