"""The plan follows the days from which it is counted: doses, operations, earlier visits, births, consents."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend.visits.jobs import close_windows
from models import AnchorDay, AuditEvent, Participant, Visit
from models.protocol import plus_period
from models.vocabulary import Collection, Relation, VisitState
from notifications.local_time import local_date, zone_named
from tests.backend.consent.conftest import Consent
from tests.backend.visits.conftest import PLAN


async def agreed(nora, visit, at, **more):
    answer = await nora.put(f"/api/v1/visits/{visit['id']}/agreement", json={"at": f"{at}T09:30:00", **more})
    assert answer.is_success, answer.text
    return answer.json()


async def test_corrected_dose_moves_windows_and_says_what_was_agreed_outside(run_with, gives, schedule, nora, today):
    await run_with()
    first = today - timedelta(days=60)
    await gives(1, first)
    m3 = (await schedule())["M3"]
    await agreed(nora, m3, m3["closes_on"])

    await gives(1, first - timedelta(days=10))

    moved = (await schedule())["M3"]
    assert (m3["agreed_outside_window"], moved["agreed_outside_window"]) == (False, True)
    assert moved["agreed_at"][:10] == m3["closes_on"] > moved["closes_on"], "the appointment stays"
    assert moved["sequence"] == 2
    assert moved["changed_at"] is not None


async def test_visit_that_follows_another_counts_from_the_day_that_one_took_place(
    run_with, gives, schedule, nora, today
):
    await run_with()
    await gives(1, today - timedelta(days=100))
    planned = await schedule()
    m3, follows = planned["M3"], planned["AFTER-M3"]
    came_on = today - timedelta(days=2)

    answer = await nora.post(f"/api/v1/visits/{m3['id']}/attendance", json={"attended_on": f"{came_on}"})

    after = (await schedule())["AFTER-M3"]
    assert follows["target_on"] == f"{date.fromisoformat(m3['target_on']) + timedelta(weeks=4)}"
    assert after["target_on"] == f"{came_on + timedelta(weeks=4)}"
    late = (came_on - date.fromisoformat(m3["target_on"])).days
    assert (answer.json()["days_from_target"], answer.json()["in_window"]) == (late, late <= 14)


async def test_operation_is_noted_and_its_visits_follow_a_correction(run_with, schedule, nora, leo_url, today, cast):
    await run_with()
    url = f"{leo_url}/anchor-days/surgery"
    ahead = today + timedelta(days=20)

    first = await nora.put(url, json={"on_day": f"{ahead}"})
    planned = await schedule()
    await nora.put(url, json={"on_day": f"{ahead}"})
    without = await nora.put(url, json={"on_day": f"{today}"})
    corrected = await nora.put(url, json={"on_day": f"{today}", "reason": "mistyped"})

    assert (first.status_code, first.json()["recorded_by"]) == (200, str(cast.nora.id))
    assert set(planned) == {"OP-1", "OP-2", "OP-3"}
    assert (without.status_code, without.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert (await schedule())["OP-1"]["target_on"] < planned["OP-1"]["target_on"]
    assert (await nora.get(f"{leo_url}/anchor-days")).json() == {"anchor_days": [corrected.json()]}
    acts = await AuditEvent.filter(action="anchor_day.note").order_by("seq")
    assert [act.changes["on_day"] for act in acts] == [[None, f"{ahead}"], [f"{ahead}", f"{today}"]]
    assert await AnchorDay.all().count() == 1


@pytest.mark.parametrize(("day", "code"), [
    ("1901-01-01", "date_implausible"), ("2019-04-30", "anchor_day.before_birth"),
])
async def test_a_day_that_cannot_be_is_refused(nora, leo_url, day, code):
    answer = await nora.put(f"{leo_url}/anchor-days/surgery", json={"on_day": day})

    assert (answer.status_code, [f["code"] for f in answer.json()["findings"]]) == (422, [code])


async def test_only_the_sites_own_staff_note_days(as_, leo_url, nora, cast):
    for name, status in (("mia", 403), ("max", 403), ("bea", 403), ("otto", 404), ("eve", 403)):
        answer = await as_(name).put(f"{leo_url}/anchor-days/surgery", json={"on_day": "2025-02-10"})
        assert answer.status_code == status, name
    assert (await as_("eve").get(f"{leo_url}/anchor-days")).status_code == 404
    assert (await nora.put(f"{leo_url}/anchor-days/birthday", json={"on_day": "2025-02-10"})).status_code in (400, 404)


async def test_missed_visit_is_one_to_come_again_when_its_window_moves(run_with, gives, schedule, study, now, today):
    await run_with()
    await gives(1, today - timedelta(days=120))
    assert await close_windows(study, now) == 1
    missed = (await schedule())["M3"]

    await gives(1, today - timedelta(days=88))

    assert (missed["state"], missed["standing"]) == ("missed", None)
    again = (await schedule())["M3"]
    assert (again["state"], again["standing"]) == ("planned", "open")


async def test_standing_follows_the_window_and_without_one_there_is_none(run_with, gives, schedule, today):
    await run_with()
    standings = []
    for days_ago in (60, 88, 100, 130):
        await gives(1, today - timedelta(days=days_ago))
        standings.append((await schedule())["M3"]["standing"])
    assert standings == ["ahead", "open", "target", "closed"]
    await run_with(PLAN.replace("window_before = 7\nwindow_after = 14\n", ""), "without")
    assert (await schedule())["M3"]["standing"] == "closed", "by the version it was counted by"


async def test_birth_enrolment_and_first_valid_consent_are_anchors(run_with, study, cast, nora, now, today, as_):
    protocol = await run_with("".join(f'[[visit]]\ncode = "{name}"\nanchor = "{name}"\noffset = "P1M"\n'
                                      for name in ("birth", "enrolment", "consent")))
    wanted = {"code": "SE01-777", "arm": "prenatal", "kind": "child", "custodians": ["mother", "father"]}
    enrolled = (await nora.post("/api/v1/participants", json=wanted)).json()
    url = f"/api/v1/participants/{enrolled['id']}"
    cast.participants["unborn"] = await Participant.get(id=enrolled["id"])
    before = await _days(nora, url)
    born = await nora.post(f"{url}/birth", json={"birth_month": f"{today:%Y-%m}"})
    at_birth = await _days(nora, url)
    consent = Consent(cast, replace(study, protocol=protocol), now)
    text = await consent.text()
    opened = []
    for relation, days in ((Relation.MOTHER, 9), (Relation.FATHER, 3), (Relation.MOTHER, 1)):
        signed_at = now - timedelta(days=days)
        opened.append(await consent.on_paper(relation, "unborn", text, signed_at=signed_at))

    assert born.is_success, born.text
    assert set(before) == {"enrolment"}
    assert at_birth == {**before, "birth": plus_period(today.replace(day=1), "P1M")}
    assert opened == [Collection.NO_CONSENT, Collection.OPEN, Collection.OPEN]
    signed_on = local_date(now - timedelta(days=3), zone_named("Europe/Stockholm"))
    assert await _days(nora, url) == {**at_birth, "consent": plus_period(signed_on, "P1M")}


async def _days(nora, url):
    visits = (await nora.get(f"{url}/visits")).json()["visits"]
    return {visit["plan_code"]: date.fromisoformat(visit["target_on"]) for visit in visits}


async def test_participant_who_left_gets_no_new_visits_and_has_them_when_that_was_a_mistake(
    run_with, gives, schedule, nora, leo_url, today
):
    await run_with()
    left = {"state": "withdrawn", "reason": "family_wish", "effective_on": f"{today}"}
    answer = await nora.post(f"{leo_url}/status", json=left)
    assert answer.is_success, answer.text

    await gives(1, today - timedelta(days=60))
    while_gone = await schedule()
    back = {"state": "active", "reason": "entered_in_error", "effective_on": f"{today}"}
    answer = await nora.post(f"{leo_url}/status", json=back)
    assert answer.is_success, answer.text

    assert while_gone == {}
    assert set(await schedule()) == {"DOSE-1", "M3", "AFTER-M3"}


async def test_what_the_records_say_is_never_moved(run_with, gives, schedule, cast, today):
    await run_with()
    target = today + timedelta(days=5)
    await Visit.create(participant=cast.leo, seq=0, plan_code="M3", target_on=target, timezone="UTC")

    await gives(1, today - timedelta(days=60))

    found = await schedule()
    assert (found["M3"]["target_on"], found["M3"]["protocol_hash"]) == (f"{target}", None)
    assert found["AFTER-M3"]["target_on"] == f"{target + timedelta(weeks=4)}"


async def test_every_visit_moved_has_a_number_and_an_event_of_its_own(run_with, gives, cast, today):
    await run_with()
    await gives(1, today - timedelta(days=60))
    before = (await Participant.get(id=cast.leo.id)).seq

    await gives(1, today - timedelta(days=61))

    events = await AuditEvent.filter(participant_id=cast.leo.id, seq__gt=before).order_by("seq")
    assert [event.action for event in events] == ["dose.note", *["visit.plan"] * 3, "visit.attend"]
    assert [event.seq for event in events] == list(range(before + 1, before + 6))
    assert await Visit.filter(state=VisitState.ATTENDED).count() == 1
