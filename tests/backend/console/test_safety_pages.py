"""Safety cases and the duty roster on the staff page."""

from datetime import timedelta

import pytest

from models import DutyShift, SafetyCase, SafetyCaseStep, Session
from tests.browsers import read

HERE, DUTY = "/console/safety", "/console/duty"
SKULL = {"occurred": "2026-11-20", "sites": [{"bone": "skull", "side": "midline"}]}


@pytest.fixture
async def case(phone_of):
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item(SKULL))
    return await SafetyCase.get(entry_id=made["id"])


@pytest.fixture
def just_proved(cast, now):
    """A browser whose owner has entered the password a moment ago."""

    async def prove(name: str) -> None:
        await Session.filter(account_id=cast.people[name].id).update(proved_at=now)

    return prove


async def sign(browser, case, what: str, **fields: str):
    shown = read(await browser.see(f"{HERE}/{case.id}"))
    return await browser.post(f"{HERE}/{case.id}/{what}", **(shown.hidden | fields))


async def test_worklist_says_that_a_case_waits(browser_of, case):
    nora = read(await (await browser_of("nora")).see("/console/worklist")).text
    bea = read(await (await browser_of("bea")).see("/console/worklist")).text

    assert "1 safety case waits to be read." in nora
    assert "safety case" not in bea


async def test_list_shows_the_clock_in_words(browser_of, case, now):
    nora = await browser_of("nora")
    listed = read(await nora.see(HERE)).text
    assert "23 h left" in listed
    assert "Skull or face" in listed

    await SafetyCase.filter(id=case.id).update(due_at=now - timedelta(hours=3, minutes=5))

    assert "3 h over" in read(await nora.see(f"{HERE}?show=overdue")).text
    assert "No case fits this choice." in read(await nora.see(f"{HERE}?show=closed")).text
    assert (await nora.see(f"{HERE}?show=nonsense")).status_code == 400
    assert "SE01-001" not in (await (await browser_of("otto")).see(HERE)).text


async def test_case_is_read_signed_assessed_closed_and_opened_again(browser_of, case, just_proved):
    dag, iris = await browser_of("dag"), await browser_of("iris")
    for name in ("dag", "iris"):
        await just_proved(name)
    page = read(await dag.see(f"{HERE}/{case.id}")).text
    assert "Nobody has read this yet" in page
    assert f'href="/console/participants/{case.participant_id}"' in (await dag.see(f"{HERE}/{case.id}")).text
    assert "Skull or face" in page
    assert "Told: Dag" in page

    said = read(await dag.see((await sign(dag, case, "acknowledgement")).headers["location"])).text
    assert "Nobody else is told any more" in said
    assert "Read by Dag" in said
    assert f"{HERE}/{case.id}/closure" not in read(await iris.see(f"{HERE}/{case.id}")).actions
    await sign(iris, case, "assessment", assessment="not_serious", note="One night to watch")
    await sign(iris, case, "closure", reason="Nothing left")
    await sign(iris, case, "reopening", reason="A letter has come")

    assert [step.kind for step in await SafetyCaseStep.filter(case_id=case.id).order_by("id")] == [
        "opened", "acknowledged", "assessed", "closed", "reopened"]
    after = read(await iris.see(f"{HERE}/{case.id}")).text
    for words in ("Assessed by Iris: Not serious", "One night to watch", "A letter has come", "I have read this"):
        assert words in after


async def test_signing_asks_for_the_password_and_leads_back_to_the_case(browser_of, case, cast):
    dag = await browser_of("dag")
    await Session.filter(account_id=cast.dag.id).update(proved_at=None)

    asked = await sign(dag, case, "acknowledgement")

    assert (asked.status_code, asked.headers["location"]) == (
        303, f"/console/step-up?then=%2Fconsole%2Fsafety%2F{case.id}")


async def test_who_signs_an_older_version_is_told_on_the_page(browser_of, case, just_proved, phone_of):
    dag, phone = await browser_of("dag"), phone_of("mia")
    await just_proved("dag")
    hidden = read(await dag.see(f"{HERE}/{case.id}")).hidden
    await phone.push(phone.item({"note": "she was sick"}, id=str(case.entry_id), base_version=1))

    said = await dag.post(f"{HERE}/{case.id}/acknowledgement", **hidden)

    assert said.status_code == 412
    assert "This has changed since you looked" in read(said).text
    assert "she was sick" in said.text


async def test_what_changed_after_the_signature_is_said(browser_of, case, just_proved, phone_of):
    dag, phone = await browser_of("dag"), phone_of("mia")
    await just_proved("dag")
    await sign(dag, case, "acknowledgement")
    await phone.push(phone.item({"sites": [{"bone": "femur"}]}, id=str(case.entry_id), base_version=1))

    page = read(await dag.see(f"{HERE}/{case.id}")).text

    assert "The entry has changed since it was signed for (version 1, now 2)" in page
    assert "fits no longer" in page


async def test_readers_are_offered_nothing_to_do(browser_of, case):
    assert read(await (await browser_of("max")).see(f"{HERE}/{case.id}")).actions == []
    assert (await (await browser_of("otto")).see(f"{HERE}/{case.id}")).status_code == 404


async def test_shift_is_planned_on_the_clock_of_the_site_and_ended(browser_of, cast, now):
    nora = await browser_of("nora")
    day = (now + timedelta(days=2)).date().isoformat()

    planned = await nora.post(DUTY, site="SE01", account_id=str(cast.iris.id), starts_at=f"{day}T16:00",
                              ends_at=f"{day}T23:30", phone="+46 8 123")
    shift = await DutyShift.get()
    shown = read(await nora.see(planned.headers["location"]))

    assert shift.ends_at - shift.starts_at == timedelta(hours=7, minutes=30)
    assert f"{shift.starts_at:%H}" in ("14", "15")  # 16:00 in Stockholm
    assert "The shift is planned." in shown.text
    assert "+46 8 123" in shown.text
    await nora.post(f"{DUTY}/{shift.id}/ending")
    assert "No shift is planned." in read(await nora.see(DUTY)).text


async def test_faults_of_a_shift_are_said_beside_the_question(browser_of, cast, now):
    nora = await browser_of("nora")
    day = (now + timedelta(days=2)).date().isoformat()

    said = await nora.post(DUTY, site="SE01", account_id=str(cast.max.id), starts_at=f"{day}T16:00",
                           ends_at=f"{day}T17:00")
    reversed_ = await nora.post(DUTY, site="SE01", account_id=str(cast.iris.id), starts_at=f"{day}T16:00",
                                ends_at=f"{day}T15:00")

    assert (said.status_code, reversed_.status_code) == (422, 422)
    assert "Please choose somebody who may acknowledge cases" in read(said).text
    assert "It is not after the beginning" in read(reversed_).text
    assert f'value="{day}T16:00"' in said.text


async def test_site_with_families_and_nobody_on_duty_is_said_loudly(browser_of):
    otto = await browser_of("otto")

    for page in ("/console/worklist", HERE):
        assert "At GB01 nobody is on duty" in read(await otto.see(page)).text
    assert "nobody" in read(await otto.see(DUTY)).text
    assert "At GB01" not in read(await (await browser_of("nora")).see(HERE)).text
