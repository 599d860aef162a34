"""A fracture in depth on the phone: quick first, details whenever there is time, several bones, days known in part."""

import json
from datetime import timedelta

import pytest

from backend.clock import utc_now
from models import DiaryEntry, EntryRevision, Participant
from notifications.local_time import local_date, zone_named
from tests.backend.family_app.test_page_in_browser import faults_on, photograph

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def newest(installation, kind: str = "fracture") -> DiaryEntry:
    return installation.ask(lambda cast: DiaryEntry.filter(kind=kind).order_by("-received_at", "-id").first())


def group(phone, name: str):
    return phone.page.get_by_role("group", name=name)


def choose(phone, legend: str, *words: str) -> None:
    for word in words:
        group(phone, legend).get_by_role("button", name=word, exact=True).click()


def all_sent(phone) -> None:
    phone.page.get_by_text("All sent").wait_for()


def test_parent_adds_details_group_by_group_offline_and_they_arrive_as_one_change(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    mia.standing().get_by_text("Sent").wait_for()
    photograph(mia.page, "after-fracture")
    mia.context.set_offline(True)
    mia.page.get_by_role("link", name="Add details").click()
    mia.page.get_by_role("link", name="When exactly").wait_for()
    photograph(mia.page, "add")

    mia.page.get_by_role("link", name="When exactly").click()
    tell_when_and_where(mia)
    mia.page.get_by_role("button", name="Done").click()
    mia.page.locator(".home").wait_for()
    mia.context.set_offline(False)
    all_sent(mia)

    entry = newest(installation)
    assert entry.data["occurred"] == "2026-11-01/2026-11-14"
    assert entry.data["witnessed"] == "found_later"
    assert entry.data["sites"] == [
        {"bone": "femur", "side": "left", "segment": "shaft", "limb_shape_before": "bowed"},
        {"bone": "tibia", "side": "right"},
    ]
    assert entry.findings == []
    reasons = installation.ask(lambda _: EntryRevision.all().order_by("version").values_list("reason", flat=True))
    assert reasons == [None, "details_added"]
    assert mia.complaints == []


def tell_when_and_where(mia) -> None:
    choose(mia, "When", "Between two days")
    mia.page.get_by_label("Not before").fill("2026-11-01")
    mia.page.get_by_label("Not after").fill("2026-11-14")
    choose(mia, "Did you see it happen?", "Found later")
    photograph(mia.page, "add-when")
    mia.page.get_by_role("button", name="Next").click()
    mia.page.get_by_role("heading", name="Where exactly").wait_for()
    mia.page.get_by_role("button", name="Right shin", exact=True).click()
    mia.page.get_by_text("More about: Left thigh").click()
    choose(mia, "Which part?", "Middle")
    choose(mia, "Was it straight before?", "Bowed")
    assert group(mia, "How many ribs?").count() == 0
    photograph(mia.page, "add-where")


def test_question_is_asked_only_where_it_makes_sense(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    mia.page.get_by_role("link", name="Add details").click()
    mia.page.get_by_role("link", name="How it happened").click()
    height = mia.page.get_by_label("How high was the fall")
    height.wait_for(state="hidden")

    choose(mia, "How?", "Fall from a height")
    height.fill("90")
    mia.page.get_by_text("Saved on this phone").first.wait_for()  # of either answer: they say it in the same words
    mia.page.wait_for_timeout(1000)
    mia.page.reload()  # the phone rang

    assert height.input_value() == "90"
    mia.page.evaluate("location.hash = '#/'")
    mia.page.locator(".home").wait_for()
    mia.page.get_by_role("button", name="Send now").or_(mia.page.get_by_text("All sent")).first.click()
    all_sent(mia)
    assert newest(installation).data["fall_height_cm"] == 90
    assert mia.complaints == []


@pytest.mark.parametrize(("way", "label", "typed", "stored"), [
    ("Found later", "When was it noticed?", "2026-11-10", "../2026-11-10"),
    pytest.param("Only the month", "Which month?", "2026-09", "2026-09", marks=pytest.mark.full),
    pytest.param("Only the year", "Which year?", "2025", "2025", marks=pytest.mark.full),
    ("Don't know", None, None, "unknown"),
])
def test_day_known_in_part_is_stored_as_it_was_told(phone, installation, way, label, typed, stored):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    mia.page.get_by_role("link", name="Add details").click()
    mia.page.get_by_role("link", name="When exactly").click()

    choose(mia, "When", way)
    if label:
        field = group(mia, "When").get_by_label(label)
        field.fill(typed)
        field.blur()
    mia.page.get_by_role("button", name="Done").click()
    all_sent(mia)

    assert newest(installation).data["occurred"] == stored
    mia.page.locator(".entry").first.click()
    photograph(mia.page, f"details-{stored.replace('/', '_')}")
    assert mia.complaints == []


@pytest.mark.full
def test_nothing_else_since_the_last_attested_day_is_one_tap(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.page.get_by_role("button", name="Nothing happened this week").click()
    mia.standing().get_by_text("Sent").wait_for()
    attested = newest(installation, "check_in").data["to"]
    today = local_date(utc_now(), zone_named("Europe/Stockholm"))
    mia.log_fracture()

    if attested == f"{today}":  # nothing is left to attest
        assert mia.page.get_by_role("button", name="No, nothing else").count() == 0
        return
    mia.page.get_by_role("button", name="No, nothing else").click()
    mia.page.get_by_role("button", name="No, nothing else").wait_for(state="detached")
    all_sent(mia)

    since = newest(installation).data["nothing_else_since"]
    assert since == f"{local_date(utc_now(), zone_named('UTC')).fromisoformat(attested) + timedelta(days=1)}"
    assert mia.complaints == []


def test_background_is_one_list_that_can_be_added_to_and_corrected(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.context.set_offline(True)
    mia.page.get_by_role("link", name="About").click()
    mia.page.get_by_role("link", name="Add a medicine").click()
    choose(mia, "Which medicine?", "Zoledronate")
    choose(mia, "From", "Only the month")
    mia.page.get_by_label("Which month?").fill("2025-11")
    mia.page.get_by_label("Which month?").blur()
    mia.page.get_by_label("Dose", exact=True).fill("0.6")
    choose(mia, "Unit", "mg")
    photograph(mia.page, "write-medication")
    mia.page.get_by_role("button", name="Save").click()
    mia.page.locator(".entry").get_by_text("since November 2025").wait_for()
    mia.page.get_by_role("link", name="Add a milestone").click()
    choose(mia, "What, for the first time?", "Stands on the legs")
    mia.page.get_by_role("button", name="Save").click()
    mia.page.locator(".entry").get_by_text("Stands on the legs").wait_for()
    photograph(mia.page, "about")
    mia.context.set_offline(False)
    mia.page.locator(".entry", has_text="Zoledronate").get_by_text("Sent").or_(
        mia.page.locator(".entry", has_text="Zoledronate").get_by_text("On this phone")).first.wait_for()
    mia.page.locator(".entry", has_text="Zoledronate").click()
    mia.page.get_by_role("button", name="Correct").click()
    choose(mia, "How is it given?", "Into a vein")
    mia.page.get_by_role("button", name="Save").click()
    mia.page.get_by_role("link", name="Back").click()
    all_sent(mia)

    medicine = newest(installation, "medication")
    assert medicine.data == {
        "drug": "zoledronate", "from": "2025-11", "dose": 0.6, "dose_unit": "mg", "route": "intravenous"}
    assert newest(installation, "milestone").data == {"milestone": "bears_weight"}
    assert mia.page.locator(".entry").count() == 0  # not among what happened
    assert mia.complaints == []


async def make_a_woman(cast) -> None:
    await Participant.filter(id=cast.leo.id).update(kind="woman")


@pytest.mark.full
def test_woman_is_offered_only_what_is_asked_of_women(phone, installation):
    installation.ask(make_a_woman)
    mia = phone("mia")
    mia.sign_in()

    mia.page.get_by_role("button", name="Symptom").wait_for()
    assert [mia.page.get_by_role("button", name=name).count() for name in ("Fracture", "Pain")] == [0, 0]
    mia.page.get_by_role("button", name="Symptom").click()
    mia.page.get_by_role("button", name="Contractions").wait_for()
    mia.page.evaluate("location.hash = '#/about'")
    mia.page.get_by_role("link", name="Add a medicine").wait_for()
    assert mia.page.get_by_role("link", name="Add a milestone").count() == 0
    assert mia.complaints == []



def test_card_comes_back_until_it_has_healed(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    day = (utc_now() - timedelta(days=9)).date().isoformat()
    mia.page.evaluate(f"""async () => {{
        const {{ state }} = await import("/app/state.js");
        const data = {json.dumps({"occurred": day, "sites": [{"bone": "femur", "side": "left"}]})};
        await state.diary.write(state.participant.id, {{ kind: "fracture", data }});
    }}""")
    mia.page.reload()
    mia.page.get_by_text("How is it now: Left thigh?").wait_for()
    photograph(mia.page, "follow-up-card")
    mia.context.set_offline(True)

    mia.page.get_by_role("link", name="Tell how it is").click()
    choose(mia, "How is it?", "Used as before")
    photograph(mia.page, "follow-up")
    mia.page.get_by_role("button", name="Save").click()
    mia.page.locator(".home").wait_for()
    assert mia.page.get_by_text("How is it now: Left thigh?").count() == 0
    mia.context.set_offline(False)
    all_sent(mia)

    told = newest(installation, "follow_up")
    assert (told.data["healed"], str(told.parent_id)) == ("using_as_before", str(newest(installation).id))
    assert mia.complaints == []


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.full)])
def test_screens_of_the_details_keep_nobody_out(phone, dark):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    mia = phone("mia", dark=dark)
    mia.sign_in()
    mia.log_fracture()
    all_sent(mia)
    mia.page.get_by_role("link", name="Add details").click()
    mia.page.get_by_role("link", name="When exactly").wait_for()
    entry_id = mia.page.url.rsplit("/", 1)[-1]
    faults = []
    groups = ("", "/when", "/where", "/how", "/care", "/hospital", "/photos")
    for place in (*(f"add/{entry_id}{group}" for group in groups), f"write/follow_up/{entry_id}", f"details/{entry_id}",
                  "write/medication", "write/surgery", "about", "pain", ""):
        mia.page.evaluate(f"location.hash = '#/{place}'")
        mia.page.wait_for_timeout(250)
        mia.page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        mia.page.wait_for_timeout(100)
        name = place.replace(entry_id, "x").replace("/", "-") or "home"
        photograph(mia.page, f"{name}-{'dark' if dark else 'light'}")
        faults += faults_on(mia.page, axe, name)
    mia.page.evaluate("location.hash = '#/pain'")
    mia.page.get_by_role("button", name="Now it's your turn").click()
    faults += faults_on(mia.page, axe, "pain-child")

    assert faults == []
    assert mia.complaints == []
