"""A child moves from Stockholm to London: from the commit on Otto's, no longer Nora's; nothing is lost or doubled."""

from datetime import UTC, datetime, timedelta

import pytest
from tortoise.expressions import F

from models import AuditEvent, DiaryEntry, Notice, OutboxMessage, Participant, QuarantinedItem, Session, Visit
from models.actions import Action
from models.vocabulary import Collection, DeliveryState, ParticipantState, VisitState
from notifications.planning.planner import plan_reminders
from tests.backend.review.test_review import act


@pytest.fixture
def moved(as_, cast, now):
    async def transfer(who: str = "nora", **more):
        body = {"site": "GB01", "effective_on": now.astimezone(UTC).date().isoformat(), **more}
        return await as_(who).post(f"/api/v1/participants/{cast.leo.id}/transfer", json=body)

    return transfer


@pytest.fixture
async def fracture(phone_of, leo) -> DiaryEntry:
    phone = phone_of("mia")
    (made, _refused) = await phone.push(phone.item(), phone.item(kind="poem"))
    return await DiaryEntry.get(id=made["id"])


async def test_from_the_answer_on_the_new_site_sees_everything_and_the_old_one_nothing(as_, leo, fracture, moved):
    answer = await moved()

    assert answer.status_code == 200, answer.text
    assert answer.json()["code"] == "SE01-001", "the code stays"
    assert (answer.json()["from_site"], answer.json()["to_site"]) == ("SE01", "GB01")
    record, entry = f"/api/v1/participants/{leo.id}", f"/api/v1/review/entries/{fracture.id}"
    for path in (record, f"{record}/status", entry, f"{record}/audit-events", f"{record}/visits"):
        assert (await as_("nora").get(path)).status_code == 404, path
        assert (await as_("otto").get(path)).status_code == 200, path
    for path in ("/api/v1/worklist", "/api/v1/quarantined-items", "/api/v1/participants"):
        assert leo.code not in (await as_("nora").get(path)).text, path
        assert leo.code in (await as_("otto").get(path)).text, path
    trail = (await as_("otto").get(f"{record}/audit-events")).json()["items"]
    assert {"diary_entry.submit", "quarantine.keep", "participant.transfer"} <= {event["action"] for event in trail}


async def test_history_tells_of_the_move_and_the_state_stays(as_, leo, moved):
    await Participant.filter(id=leo.id).update(state=ParticipantState.PAUSED)
    await moved(reason="family_wish")

    told = (await as_("mia").get(f"/api/v1/participants/{leo.id}/status")).json()

    assert told["state"] == "paused"
    (line,) = told["history"]
    assert (line["state"], line["from_site"], line["to_site"], line["reason"]) == (
        "transferred", "SE01", "GB01", "family_wish"
    )


async def test_the_family_goes_on_writing_and_the_new_site_reviews_and_sends(as_, cast, fracture, moved, phone_of):
    assert (await act(as_("nora"), fracture.id, "assignment", {"assignee_id": str(cast.iris.id)})).status_code == 200
    await moved()

    phone = phone_of("mia")
    await phone.push(phone.item())
    validated = await act(as_("otto"), fracture.id, "validation")

    assert (await DiaryEntry.get(id=fracture.id)).assignee_id is None
    assert validated.status_code == 200
    assert '"GB01"' in (await OutboxMessage.get(entry_id=fracture.id)).payload
    assert (await act(as_("nora"), fracture.id, "reopening", {"reason": "x"})).status_code == 404


async def test_visits_to_come_keep_their_day_take_the_new_zone_and_are_to_be_agreed_anew(as_, cast, leo, moved, now):
    day = (now + timedelta(days=20)).date()
    values = {"participant": leo, "seq": 0, "timezone": "Europe/Stockholm", "target_on": day}
    agreed = await Visit.create(**values, plan_code="A", agreed_at=now + timedelta(days=21))
    over = await Visit.create(**values, plan_code="B", state=VisitState.ATTENDED, attended_on=now.date())

    await moved()

    ahead, past = await Visit.get(id=agreed.id), await Visit.get(id=over.id)
    assert (ahead.timezone, ahead.agreed_at, ahead.target_on) == ("Europe/London", None, day)
    assert ahead.seq > 0, "phones hear of it"
    assert (past.timezone, past.seq) == ("Europe/Stockholm", 0)


@pytest.mark.parametrize(("who", "status"), [("otto", 404), ("max", 403), ("mia", 403), ("dag", 403), ("iris", 200)])
async def test_only_staff_of_the_present_site_hand_over(leo, moved, who, status):
    assert (await moved(who)).status_code == status


@pytest.mark.parametrize(("change", "status"), [
    ({"site": "SE01"}, 422), ({"site": "XX99"}, 422), ({"effective_on": "2019-01-01"}, 422),
    ({"effective_on": "2999-01-01"}, 422), ({"reason": "death"}, 422),
])
async def test_a_transfer_that_cannot_be_changes_nothing(leo, moved, change, status):
    assert (await moved(**change)).status_code == status
    assert (await Participant.get(id=leo.id)).site_id == leo.site_id


async def test_a_transfer_asks_who_one_is(cast, leo, moved, now):
    await Session.filter(id=cast.nora.session.id).update(proved_at=now - timedelta(hours=2))

    answer = await moved()

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up.required")


async def test_from_then_on_the_new_sites_country_says_who_consents(leo, moved):
    """Both parents' yes is on record nowhere here, so the new site asks before it collects."""
    await moved()

    assert (await Participant.get(id=leo.id)).collection is Collection.NO_CONSENT


async def test_it_is_one_act_in_the_trail_with_both_sites(cast, leo, fracture, moved):
    await moved()

    event = await AuditEvent.get(action=Action.PARTICIPANT_TRANSFER, subject_type="participant_status")
    assert event.changes["site"] == ["SE01", "GB01"]
    assert event.changes["entries"] == [None, 1]
    assert (event.site_id, event.actor_role) == (cast.sites["SE01"].id, "coordinator")
    assert await QuarantinedItem.all().count() == 1


async def test_nobody_is_reminded_twice_on_the_day_of_the_move(cast, study, leo, moved):
    """C4: the people's own clocks count, not the site's."""
    sunday = datetime(2026, 11, 29, 17, 30, tzinfo=UTC)
    planned = await plan_reminders(study.protocol, sunday)
    assert planned >= 2
    before = {notice.id: notice.slot for notice in await Notice.filter(participant_id=leo.id)}

    await moved()
    again = await plan_reminders(study.protocol, sunday + timedelta(hours=1))

    assert again == 0
    assert {notice.id: notice.slot for notice in await Notice.filter(participant_id=leo.id)} == before
    fallen_away = Notice.filter(participant_id=leo.id, state=DeliveryState.CANCELLED, last_error="not_wanted")
    assert await fallen_away.count() == len(before), "nobody is asked for what the new site can't take in yet"

    await Participant.filter(id=leo.id).update(collection=Collection.OPEN, seq=F("seq") + 1)

    assert await plan_reminders(study.protocol, sunday + timedelta(hours=2)) == 0
    assert {notice.id: notice.slot for notice in await Notice.filter(participant_id=leo.id)} == before
    assert await Notice.filter(participant_id=leo.id, state=DeliveryState.QUEUED).count() == len(before)
