"""The page of a participant's doses: noting, correcting, and the visits counted from them."""

import pytest

from models import Dose, Participant, Visit
from models.vocabulary import Arm
from tests.browsers import read


def page_of(cast, participant="leo"):
    return f"/console/participants/{cast.participants[participant].id}/doses"


async def test_nurse_notes_a_dose_and_the_visits_stand_below(browser_of, cast):
    nora = await browser_of("nora")

    noted = await nora.post(page_of(cast), number="1", given_on="2025-02-10", route="intravenous")
    shown = read(await nora.see(noted.headers["location"])).text

    assert "Noted." in shown
    assert "10 Feb 2025" in shown
    assert "Note dose 2" in shown
    assert "DOSE-2 treatment 10 Jun 2025" in shown
    assert await Visit.filter(plan_code="DOSE-2", target_on="2025-06-10").count() == 1


async def test_visits_can_be_planned_from_an_expected_first_dose(browser_of, cast):
    nora = await browser_of("nora")

    planned = await nora.post(f"{page_of(cast)}/visit-plan", first_dose_on="2027-02-10")

    assert "DOSE-1 treatment 10 Feb 2027 — Planned" in read(await nora.see(planned.headers["location"])).text


async def test_correction_says_why(browser_of, cast):
    nora = await browser_of("nora")
    await nora.post(page_of(cast), number="1", given_on="2025-02-10")

    without = await nora.post(page_of(cast), number="1", given_on="2025-02-11")
    await nora.post(page_of(cast), number="1", given_on="2025-02-12", reason="mistyped")

    assert without.status_code in (400, 422)
    assert "Please say why you correct it" in read(without).text
    assert (await Dose.get()).given_on.isoformat() == "2025-02-12"


@pytest.mark.parametrize(("typed", "words"), [
    ({"number": "1", "given_on": "2031-01-01"}, "It lies in the future."),
    ({"number": "1", "given_on": "2018-01-01"}, "It lies before birth."),
    ({"number": "1", "given_on": "soon"}, "Please check this."),
    ({"number": "2", "given_on": "2025-02-10"}, "The dose before it is not noted yet."),
])
async def test_what_is_wrong_stands_beside_the_day_as_it_was_typed(browser_of, cast, typed, words):
    answer = await (await browser_of("nora")).post(page_of(cast), **typed)

    assert answer.status_code in (400, 422)
    if typed["number"] == "1":
        assert words in read(answer).text
        assert f'value="{typed["given_on"]}"' in answer.text
        assert 'aria-describedby="about-given_on"' in answer.text
    else:  # a form that the page does not offer
        assert words in read(answer).text
    assert "Yes, this is right" not in answer.text
    assert await Dose.all().count() == 0


async def test_who_only_reads_sees_no_form(browser_of, cast):
    await (await browser_of("nora")).post(page_of(cast), number="1", given_on="2025-02-10")

    for who in ("max", "dana", "dag"):
        shown = await (await browser_of(who)).see(page_of(cast))
        assert (shown.status_code, read(shown).actions) == (200, [])
        assert "10 Feb 2025" in read(shown).text
        answer = await (await browser_of(who)).post(page_of(cast), number="2", given_on="2025-06-10")
        assert answer.status_code == 403
    assert (await (await browser_of("otto")).see(page_of(cast))).status_code == 404
    assert (await (await browser_of("alma")).see(page_of(cast))).status_code == 403


async def test_arm_without_doses_has_no_form(browser_of, cast):
    await Participant.filter(id=cast.leo.id).update(arm=Arm.HISTORICAL)

    shown = read(await (await browser_of("nora")).see(page_of(cast)))

    assert "In this arm nobody is given doses." in shown.text
    assert shown.actions == [f"{page_of(cast)}/visits"], "a visit outside the plan may be needed all the same"


async def planned(nora, cast):
    await nora.post(page_of(cast), number="1", given_on="2026-10-10")
    return await Visit.get(plan_code="DOSE-2")


async def test_nurse_sees_that_the_first_visit_took_place_with_the_dose(browser_of, cast):
    nora = await browser_of("nora")
    await planned(nora, cast)

    assert "DOSE-1 treatment 10 Oct 2026 — Came 10 Oct 2026 on its day" in read(await nora.see(page_of(cast))).text


async def test_nurse_agrees_a_day_on_the_clocks_of_the_site_and_notes_that_they_came(browser_of, cast):
    nora = await browser_of("nora")
    visit = await planned(nora, cast)

    agreed = await nora.post(f"{page_of(cast)}/agreement", visit_id=str(visit.id), at="2027-02-12T09:30")
    shown = read(await nora.see(agreed.headers["location"])).text
    came = await nora.post(f"{page_of(cast)}/attendance", visit_id=str(visit.id), attended_on="2026-11-01")

    assert "The day is agreed." in shown
    assert "DOSE-2 treatment 10 Feb 2027 12 Feb 2027, 09:30 Planned" in shown
    assert "Came 1 Nov 2026" in read(await nora.see(came.headers["location"])).text
    visit = await Visit.get(id=visit.id)
    assert (visit.agreed_at.isoformat(), visit.state) == ("2027-02-12T08:30:00+00:00", "attended")


@pytest.mark.parametrize(("act", "typed", "about"), [
    ("agreement", {"at": "soon"}, "at"), ("agreement", {"at": "2927-02-12T09:30"}, "at"),
    ("agreement", {"at": "2027-02-12T09:30", "visit_id": "none"}, "visit_id"),
    ("attendance", {"attended_on": "2031-01-01"}, "attended_on"), ("attendance", {"attended_on": ""}, "attended_on"),
])
async def test_day_that_cannot_be_is_said_beside_it(browser_of, cast, act, typed, about):
    nora = await browser_of("nora")
    visit = await planned(nora, cast)

    answer = await nora.post(f"{page_of(cast)}/{act}", **{"visit_id": str(visit.id), **typed})

    assert answer.status_code in (400, 422)
    assert f'id="about-{about}"' in answer.text
    assert (await Visit.get(id=visit.id)).agreed_at is None


async def test_others_agree_nothing(browser_of, cast):
    visit = await planned(await browser_of("nora"), cast)
    typed = {"visit_id": str(visit.id), "at": "2027-02-12T09:30"}

    for who, status in (("max", 403), ("dag", 403), ("otto", 404)):
        assert (await (await browser_of(who)).post(f"{page_of(cast)}/agreement", **typed)).status_code == status
    foreign = await (await browser_of("otto")).post(f"{page_of(cast, 'tom')}/agreement", **typed)
    assert (foreign.status_code, "about-visit_id" in foreign.text) == (400, False)
