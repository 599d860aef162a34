"""The duty roster: who is told now, who answers for a site, and when nobody does."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.commands.check import Report, _check_duty
from backend.metrics import HELP
from backend.safety.figures import safety_figures
from backend.safety.jobs import warn_of_empty_duty
from backend.safety.roster import gaps_between, on_duty, uncovered
from models import AuditEvent, DutyShift, StaffRole
from models.fields import new_id
from models.vocabulary import Role

URL = "/api/v1/duty-shifts"


@pytest.fixture
def shift(cast, now):
    """`await shift("nora", -1, 8)`: from an hour ago, eight hours long."""

    async def plan(name: str, starts: float, hours: float, site: str = "SE01") -> DutyShift:
        begins = now + timedelta(hours=starts)
        return await DutyShift.create(
            site=cast.sites[site], account=cast.people[name].account, starts_at=begins,
            ends_at=begins + timedelta(hours=hours), recorded_by_id=cast.nora.id, recorded_at=now, phone="+46 8 1")

    return plan


def planned(cast, name="nora", site="SE01", starts=1, hours=8, **more):
    begins = cast.now + timedelta(hours=starts)
    return {"site": site, "account_id": str(cast.people[name].id), "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=hours)).isoformat(), **more}


async def names(cast, now, site="SE01"):
    return [account.display_name for account in await on_duty(cast.sites[site].id, now)]


async def test_whose_shift_runs_is_on_duty_and_else_every_duty_person(cast, shift, now):
    assert await names(cast, now) == ["Dag"]

    await shift("nora", -1, 2)
    await shift("iris", -1, 0.5)

    assert await names(cast, now) == ["Nora"]
    assert await names(cast, now + timedelta(hours=2)) == ["Dag"]
    assert await names(cast, now, "GB01") == []


async def test_shift_of_somebody_who_may_not_answer_any_more_counts_for_nothing(cast, shift, now):
    await shift("nora", -1, 8)
    await StaffRole.filter(account_id=cast.nora.id).delete()

    assert await names(cast, now) == ["Dag"]


async def test_nora_plans_a_shift_and_it_stands_on_the_roster(as_, cast):
    answer = await as_("nora").post(URL, json=planned(cast, phone="+46 70 174 06 05"), headers={"Idempotency-Key": "a"})
    again = await as_("nora").post(URL, json=planned(cast, phone="+46 70 174 06 05"), headers={"Idempotency-Key": "a"})

    (roster,) = (await as_("dag").get("/api/v1/duty-rosters")).json()
    assert answer.status_code == 201, answer.text
    assert again.json() == answer.json()
    assert [(s["person"]["name"], s["phone"]) for s in roster["shifts"]] == [("Nora", "+46 70 174 06 05")]
    assert [one["name"] for one in roster["on_duty"]] == ["Dag"]
    event = await AuditEvent.get(action="duty_shift.plan")
    assert "070" not in str(event.changes) + str(event.reason)
    assert (event.participant_id, event.changes["site"]) == (None, [None, "SE01"])


@pytest.mark.parametrize(("change", "status"), [
    ({"hours": -1}, 422), ({"starts": -9}, 422), ({"hours": 24 * 400}, 422), ({"name": "max"}, 422),
    ({"name": "otto"}, 422), ({"name": "mia"}, 422), ({"site": "GB01"}, 404), ({"site": "XX99"}, 404),
])
async def test_shifts_that_can_not_be_are_refused(change, status, as_, cast):
    answer = await as_("nora").post(URL, json=planned(cast, **change), headers={"Idempotency-Key": "a"})

    assert answer.status_code == status, answer.text
    assert await DutyShift.all().count() == 0


async def test_shift_is_ended_once_and_never_of_another_site(as_, cast, shift, now):
    running = await shift("nora", -1, 8)

    assert (await as_("otto").post(f"{URL}/{running.id}/ending")).status_code == 404
    assert (await as_("dag").post(f"{URL}/{running.id}/ending")).status_code == 403
    assert (await as_("nora").post(f"{URL}/{running.id}/ending")).status_code == 200
    assert (await as_("nora").post(f"{URL}/{running.id}/ending")).status_code == 409
    assert (await as_("nora").post(f"{URL}/{new_id()}/ending")).status_code == 404
    assert await names(cast, now + timedelta(minutes=1)) == ["Dag"]


async def test_gap_of_a_site_with_participants_is_found_and_said_loudly(cast, shift, now, study, caplog):
    assert [cover.site.code for cover in await uncovered(now)] == ["GB01"]
    await StaffRole.filter(role=Role.DUTY_PERSON).delete()
    await shift("nora", -1, 24)
    await shift("otto", -1, 24 * 8, "GB01")

    (cover,) = await uncovered(now)

    assert (cover.site.code, [account.display_name for account in cover.on_duty]) == ("SE01", ["Nora"])
    assert cover.gaps == [(now + timedelta(hours=23), now + timedelta(days=7))]
    with caplog.at_level(logging.WARNING, "backend.safety"):
        await warn_of_empty_duty(study, now)
    assert [record.getMessage() for record in caplog.records] == [
        "site=SE01 has participants and nobody on duty: will be within 7 days"]


async def test_site_without_participants_needs_nobody(cast, now):
    cast.tom.state = "withdrawn"
    await cast.tom.save(update_fields=["state"])

    assert await uncovered(now) == []


START = datetime(2026, 11, 20, tzinfo=UTC)
HOURS = st.integers(-48, 240)


@given(st.lists(st.tuples(HOURS, st.integers(1, 72)), max_size=12))
def test_gaps_and_shifts_together_are_the_whole_week(drawn):
    hour = timedelta(hours=1)
    spans = [(START + a * hour, START + (a + long) * hour) for a, long in drawn]
    end = START + 168 * hour

    gaps = gaps_between(spans, START, end)

    for at in (START + n * hour for n in range(168)):
        is_covered = any(begins <= at < ends for begins, ends in spans)
        assert any(begins <= at < ends for begins, ends in gaps) is not is_covered
    assert all(START <= begins < ends <= end for begins, ends in gaps)
    assert gaps == sorted(gaps) == gaps_between(spans[::-1], START, end)


async def test_metrics_tell_of_cases_and_of_sites_without_duty(opened, now):
    case = await opened()
    late = case.due_at + timedelta(hours=1)

    found = {(name, labels.get("site", "")): value for name, value, labels in
             await safety_figures(timedelta(hours=24), late)}

    assert (found["safety_cases_open", "SE01"], found["safety_cases_open", "GB01"]) == (1, 0)
    assert found["safety_cases_overdue", "SE01"] == 1
    assert found["safety_oldest_open_seconds", "SE01"] == 25 * 3600
    assert found["sites_without_duty", ""] == 1
    assert {name for name, _ in found} <= set(HELP)


async def test_check_names_every_site_without_duty(cast, now, capsys):
    report = Report()
    await _check_duty(report, now)

    assert report.faults == 1
    assert "at GB01 nobody is on duty now" in capsys.readouterr().out


@pytest.mark.parametrize(("starts_at", "ends_at"), [
    ("9999-12-30T00:00:00Z", "9999-12-31T00:00:00Z"), ("9999-12-31T20:00:00-12:00", "9999-12-31T23:00:00-12:00"),
    ("2900-01-01T00:00:00Z", "2900-01-02T00:00:00Z"), ("0001-01-01T00:00:00+14:00", "0001-01-02T00:00:00+14:00"),
])
async def test_shift_far_from_now_is_refused(starts_at, ends_at, as_, cast):
    wanted = {"site": "SE01", "account_id": str(cast.dag.id), "starts_at": starts_at, "ends_at": ends_at}

    answer = await as_("nora").post("/api/v1/duty-shifts", json=wanted, headers={"Idempotency-Key": "far"})

    assert answer.status_code == 422, answer.text
