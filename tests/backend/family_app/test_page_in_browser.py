"""The family page in a real browser: offline, restarted, in conflict, asked, and read by a screen reader's rules."""

import os
import re
from pathlib import Path

import httpx
import pytest

from models import DiaryEntry, EntryRevision, QuarantinedItem, QueryReply, Study
from models.fields import new_id
from tests.backend.family_app.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def photograph(page, name: str) -> None:
    """For whoever wants to look: SHOTS=folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


async def stored(cast) -> list[tuple[str, int]]:
    return [(entry.kind.value, entry.version) for entry in await DiaryEntry.filter(participant=cast.leo)]


def test_parent_logs_offline_reloads_restarts_and_it_arrives_once(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    photograph(mia.page, "home-empty")

    mia.context.set_offline(True)
    mia.log_fracture()
    mia.page.reload()
    mia.standing().get_by_text("On this phone").wait_for()
    photograph(mia.page, "home-offline")
    mia.switch_off()
    mia.switch_on(offline=True)
    mia.standing().get_by_text("On this phone").wait_for()
    assert installation.ask(stored) == []
    mia.context.set_offline(False)
    mia.standing().get_by_text("Sent").wait_for()
    mia.page.reload()
    mia.standing().get_by_text("Sent").wait_for()
    photograph(mia.page, "home-sent")

    assert installation.ask(stored) == [("fracture", 1)]
    entry = installation.ask(lambda cast: DiaryEntry.get(participant=cast.leo))
    assert entry.data["sites"] == [{"bone": "femur", "side": "left"}]
    assert entry.findings == []
    assert mia.complaints == []


def test_parent_notes_a_quiet_week_with_one_tap(phone, installation):
    mia = phone("mia")
    mia.sign_in()

    mia.page.get_by_role("button", name="Nothing happened this week").click()
    mia.standing().get_by_text("Sent").wait_for()

    entry = installation.ask(lambda cast: DiaryEntry.get(participant=cast.leo))
    assert entry.data["answer"] == "nothing_happened"
    assert mia.page.get_by_role("button", name="Nothing happened").count() == 0
    assert mia.complaints == []


def test_parent_corrects_and_takes_back_with_a_reason(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    mia.standing().get_by_text("Sent").wait_for()

    mia.page.locator(".entry").click()
    mia.page.get_by_role("definition").get_by_text("Left thigh").wait_for()
    photograph(mia.page, "details")
    mia.page.get_by_role("button", name="Correct").click()
    mia.page.get_by_role("button", name="Right shin").click()
    mia.page.get_by_role("button", name="Told by the clinic").click()
    photograph(mia.page, "correct")
    mia.page.get_by_role("button", name="Save").click()
    mia.page.get_by_text("Left thigh, Right shin").wait_for()
    mia.standing().get_by_text("Sent").wait_for()
    mia.page.locator(".entry").click()
    mia.page.get_by_role("button", name="Earlier versions").click()
    mia.page.get_by_text("Told by the clinic").wait_for()
    mia.page.locator("summary").get_by_text("Take it back").click()
    mia.page.get_by_role("button", name="Take back this entry").click()
    mia.standing().get_by_text("Taken back").wait_for()

    reasons = installation.ask(lambda cast: EntryRevision.all().order_by("version").values_list("reason", flat=True))
    assert reasons == [None, "told_by_clinician", "entered_in_error"]
    assert mia.complaints == []


def test_page_asks_before_it_saves_what_looks_odd(phone, installation):
    mia = phone("mia")
    mia.sign_in()

    mia.page.get_by_role("button", name="Fracture").click()
    mia.page.get_by_role("button", name="Save").click()
    mia.page.get_by_text("No place is given.").wait_for()
    photograph(mia.page, "are-you-sure")
    mia.page.get_by_role("button", name="Yes, save it").click()
    mia.standing().get_by_text("Sent").wait_for()

    entry = installation.ask(lambda cast: DiaryEntry.get(participant=cast.leo))
    assert [(found["code"], found["confirmed"]) for found in entry.findings] == [("place_missing", True)]


def test_half_written_entry_survives_the_page(phone, installation):
    mia = phone("mia")
    mia.sign_in()

    mia.page.get_by_role("button", name="Fracture").click()
    mia.page.get_by_role("button", name="Right upper arm").click()
    mia.page.wait_for_timeout(1000)  # a phone too takes a moment to write
    mia.switch_off()
    mia.switch_on(offline=True)
    mia.page.get_by_role("link", name="Continue").click()

    chosen = mia.page.get_by_role("button", name="Right upper arm")
    assert chosen.get_attribute("aria-pressed") == "true"


def test_two_parents_who_wrote_differently_choose_between_both(phone, installation):
    mia, ben = phone("mia"), phone("ben")
    mia.sign_in()
    mia.log_fracture()
    mia.standing().get_by_text("Sent").wait_for()
    ben.sign_in("ben")
    ben.standing().get_by_text("Sent").wait_for()
    ben.context.set_offline(True)
    for who, place in ((ben, "Left shin"), (mia, "Left collarbone")):
        who.page.locator(".entry").click()
        who.page.get_by_role("button", name="Correct").click()
        who.page.get_by_role("button", name=place).click()
        who.page.get_by_role("button", name="Save").click()
        who.page.locator(".home").wait_for()
    mia.standing().get_by_text("Sent").wait_for()

    ben.context.set_offline(False)
    ben.standing().get_by_text("Two versions").wait_for()
    ben.page.locator(".entry").click()
    photograph(ben.page, "conflict")
    assert "Left thigh, Left collarbone" in ben.page.locator(".card").nth(0).inner_text()
    assert "Left thigh, Left shin" in ben.page.locator(".card").nth(1).inner_text()
    ben.page.get_by_role("button", name="Keep mine").click()
    ben.standing().get_by_text("Sent").wait_for()

    entry = installation.ask(lambda cast: DiaryEntry.get(participant=cast.leo))
    assert {place["bone"] for place in entry.data["sites"]} == {"femur", "tibia"}
    assert entry.open_conflicts == 0
    assert mia.complaints + ben.complaints == []


def test_parent_whose_session_ended_loses_nothing(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.context.clear_cookies()

    mia.log_fracture()
    mia.page.get_by_role("link", name="Sign in to send").click()
    mia.page.get_by_text("still on this phone").wait_for()
    mia.sign_in()
    mia.standing().get_by_text("Sent").wait_for()

    assert installation.ask(stored) == [("fracture", 1)]


def by_nora(installation, path: str, content: dict, **seen: str) -> httpx.Response:
    """What the coordinator does meanwhile."""
    headers = {"Authorization": f"Bearer {installation.cast.nora.token}", **seen}
    return httpx.post(f"{installation.home}/api/v1{path}", json=content, headers=headers).raise_for_status()


def test_parent_answers_the_teams_question_offline(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    mia.standing().get_by_text("Sent").wait_for()
    entry = installation.ask(lambda cast: DiaryEntry.get(participant=cast.leo))
    asked = {"question": "Was an X-ray taken?"}
    by_nora(installation, f"/review/entries/{entry.id}/data-queries", asked, **{"If-Match": f'"s{entry.seq}"'})
    by_nora(installation, f"/participants/{installation.cast.leo.id}/visit-plan", {"first_dose_on": "2026-11-01"})

    mia.page.reload()
    mia.page.get_by_text("Was an X-ray taken?").wait_for()
    mia.page.get_by_text("Next visit").wait_for()
    mia.standing().get_by_text("Question").wait_for()
    photograph(mia.page, "home-question")
    mia.context.set_offline(True)
    mia.page.get_by_role("link", name="Answer").click()
    photograph(mia.page, "question")
    mia.page.get_by_label("Your answer").fill("Yes, on Monday.")
    mia.page.get_by_role("button", name="Send the answer").click()
    mia.page.get_by_text("Your answer is saved on this phone").wait_for()
    mia.context.set_offline(False)
    mia.page.get_by_text("The team asks").wait_for(state="hidden")

    assert installation.ask(lambda cast: QueryReply.all().values_list("text", flat=True)) == ["Yes, on Monday."]
    assert mia.complaints == []


def test_impatient_taps_write_one_entry_each(phone, installation):
    mia = phone("mia")
    mia.sign_in()

    mia.page.get_by_role("button", name="Fracture").click()
    mia.page.get_by_role("button", name="Left thigh", exact=True).click()
    mia.page.get_by_role("button", name="Save").dblclick()
    mia.page.locator(".home").wait_for()
    week = re.compile("Nothing (else )?happened this week")  # else: on a Sunday, which today's week ends with
    mia.page.get_by_role("button", name=week).dblclick()
    mia.page.get_by_text("All sent").wait_for()
    mia.standing(1).get_by_text("Sent").wait_for()

    assert sorted(installation.ask(stored)) == [("check_in", 1), ("fracture", 1)]


def test_entry_the_server_can_not_take_is_shown_and_holds_nothing_up(phone, installation):
    mia = phone("mia")
    mia.sign_in()

    mia.page.evaluate("""async () => {
        const { state } = await import("/app/state.js");
        await state.diary.write(state.participant.id, { kind: "from_a_newer_page", data: {} });
    }""")
    mia.log_fracture()
    mia.page.get_by_text("Kept by the site").wait_for()
    mia.page.get_by_text("Sent", exact=True).wait_for()

    assert installation.ask(stored) == [("fracture", 1)]
    assert installation.ask(lambda cast: QuarantinedItem.all().count()) == 1


def test_phone_loads_everything_again_after_a_restored_backup(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    mia.standing().get_by_text("Sent").wait_for()

    installation.ask(lambda cast: Study.filter(id=1).update(epoch=new_id()))
    mia.log_fracture("Right shin")
    mia.page.get_by_text("All sent").wait_for()

    for number in (0, 1):
        mia.standing(number).get_by_text("Sent").wait_for()
    assert installation.ask(stored) == [("fracture", 1)] * 2
    assert mia.complaints == []


def test_linking_code_redeems_nothing_until_the_parent_continues(phone, installation):
    mia = phone("mia")
    mia.page.goto(f"{installation.home}/link#7KXM-2PQW-HT4C")

    mia.page.get_by_role("heading", name="Enter a code").wait_for()
    photograph(mia.page, "link")

    assert mia.page.get_by_label("Code").input_value() == "7KXM-2PQW-HT4C"
    assert mia.page.url == f"{installation.home}/app/link"
    mia.page.get_by_label("Your name").fill("Mia")
    mia.page.get_by_label("E-mail").fill("new@example.org")
    mia.page.get_by_label("Password").fill(PASSWORD)
    mia.page.get_by_role("button", name="Continue").click()
    mia.page.get_by_text("can't be used").wait_for()


def faults_on(page, axe, name: str) -> list[tuple]:
    """What keeps somebody out: by the rules of screen readers, and targets that a thumb misses."""
    found = axe.run(page).response["violations"]
    small = page.locator("button, summary, select, input:not(.unseen), .button, .entry, nav a, .links a").evaluate_all(
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"
    )
    return [(name, fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in found
            if fault["impact"] in ("serious", "critical")] + [(name, "target under 44 px", html) for html in small]


@pytest.mark.parametrize(("language", "dark"), [
    pytest.param("en-GB", False, marks=pytest.mark.full), ("sv-SE", True),
])
def test_page_has_no_serious_fault_of_accessibility(phone, installation, language, dark):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    mia = phone("mia", language=language, dark=dark)
    faults = []

    def examine(name: str) -> None:
        photograph(mia.page, f"{name}-{language}-{'dark' if dark else 'light'}")
        faults.extend(faults_on(mia.page, axe, name))

    examine("sign-in")
    mia.page.locator("#email").fill("mia@example.org")
    mia.page.locator("#password").fill(PASSWORD)
    mia.page.locator("button.main").click()
    mia.page.locator(".home").wait_for()
    if language == "sv-SE":  # her account speaks English until she says otherwise
        mia.page.evaluate("location.hash = '#/settings'")
        mia.page.get_by_role("button", name="Svenska").click()
        mia.page.get_by_role("heading", name="Inställningar").wait_for()
    for place in ("write/fracture", "write/symptom", "write/check_in", "settings", ""):
        mia.page.evaluate(f"location.hash = '#/{place}'")
        mia.page.wait_for_timeout(300)
        if mia.page.locator("details").count():
            mia.page.locator("summary").last.click()
        examine(place.replace("/", "-") or "home")

    assert faults == []
    assert mia.complaints == []
