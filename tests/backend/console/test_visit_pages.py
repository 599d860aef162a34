"""The visits on a participant's page: outside the plan, cancelled and planned again, counted from an operation, moved
to a newer version.
"""

from dataclasses import replace

import pytest

from backend.wiring import prepare_study
from models import AnchorDay, Notice, Visit
from tests.backend.visits.conftest import PLAN, protocol_with
from tests.browsers import read


@pytest.fixture
def page_of_leo(cast):
    return f"/console/participants/{cast.leo.id}/doses"


@pytest.fixture
async def nora(browser_of):
    return await browser_of("nora")


@pytest.fixture
def run_with(app, study, now):
    async def restart(visits, version="own"):
        app.state.wiring = replace(study, protocol=protocol_with(visits, version))
        await prepare_study(app.state.wiring, now)

    return restart


async def seen(nora, answer):
    assert answer.status_code == 303, read(answer).text
    return read(await nora.see(answer.headers["location"])).text


async def test_nurse_adds_a_visit_outside_the_plan_with_what_to_bring(nora, page_of_leo):
    added = await nora.post(f"{page_of_leo}/visits", at="2027-02-12T09:30",
                            **{"bring.medicine_list": "yes", "bring.fasting": "yes"})

    shown = await seen(nora, added)
    assert "The visit is added." in shown
    assert "UNS-1 outside the plan 12 Feb 2027 12 Feb 2027, 09:30" in shown
    assert "Think of: list of medicines, coming without breakfast" in shown


async def test_nurse_changes_what_to_bring_only_where_she_ticks(nora, page_of_leo):
    await nora.post(f"{page_of_leo}/visits", at="2027-02-12T09:30", **{"bring.fasting": "yes"})
    visit = await Visit.get()
    brought = []
    for boxes in ({}, {"bring.orthoses": "yes"}, {"bring.nothing": "yes"}):
        await nora.post(f"{page_of_leo}/agreement", visit_id=f"{visit.id}", at="2027-02-13T09:30", **boxes)
        brought.append((await Visit.get()).bring)

    assert brought == [["fasting"], ["orthoses"], []]


async def test_nurse_cancels_a_visit_and_plans_it_again(nora, page_of_leo):
    await nora.post(f"{page_of_leo}/visits", at="2027-02-12T09:30")
    visit_id = f"{(await Visit.get()).id}"

    without = await nora.post(f"{page_of_leo}/cancellation", visit_id=visit_id, reason="")
    given_up = await seen(nora, await nora.post(
        f"{page_of_leo}/cancellation", visit_id=visit_id, reason="family_asked"))
    again = await seen(nora, await nora.post(f"{page_of_leo}/again", visit_id=visit_id))
    twice = await nora.post(f"{page_of_leo}/again", visit_id=visit_id)

    assert without.status_code in (400, 422)
    assert 'id="about-reason"' in without.text
    assert "Cancelled The family asked" in given_up
    assert "Plan a cancelled visit again" in given_up
    assert "Now agree a day." in again
    assert (await Visit.get()).state == "planned"
    assert twice.status_code == 409
    assert await Notice.all().count() == 0


async def test_nurse_notes_an_operation_and_sees_windows_what_is_open_and_what_happened(
    nora, page_of_leo, run_with, now
):
    await run_with(PLAN)
    await nora.post(page_of_leo, number="1", given_on="2025-01-31")
    visit = await Visit.get(plan_code="M3")
    await nora.post(f"{page_of_leo}/attendance", visit_id=f"{visit.id}", attended_on="2025-05-20")

    noted = await nora.post(f"{page_of_leo}/anchor-days", anchor="surgery", on_day=f"{now.date()}")
    shown = await seen(nora, noted)
    corrected = await nora.post(f"{page_of_leo}/anchor-days", anchor="surgery", on_day="2025-02-01", reason="mistyped")

    assert "M3 early 30 Apr 2025 23 Apr 2025 – 14 May 2025" in shown
    assert "Came 20 May 2025 20 days after its day, outside its window" in shown
    assert "AFTER-M3 17 Jun 2025 14 Jun 2025 – 20 Jun 2025 window closed" in shown
    assert "Operation:" in shown
    assert "OP-3 1 May 2025" in await seen(nora, corrected)
    assert str((await AnchorDay.get()).on_day) == "2025-02-01"


async def test_study_without_operations_in_its_plan_asks_for_none(nora, page_of_leo):
    assert "operation" not in read(await nora.see(page_of_leo)).text.lower()
    assert (await nora.post(f"{page_of_leo}/anchor-days", anchor="birthday", on_day="2025-02-01")).status_code == 400


async def test_nurse_moves_a_child_to_the_newer_version(nora, page_of_leo, run_with):
    await run_with(PLAN)
    await nora.post(page_of_leo, number="1", given_on="2025-01-31")
    await run_with(PLAN.replace("window_after = 14", "window_after = 30"), "next")

    before = read(await nora.see(page_of_leo)).text
    after = await seen(nora, await nora.post(f"{page_of_leo}/visit-plan", first_dose_on=""))

    assert "Counted by an earlier version of the protocol." in before
    assert "23 Apr 2025 – 14 May 2025" in before
    assert "Counted by an earlier version" not in after
    assert "23 Apr 2025 – 30 May 2025" in after


async def test_others_add_and_cancel_nothing(browser_of, nora, page_of_leo):
    await nora.post(f"{page_of_leo}/visits", at="2027-02-12T09:30")
    visit_id = f"{(await Visit.get()).id}"

    for who, status in (("max", 403), ("dag", 403), ("otto", 404)):
        browser = await browser_of(who)
        for act, typed in (("visits", {"at": "2027-03-12T09:30"}), ("again", {}),
                           ("cancellation", {"reason": "other"}), ("anchor-days", {"anchor": "surgery"})):
            answer = await browser.post(f"{page_of_leo}/{act}", visit_id=visit_id, on_day="2025-02-01", **typed)
            assert answer.status_code == status, (who, act)
    assert await Visit.all().count() == 1
