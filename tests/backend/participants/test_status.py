"""A participant's state: who may change it, from which to which, and what is seen of it at once."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import AuditEvent, Guardianship, Notice, Participant, ParticipantStatus, Visit
from models.actions import Action
from models.participation import EFFECTS, FOLLOWERS
from models.vocabulary import (
    Arm,
    Collection,
    DeliveryState,
    NoticeKind,
    ParticipantKind,
    ParticipantState,
    Relation,
    Role,
    VisitState,
)

REASON = {"active": "other", "paused": "holiday", "in_hospital": "medical", "withdrawn": "family_wish", "died": "death",
          "pregnancy_lost": "pregnancy_loss"}


@pytest.fixture
def today(now) -> date:
    return now.astimezone(ZoneInfo("Europe/Stockholm")).date()


@pytest.fixture
def put_into(as_, leo, today):
    async def change(state: str, *, who: str = "nora", child: Participant = leo, **more):
        body = {"state": state, "effective_on": today.isoformat(), "reason": REASON[state], **more}
        return await as_(who).post(f"/api/v1/participants/{child.id}/status", json=body)

    return change


async def test_coordinator_notes_a_hospital_stay_and_the_family_reads_it(as_, cast, leo, put_into, today):
    answer = await put_into("in_hospital", reason="planned_surgery")

    assert answer.status_code == 200, answer.text
    for who, recorded_by in (("nora", str(cast.nora.id)), ("mia", None)):
        found = (await as_(who).get(f"/api/v1/participants/{leo.id}/status")).json()
        (line,) = found.pop("history")
        assert found.pop("collection") == (await Participant.get(id=leo.id)).collection
        assert found == {"participant_id": str(leo.id), "state": "in_hospital", "words": "quiet"}
        assert line.pop("recorded_at")
        assert line == {"state": "in_hospital", "effective_on": today.isoformat(), "reason": "planned_surgery",
                        "recorded_by": recorded_by, "from_site": None, "to_site": None}
    event = await AuditEvent.get(action=Action.STATUS_CHANGE)
    assert (event.participant_id, event.reason, event.changes["state"]) == (
        leo.id, "planned_surgery", ["active", "in_hospital"]
    )


async def test_only_staff_of_the_site_change_a_state_and_only_its_own_people_read_it(as_, leo, put_into):
    changed = {who: (await put_into("paused", who=who)).status_code
               for who in ("otto", "max", "dana", "alma", "bea", "mia", "greta", "eve", "dag")}
    read = {who: (await as_(who).get(f"/api/v1/participants/{leo.id}/status")).status_code
            for who in ("otto", "eve", "greta", "bea", "max", "dag", "ben")}

    assert changed == {"otto": 404, "max": 403, "dana": 403, "alma": 403, "bea": 403, "mia": 403, "greta": 403,
                       "eve": 403, "dag": 200}
    assert read == {"otto": 404, "eve": 404, "greta": 403, "bea": 403, "max": 200, "dag": 200, "ben": 200}


@pytest.mark.parametrize("state", list(EFFECTS))
async def test_from_each_state_only_those_that_may_follow_it(leo, put_into, state):
    await Participant.filter(id=leo.id).update(state=state)

    for wanted in set(EFFECTS) - FOLLOWERS[state]:
        answer = await put_into(wanted)
        assert (answer.status_code, answer.json()["code"]) == (409, "state.refuses"), wanted
        assert answer.json()["state"] == state
    assert await ParticipantStatus.all().count() == 0


@pytest.mark.parametrize(("change", "code"), [
    ({"effective_on": 1}, "effective_on.in_future"), ({"effective_on": -31}, "effective_on.before_enrolment"),
    ({"reason": "death"}, "reason.does_not_fit"),
])
async def test_a_day_or_reason_that_cannot_be_is_refused(put_into, today, change, code):
    if "effective_on" in change:
        change = {"effective_on": (today + timedelta(days=change["effective_on"])).isoformat()}

    answer = await put_into("paused", **change)

    assert (answer.status_code, [finding["code"] for finding in answer.json()["findings"]]) == (422, [code])


async def test_no_state_before_birth(leo, put_into, today):
    await Participant.filter(id=leo.id).update(birth_month=(today.replace(day=1) + timedelta(days=40)).replace(day=1))

    answer = await put_into("paused")

    assert [finding["code"] for finding in answer.json()["findings"]] == ["effective_on.before_birth"]


@pytest.mark.parametrize("state", ["withdrawn", "died"])
async def test_only_a_mistake_leads_back_from_an_ending(leo, put_into, state):
    await put_into(state)

    over = await put_into("active", reason="over")
    mistake = await put_into("active", reason="entered_in_error")

    assert (over.status_code, mistake.status_code) == (409, 200)
    assert [line["state"] for line in mistake.json()["history"]] == ["active", state]


@pytest.mark.parametrize(("changes", "status"), [
    ({"arm": Arm.PRENATAL, "birth_month": None}, 200),
    ({"arm": Arm.PRENATAL}, 409),
    ({"birth_month": None}, 409),
    ({"arm": Arm.PRENATAL, "birth_month": None, "kind": ParticipantKind.WOMAN}, 409),
])
async def test_only_a_pregnancy_can_be_lost(leo, put_into, changes, status):
    await Participant.filter(id=leo.id).update(**changes)

    assert (await put_into("pregnancy_lost")).status_code == status


async def test_visits_to_come_end_with_the_participation_and_come_back_when_it_was_a_mistake(leo, put_into, today):
    planned = {"participant": leo, "seq": 0, "timezone": "Europe/Stockholm"}
    ahead = await Visit.create(**planned, plan_code="A", target_on=today + timedelta(days=9))
    came = await Visit.create(**planned, plan_code="B", target_on=today, state=VisitState.ATTENDED, attended_on=today)
    given_up = await Visit.create(**planned, plan_code="C", target_on=today, state=VisitState.CANCELLED)

    await put_into("died")
    assert [(await Visit.get(id=visit.id)).state for visit in (ahead, came, given_up)] == [
        VisitState.CANCELLED, VisitState.ATTENDED, VisitState.CANCELLED
    ]
    await put_into("withdrawn")
    await put_into("active", reason="entered_in_error")

    assert [(await Visit.get(id=visit.id)).state for visit in (ahead, came, given_up)] == [
        VisitState.PLANNED, VisitState.ATTENDED, VisitState.CANCELLED
    ]
    assert (await Visit.get(id=ahead.id)).seq > 0, "phones hear of it"


async def test_a_visit_before_the_death_can_still_be_noted(as_, leo, put_into, today):
    visit = await Visit.create(participant=leo, seq=0, plan_code="A", target_on=today, timezone="Europe/Stockholm")
    await put_into("died", effective_on=(today - timedelta(days=2)).isoformat())

    url = f"/api/v1/visits/{visit.id}/attendance"
    after = await as_("nora").post(url, json={"attended_on": (today - timedelta(days=1)).isoformat()})
    before = await as_("nora").post(url, json={"attended_on": (today - timedelta(days=3)).isoformat()})

    assert (after.status_code, before.status_code) == (409, 200)


async def test_queued_notices_are_cancelled_with_the_change_and_old_ones_leave_the_inbox(as_, cast, leo, put_into, now):
    waiting, told = [
        await Notice.create(
            account=cast.mia.account, participant=leo, kind=NoticeKind.CHECK_IN_DUE, subject_id=leo.id, slot=slot,
            due_at=now - timedelta(hours=1), created_at=now, state=state,
        ) for slot, state in (("2026-11-22", DeliveryState.QUEUED), ("2026-11-15", DeliveryState.DELIVERED))
    ]
    assert (await as_("mia").get("/api/v1/inbox")).json()["unread"] == 2

    await put_into("died")

    inbox = (await as_("mia").get("/api/v1/inbox")).json()
    assert (inbox["unread"], inbox["items"]) == (0, [])
    states = {notice.slot: (notice.state, notice.last_error) for notice in await Notice.all()}
    assert states == {waiting.slot: ("cancelled", "silenced"), told.slot: ("delivered", None)}
    assert (await AuditEvent.get(action=Action.STATUS_CHANGE)).changes["notices_cancelled"] == [None, 1]


async def test_a_grieving_parent_is_never_told_rejected_and_who_withdrew_is_told_why(phone_of, leo, put_into):
    phone = phone_of("mia")
    await put_into("died")
    (while_died,) = await phone.push(phone.item())
    await put_into("withdrawn")
    (while_withdrawn,) = await phone.push(phone.item())

    assert while_died["status"] == "applied"
    assert while_withdrawn["status"] == "rejected"
    assert while_withdrawn["error"]["code"] == "collection.closed"
    assert while_withdrawn["error"]["collection"] == Collection.WITHDRAWN


async def test_app_learns_state_and_words_with_the_next_pull_and_at_its_start(as_, phone_of, cast, leo, put_into):
    before = await phone_of("mia").pull()
    etag = (await as_("mia").get(f"/api/v1/participants/{leo.id}/changes")).headers["etag"]
    await put_into("in_hospital")

    url = f"/api/v1/participants/{leo.id}/changes"
    after = (await as_("mia").get(url, headers={"If-None-Match": etag})).json()
    (own,) = (await as_("mia").get("/api/v1/me")).json()["participants"]

    assert (before["participant_state"], before["words"]) == ("active", "usual")
    assert (after["participant_state"], after["words"]) == ("in_hospital", "quiet")
    assert (own["state"], own["words"]) == ("in_hospital", "quiet")


async def test_a_lost_pregnancy_ends_the_childs_part_and_the_woman_goes_on_quietly(as_, cast, leo, put_into):
    woman = await cast.participant("ida", "SE01-002", date(1994, 3, 1))
    await Participant.filter(id=woman.id).update(kind=ParticipantKind.WOMAN, arm=Arm.PRENATAL)
    await Participant.filter(id=leo.id).update(arm=Arm.PRENATAL, birth_month=None, woman_id=woman.id)
    await cast.guardian("mia", woman, Relation.PARTICIPANT_SELF, Role.PARTICIPANT)
    assert await Guardianship.filter(account_id=cast.mia.id).count() == 2

    await put_into("pregnancy_lost")

    own_people = (await as_("mia").get("/api/v1/me")).json()["participants"]
    of_mia = {own["id"]: (own["state"], own["words"]) for own in own_people}
    assert of_mia == {str(leo.id): ("pregnancy_lost", "quiet"), str(woman.id): ("active", "quiet")}
    assert (await Participant.get(id=woman.id)).state is ParticipantState.ACTIVE
    pulled = (await as_("mia").get(f"/api/v1/participants/{woman.id}/changes")).json()
    assert (pulled["participant_state"], pulled["words"]) == ("active", "quiet")
    told = (await as_("nora").get(f"/api/v1/participants/{woman.id}/status")).json()
    assert (told["state"], told["words"]) == ("active", "quiet")
