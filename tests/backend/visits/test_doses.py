"""Doses: noted in order, corrected with a reason, seen by the family; the visits follow by themselves."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from models import AuditEvent, Dose, Participant, Visit
from models.vocabulary import Arm, ParticipantKind


def doses_url(cast, participant="leo"):
    return f"/api/v1/participants/{cast.participants[participant].id}/doses"


async def noted(client: httpx.AsyncClient, cast, number: int, given_on: str, **more: Any) -> httpx.Response:
    return await client.put(f"{doses_url(cast)}/{number}", json={"given_on": given_on, **more})


def codes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [finding["code"] for finding in answer.json()["findings"]]


async def test_nurse_notes_doses_and_the_family_sees_them(as_, cast):
    nora = as_("nora")
    first = await noted(nora, cast, 1, "2025-02-10", route="intravenous")
    await noted(nora, cast, 2, "2025-06-11")

    seen = (await as_("mia").get(doses_url(cast))).json()

    assert (first.status_code, first.json()["recorded_by"]) == (200, str(cast.nora.id))
    assert [(d["number"], d["given_on"], d["route"]) for d in seen["doses"]] == [
        (1, "2025-02-10", "intravenous"), (2, "2025-06-11", None)]
    acts = await AuditEvent.filter(action="dose.note").order_by("seq")
    assert acts[0].changes == {"number": [None, 1], "given_on": [None, "2025-02-10"], "route": [None, "intravenous"]}


async def test_noting_doses_plans_what_is_counted_from_them(as_, cast):
    nora, days = as_("nora"), ("2024-02-10", "2024-06-10", "2024-10-10", "2025-02-10")
    plans, codes = [(await nora.get(doses_url(cast))).json()["plan"]], []
    for number, day in enumerate(days, 1):
        await noted(nora, cast, number, day)
        plans.append((await nora.get(doses_url(cast))).json()["plan"])
        codes.append(set(await Visit.all().values_list("plan_code", flat=True)))

    assert plans == [None, *[{"first_dose_on": days[0], "last_dose_on": None}] * 3,
                     {"first_dose_on": days[0], "last_dose_on": days[3]}]
    assert codes[0] == codes[2] == {*(f"DOSE-{n}" for n in range(1, 5)), *(f"FU-Y{n}" for n in range(3, 11))}
    assert codes[3] - codes[2] == {"FU-P6", "FU-P12"}
    before = await AuditEvent.all().count()
    answer = await nora.post(f"/api/v1/participants/{cast.leo.id}/visit-plan", json=plans[-1])
    assert len(answer.json()["visits"]) == 14
    assert await AuditEvent.all().count() == before, "asking for it again changes nothing"


async def test_the_same_dose_again_changes_nothing_and_a_correction_says_why(as_, cast):
    nora = as_("nora")
    first = (await noted(nora, cast, 1, "2025-02-10")).json()

    assert (await noted(nora, cast, 1, "2025-02-10")).json() == first
    without = await noted(nora, cast, 1, "2025-02-11")
    corrected = await noted(as_("iris"), cast, 1, "2025-02-11", reason="mistyped")

    assert (without.status_code, without.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert corrected.json()["given_on"] == "2025-02-11"
    last = await AuditEvent.filter(action="dose.note").order_by("-seq").first()
    assert (last.reason, last.changes) == ("mistyped", {"given_on": ["2025-02-10", "2025-02-11"]})
    assert await Dose.all().count() == 1


async def test_doses_come_in_order(as_, cast, now):
    nora, tomorrow = as_("nora"), (now + timedelta(days=2)).date().isoformat()

    assert codes(await noted(nora, cast, 2, "2025-06-10")) == ["dose.earlier_missing"]
    assert codes(await noted(nora, cast, 1, tomorrow)) == ["dose.in_future"]
    assert codes(await noted(nora, cast, 1, "2019-04-30")) == ["dose.before_birth"]
    assert "date_implausible" in codes(await noted(nora, cast, 1, "1901-01-01"))
    for number, day in ((1, "2025-02-10"), (2, "2025-06-10"), (3, "2025-10-10")):
        assert (await noted(nora, cast, number, day)).status_code == 200
    assert codes(await noted(nora, cast, 2, "2025-02-10", reason="mistyped")) == ["dose.not_after_earlier"]
    assert codes(await noted(nora, cast, 2, "2025-10-10", reason="mistyped")) == ["dose.not_before_later"]


@pytest.mark.parametrize("number", [0, 5, 10**30])
async def test_the_study_has_four_doses(as_, cast, number):
    assert "dose.number_unknown" in codes(await noted(as_("nora"), cast, number, "2025-02-10"))


@pytest.mark.parametrize(("changes", "code"), [
    ({"arm": Arm.HISTORICAL}, "dose.arm_without_doses"),
    ({"arm": Arm.PROSPECTIVE_UNTREATED}, "dose.arm_without_doses"),
    ({"arm": Arm.PRENATAL, "kind": ParticipantKind.WOMAN}, "dose.on_the_child"),
])
async def test_who_gets_none_has_none(as_, cast, changes, code):
    await Participant.filter(id=cast.leo.id).update(**changes)

    assert codes(await noted(as_("nora"), cast, 1, "2025-02-10")) == [code]


async def test_a_dose_before_birth_belongs_to_the_prenatal_arm(as_, cast):
    await Participant.filter(id=cast.leo.id).update(arm=Arm.PRENATAL, birth_month=date(2025, 6, 1))

    assert (await noted(as_("nora"), cast, 1, "2025-02-10", route="umbilical_vein")).status_code == 200


async def test_only_the_sites_own_staff_note_and_strangers_see_nothing(as_, cast):
    assert (await noted(as_("otto"), cast, 1, "2025-02-10")).status_code == 404
    assert (await noted(as_("mia"), cast, 1, "2025-02-10")).status_code == 403
    assert (await as_("eve").get(doses_url(cast))).status_code == 404
    assert (await as_("greta").get(doses_url(cast))).status_code in (403, 404)
    assert (await as_("bea").get(doses_url(cast))).status_code == 403
    taken = await noted(as_("nora"), cast, 1, "2025-02-10", recorded_by_id=str(cast.iris.id))
    assert taken.status_code == 400


async def test_visit_of_a_noted_dose_took_place_that_day_and_follows_its_correction(as_, cast):
    nora, url = as_("nora"), f"/api/v1/participants/{cast.leo.id}"
    await noted(nora, cast, 1, "2025-02-10")
    planned = {v["plan_code"]: v for v in (await nora.get(f"{url}/visits")).json()["visits"]}
    await noted(nora, cast, 2, "2025-06-12")
    await noted(nora, cast, 1, "2025-02-11", reason="mistyped")
    before = await AuditEvent.filter(action="visit.attend").order_by("seq")
    await noted(nora, cast, 1, "2025-02-11")
    answer = await nora.post(f"{url}/visit-plan", json={"first_dose_on": "2025-02-10"})

    visits = {visit["plan_code"]: visit for visit in answer.json()["visits"]}
    assert (planned["DOSE-1"]["state"], planned["DOSE-1"]["attended_on"]) == ("attended", "2025-02-10")
    assert (planned["DOSE-2"]["state"], planned["DOSE-3"]["state"]) == ("planned", "planned")
    seen = ("state", "target_on", "attended_on", "days_from_target")
    assert [tuple(visits[f"DOSE-{n}"][name] for name in seen) for n in (1, 2, 3)] == [
        ("attended", "2025-02-11", "2025-02-11", 0), ("attended", "2025-06-11", "2025-06-12", 1),
        ("planned", "2025-10-11", None, None)], "a noted day wins over one that is expected"
    assert [act.changes["attended_on"] for act in before] == [
        [None, "2025-02-10"], [None, "2025-06-12"], ["2025-02-10", "2025-02-11"]]
    assert await AuditEvent.filter(action="visit.attend").count() == len(before)


async def test_visit_of_a_noted_dose_is_on_no_other_day(as_, cast):
    nora = as_("nora")
    await noted(nora, cast, 1, "2025-02-10")
    visit = await Visit.get(plan_code="DOSE-1")

    answer = await nora.post(f"/api/v1/visits/{visit.id}/attendance", json={"attended_on": "2025-02-12"})

    assert codes(answer) == ["attended_not_with_the_dose"]
