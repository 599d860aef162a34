"""A running child keeps the plan it was counted by until staff, or the operator for all, move it to a newer version."""

from datetime import timedelta

import pytest

from backend.access.actor import SYSTEM
from backend.visits.replanning import replan_all
from models import AuditEvent, Participant, Visit
from models.actions import Action
from models.vocabulary import ParticipantState
from tests.backend.visits.conftest import PLAN

ACTOR = SYSTEM.acting(Action.VISIT_PLAN)
NEXT = PLAN.replace("window_after = 14", "window_after = 30").replace('code = "AFTER-M3"', 'code = "LATER"').replace(
    'bring = ["earlier_images"]', 'bring = ["fasting"]')
"""Another window, another thing to bring, and AFTER-M3 gives way to LATER."""


@pytest.fixture
async def running(run_with, gives, today):
    """Leo has had a dose 60 days ago and is counted by the first version; the study runs the next one. Both."""
    first = await run_with()
    await gives(1, today - timedelta(days=60))
    return first, await run_with(NEXT, "next")


async def replanned(protocol, now, **more):
    return [one async for one in replan_all(ACTOR, protocol, now, **more)]


async def test_a_running_child_keeps_its_plan_when_a_dose_is_corrected(running, gives, schedule, today):
    first, _ = running
    before = await schedule()

    await gives(1, today - timedelta(days=61))

    after = await schedule()
    assert set(after) == {"DOSE-1", "M3", "AFTER-M3"}
    assert after["M3"]["closes_on"] < before["M3"]["closes_on"]
    assert {visit["protocol_hash"] for visit in after.values()} == {first.hash}


async def test_staff_move_one_child_to_the_new_version(running, schedule, nora, leo_url):
    first, new = running
    before = await schedule()

    answer = await nora.post(f"{leo_url}/visit-plan", json={})

    after = {visit["plan_code"]: visit for visit in answer.json()["visits"]}
    assert after["M3"]["closes_on"] > before["M3"]["closes_on"]
    assert (before["M3"]["bring"], after["M3"]["bring"]) == (["earlier_images"], ["fasting"])
    assert (after["AFTER-M3"]["state"], after["AFTER-M3"]["cancel_reason"]) == ("cancelled", "plan_changed")
    assert (after["LATER"]["state"], after["LATER"]["target_on"]) == ("planned", before["AFTER-M3"]["target_on"])
    assert after["DOSE-1"]["protocol_hash"] == first.hash, "what took place keeps its plan"
    assert {after[code]["protocol_hash"] for code in ("M3", "AFTER-M3", "LATER")} == {new.hash}


async def test_appointment_and_what_to_bring_outlive_the_version(running, schedule, nora, leo_url, today):
    planned = await schedule()
    for code in ("M3", "AFTER-M3"):
        body = {"at": f"{planned[code]['target_on']}T09:30:00", "bring": ["orthoses"]}
        answer = await nora.put(f"/api/v1/visits/{planned[code]['id']}/agreement", json=body)
        assert answer.is_success, answer.text

    await nora.post(f"{leo_url}/visit-plan", json={})

    after = await schedule()
    for code in ("M3", "AFTER-M3"):
        assert (after[code]["state"], after[code]["bring"]) == ("planned", ["orthoses"])
        assert after[code]["agreed_at"] is not None


async def test_back_in_the_plan_a_dropped_visit_is_one_to_come(running, run_with, schedule, nora, leo_url):
    await nora.post(f"{leo_url}/visit-plan", json={})
    await run_with(PLAN + "# again\n", "third")

    await nora.post(f"{leo_url}/visit-plan", json={})

    after = await schedule()
    assert (after["AFTER-M3"]["state"], after["AFTER-M3"]["cancel_reason"]) == ("planned", None)
    assert after["LATER"]["state"] == "cancelled"


async def test_dry_run_says_what_would_happen_and_stores_nothing(running, cast, now, schedule):
    _, new = running
    before, events = await schedule(), await AuditEvent.all().count()

    (one,) = await replanned(new, now, dry_run=True)

    assert (one.code, one.done.new, one.done.cancelled, one.done.moved) == (
        cast.leo.code, ["LATER"], ["AFTER-M3"], ["M3"])
    assert (await schedule(), await AuditEvent.all().count()) == (before, events)
    assert (await Participant.get(id=cast.leo.id)).seq == events_of(before)


def events_of(visits):
    return max(visit["seq"] for visit in visits.values())


async def test_replanning_all_is_done_once_and_only_where_it_is_needed(running, cast, now):
    _, new = running
    (one,) = await replanned(new, now)
    event = await AuditEvent.filter(participant_id=cast.leo.id).order_by("-seq").first()

    assert one.done.version == new.hash
    assert (event.action, event.actor_id, event.actor_role) == ("visit.plan", None, "system")
    assert await replanned(new, now) == []


async def test_replanning_a_site_leaves_the_others_and_whoever_left(running, cast, now):
    _, new = running

    assert await replanned(new, now, site=cast.sites["GB01"]) == []
    await Participant.filter(id=cast.leo.id).update(state=ParticipantState.WITHDRAWN)
    assert await replanned(new, now) == []


async def test_one_whose_visits_all_took_place_is_not_moved_for_nothing(run_with, gives, today, now):
    only = PLAN.partition('\n[[visit]]\ncode = "M3"')[0]
    await run_with(only)
    await gives(1, today)
    new = await run_with(only + "# again\n", "next")

    assert await replanned(new, now) == []
    assert await Visit.filter(state="attended").count() == 1
