"""Visits outside the plan, visits that don't take place, what to bring, and who is told of a change at short notice."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import AuditEvent, Notice, Participant, Visit
from models.actions import Action
from models.vocabulary import Capability, DeliveryState, NoticeKind, NoticeRank, ParticipantState, Relation, Role

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def at_site(now):
    """Wall time at the site so many hours from now, as the API takes it."""
    def wall(hours):
        return (now + timedelta(hours=hours)).astimezone(STOCKHOLM).replace(tzinfo=None, microsecond=0)

    return wall


@pytest.fixture
async def visit(cast, now) -> Visit:
    return await Visit.create(participant=cast.leo, seq=0, plan_code="FU", timezone="Europe/Stockholm",
                              target_on=(now + timedelta(days=30)).date())


@pytest.fixture
def agrees(nora):
    async def agree(visit, at: datetime, **more):
        answer = await nora.put(f"/api/v1/visits/{visit.id}/agreement", json={"at": at.isoformat(), **more})
        assert answer.is_success, answer.text
        return answer.json()

    return agree


@pytest.fixture
def cancels(nora):
    async def cancel(visit, reason="family_asked"):
        return await nora.put(f"/api/v1/visits/{visit.id}/cancellation", json={"reason": reason})

    return cancel


async def told_of(visit):
    return await Notice.filter(subject_id=visit.id, kind=NoticeKind.VISIT_CHANGED).order_by("created_at", "slot")


async def test_visit_outside_the_plan_is_agreed_at_once_and_numbered(nora, leo_url, at_site, cast, as_):
    first = await nora.post(f"{leo_url}/visits", json={"at": at_site(72).isoformat(), "bring": ["orthoses"]})
    second = await nora.post(f"{leo_url}/visits", json={"at": at_site(96).isoformat()})

    assert (first.status_code, first.json()["plan_code"], second.json()["plan_code"]) == (201, "UNS-1", "UNS-2")
    made = first.json()
    assert (made["unscheduled"], made["bring"], made["protocol_hash"]) == (True, ["orthoses"], None)
    assert (made["target_on"], made["standing"]) == (f"{at_site(72).date()}", None)
    event = await AuditEvent.get(subject_id=made["id"])
    assert (event.action, event.seq) == (Action.VISIT_ADD, made["seq"])
    assert [v["plan_code"] for v in (await as_("mia").get(f"{leo_url}/visits")).json()["visits"]] == ["UNS-1", "UNS-2"]


async def test_visit_outside_the_plan_aims_at_the_day_it_is_agreed_for_and_is_never_counted(
    nora, leo_url, at_site, agrees, gives, today
):
    made = (await nora.post(f"{leo_url}/visits", json={"at": at_site(720).isoformat()})).json()
    visit = await Visit.get(id=made["id"])

    moved = await agrees(visit, at_site(900))
    await gives(1, today)

    assert moved["target_on"] == f"{at_site(900).date()}"
    assert str((await Visit.get(id=visit.id)).target_on) == moved["target_on"]
    came = await nora.post(f"/api/v1/visits/{visit.id}/attendance", json={"attended_on": f"{today}"})
    assert (came.json()["days_from_target"], came.json()["in_window"]) == (None, None)


async def test_cancelled_visit_says_why_and_can_be_planned_again(visit, agrees, cancels, nora, at_site):
    await agrees(visit, at_site(24 * 20))

    given_up = (await cancels(visit)).json()
    other_reason = (await cancels(visit, "site_asked")).json()
    refused = await nora.put(f"/api/v1/visits/{visit.id}/agreement", json={"at": at_site(500).isoformat()})
    again = await nora.delete(f"/api/v1/visits/{visit.id}/cancellation")
    once_more = await nora.delete(f"/api/v1/visits/{visit.id}/cancellation")

    assert (given_up["state"], given_up["cancel_reason"], given_up["sequence"]) == ("cancelled", "family_asked", 2)
    assert given_up["agreed_at"] is not None, "a calendar takes back that very appointment"
    assert (other_reason["cancel_reason"], other_reason["sequence"]) == ("site_asked", 2)
    assert refused.status_code == 409
    assert (again.json()["state"], again.json()["cancel_reason"], again.json()["agreed_at"]) == ("planned", None, None)
    assert again.json()["sequence"] == 3
    assert once_more.status_code == 409
    acts = await AuditEvent.filter(subject_id=visit.id).order_by("seq").values_list("action", flat=True)
    assert acts == ["visit.agree", *["visit.cancel"] * 3]
    assert await told_of(visit) == [], "it was far away"


async def test_visit_that_took_place_is_not_cancelled(visit, cancels, nora, today):
    await nora.post(f"/api/v1/visits/{visit.id}/attendance", json={"attended_on": f"{today}"})

    assert (await cancels(visit)).status_code == 409


async def test_what_to_bring_is_chosen_when_agreeing_and_stays(visit, agrees, at_site):
    chosen = await agrees(visit, at_site(500), bring=["fasting", "medicine_list"])
    moved = await agrees(visit, at_site(600))
    cleared = await agrees(visit, at_site(600), bring=[])

    assert (chosen["bring"], moved["bring"], cleared["bring"]) == (["fasting", "medicine_list"],) * 2 + ([],)
    assert (moved["sequence"], cleared["sequence"]) == (2, 2), "no calendar follows what to bring"


@pytest.mark.parametrize(("method", "path", "body"), [
    ("post", "visits", {"at": "2026-07-01T09:30:00Z"}), ("post", "visits", {"at": "2026-07-01T09:30:00", "why": "x"}),
    ("post", "visits", {"at": "2026-07-01T09:30:00", "bring": ["snacks"]}), ("post", "visits", {}),
])
async def test_odd_visits_are_refused(nora, leo_url, method, path, body):
    assert (await getattr(nora, method)(f"{leo_url}/{path}", json=body)).status_code == 400
    assert await Visit.all().count() == 0


async def test_a_visit_in_another_century_is_refused(nora, leo_url):
    answer = await nora.post(f"{leo_url}/visits", json={"at": "2926-07-01T09:30:00"})

    assert (answer.status_code, answer.json()["findings"][0]["code"]) == (422, "date_implausible")


@pytest.mark.parametrize(("name", "status"), [("mia", 403), ("max", 403), ("bea", 403), ("otto", 404)])
async def test_only_the_sites_own_staff_add_cancel_and_plan_again(as_, leo_url, visit, name, status, at_site):
    client, url = as_(name), f"/api/v1/visits/{visit.id}/cancellation"

    answers = [await client.post(f"{leo_url}/visits", json={"at": at_site(72).isoformat()}),
               await client.put(url, json={"reason": "other"}), await client.delete(url)]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert (await Visit.get()).state == "planned"


async def test_participant_who_left_has_none_added_or_cancelled(nora, leo_url, visit, cancels, cast, at_site):
    await Participant.filter(id=cast.leo.id).update(state=ParticipantState.DIED)

    added = await nora.post(f"{leo_url}/visits", json={"at": at_site(72).isoformat()})

    assert (added.status_code, (await cancels(visit)).status_code) == (409, 409)


async def test_guardians_are_told_when_tomorrows_visit_moves(visit, agrees, at_site, cast, now):
    await cast.guardian("fay", cast.leo, Relation.OTHER_GUARDIAN, Role.GUARDIAN, [Capability.LOG])
    await agrees(visit, at_site(30))
    assert await told_of(visit) == []

    await agrees(visit, at_site(100))

    notices = await told_of(visit)
    assert {notice.account_id for notice in notices} == {cast.mia.id, cast.ben.id}, "those who may see"
    assert {notice.slot for notice in notices} == {f"{at_site(100).date()}/2"}
    assert {(notice.rank, notice.useless_after) for notice in notices} == {
        (NoticeRank.TOMORROW, (await Visit.get(id=visit.id)).agreed_at)}
    assert all(now <= notice.due_at <= now + timedelta(minutes=5) for notice in notices)
    assert all(len(notice.slot) <= 40 for notice in notices)


async def test_guardians_are_told_once_of_the_newest_change_only(visit, agrees, cancels, at_site):
    await agrees(visit, at_site(30))
    await agrees(visit, at_site(31))
    await agrees(visit, at_site(31))
    await cancels(visit)
    await cancels(visit, "site_asked")

    notices = await told_of(visit)
    assert sorted((notice.slot, notice.state, notice.last_error) for notice in notices) == sorted([
        (f"{at_site(31).date()}/2", DeliveryState.CANCELLED, "changed_again"),
        ("cancelled/3", DeliveryState.QUEUED, None),
    ] * 2)


@pytest.mark.parametrize("hours", [-1, 49])
async def test_nobody_is_told_at_once_of_what_is_over_or_far_away(visit, agrees, cancels, at_site, hours):
    await agrees(visit, at_site(hours))
    await cancels(visit)

    assert await told_of(visit) == []


async def test_nobody_is_told_of_a_visit_that_ends_with_the_participation(visit, agrees, at_site, nora, leo_url, today):
    await agrees(visit, at_site(30))

    answer = await nora.post(f"{leo_url}/status", json={
        "state": "died", "reason": "death", "effective_on": f"{today}"})

    assert answer.is_success, answer.text
    found = await Visit.get(id=visit.id)
    assert (found.state, found.cancel_reason, await told_of(visit)) == ("cancelled", None, [])


async def test_transfer_takes_tomorrows_appointment_back_and_says_so(visit, agrees, at_site, nora, leo_url, today):
    await agrees(visit, at_site(30))

    answer = await nora.post(f"{leo_url}/transfer", json={
        "site": "GB01", "reason": "moved", "effective_on": f"{today}"})

    assert answer.is_success, answer.text
    found = await Visit.get(id=visit.id)
    assert (found.agreed_at, found.timezone, found.sequence) == (None, "Europe/London", 2)
    assert {notice.slot for notice in await told_of(visit)} == {"cancelled/2"}


async def test_phones_learn_of_everything_new(visit, agrees, cancels, at_site, phone_of):
    await agrees(visit, at_site(500), bring=["fasting"])
    await cancels(visit)

    page = await phone_of("mia").pull()

    (change,) = [change for change in page["changes"] if change["collection"] == "visits"]
    assert (change["state"], change["data"]["cancel_reason"], change["data"]["bring"]) == (
        "cancelled", "family_asked", ["fasting"])
    assert (change["data"]["unscheduled"], change["data"]["sequence"]) == (False, 2)
    assert date.fromisoformat(change["data"]["target_on"])
    assert change["data"]["changed_at"].endswith("Z")
