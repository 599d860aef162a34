"""Writing down what a parent tells on the phone: the protocol's questions, remarks beside the answers, stored once."""

import re
from datetime import timedelta

import pytest

from models import DiaryEntry, EntryRevision, Guardianship, Participant
from models.vocabulary import Collection, EntrySource, Relation
from tests.browsers import read

FRACTURE = {
    "data.occurred.year": "2026", "data.occurred.month": "9", "data.occurred.day": "2", "data.occurred.time": "14:30",
    "data.sites.0.bone": "femur", "data.sites.0.side": "left", "data.sites.2.bone": "tibia", "data.activity": "play",
    "data.care_sought.emergency_ward": "yes", "data.care_sought.admitted": "yes", "data.pain": "6",
    "data.note": "She fell.\r\nThen she cried.",
}
FEMUR = {"data.occurred.year": "2026", "data.sites.0.bone": "femur"}


def page_of(cast, participant="leo"):
    return f"/console/participants/{cast.participants[participant].id}/telling"


async def opened(browser, cast, kind="fracture"):
    """The page's own hidden fields, as a browser would send them."""
    shown = await browser.see(f"{page_of(cast)}?kind={kind}")
    assert shown.status_code == 200, shown.text
    return read(shown).hidden


async def written(browser, cast, answers, **more):
    hidden = await opened(browser, cast, more.pop("kind", "fracture"))
    return await browser.post(page_of(cast), **{**hidden, "told_by": "relation:father", **answers, **more})


async def test_nurse_writes_down_what_mia_tells(browser_of, cast, now):
    nora = await browser_of("nora")
    link = await Guardianship.get(account_id=cast.mia.id)

    shown = await nora.see(page_of(cast))
    answer = await written(nora, cast, FRACTURE, told_by=f"guardianship:{link.id}", told_at="2026-10-03T08:15")

    assert "Mother: Mia" in shown.text
    entry = await DiaryEntry.get()
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/entries/{entry.id}?done=told")
    assert entry.data == {
        "occurred": "2026-09-02T14:30", "sites": [{"bone": "femur", "side": "left"}, {"bone": "tibia"}],
        "activity": "play", "care_sought": ["emergency_ward", "admitted"], "pain": 6,
        "note": "She fell.\nThen she cried.",
    }
    first = await EntryRevision.get()
    assert (first.author_id, first.originator_id, first.relation) == (cast.nora.id, cast.mia.id, Relation.MOTHER)
    assert first.device_time == "2026-10-03T08:15:00+02:00"
    assert "Written down." in read(await nora.see(answer.headers["location"])).text


async def test_second_click_stores_nothing_and_other_answers_are_not_lost(browser_of, cast):
    nora = await browser_of("nora")
    form = {**(await opened(nora, cast)), "told_by": "relation:father", **FEMUR}

    first, again = [await nora.post(page_of(cast), **form) for _ in range(2)]
    other = await nora.post(page_of(cast), **{**form, "data.pain": "3"})

    assert again.headers["location"] == first.headers["location"]
    assert await EntryRevision.all().count() == 1
    assert other.status_code == 412
    assert 'name="data.pain" type="number" inputmode="numeric" value="3"' in other.text
    assert f'href="/console/entries/{form["entry_id"]}"' in other.text


async def test_finding_stands_beside_its_question_until_it_is_confirmed(browser_of, cast):
    nora = await browser_of("nora")
    early = {"data.occurred.year": "2018", "told_by": "chart"}

    refused = await written(nora, cast, early)
    boxes = dict.fromkeys(re.findall(r'name="(confirmed\.[^"]+)"', refused.text), "yes")
    half = await written(nora, cast, {**early, "confirmed.sites.place_missing": "yes"})
    confirmed = await written(nora, cast, {**early, **boxes})

    assert (refused.status_code, set(boxes)) == (
        422, {"confirmed.occurred.onset_before_birth", "confirmed.sites.place_missing"})
    beside = refused.text.partition("When it happened</legend>")[2].partition("</fieldset>")[0]
    assert "It lies before birth" in beside
    assert 'value="2018"' in beside
    assert re.search(r'name="confirmed.sites.place_missing" value="yes" checked', half.text)
    assert confirmed.status_code == 303
    entry = await DiaryEntry.get()
    assert (entry.source, {f["code"]: f["confirmed"] for f in entry.findings}) == (
        EntrySource.CHART_REVIEW, {"onset_before_birth": True, "place_missing": True})


@pytest.mark.parametrize(("wrong", "question"), [
    ({"data.occurred.year": "2026", "data.occurred.day": "2"}, "occurred"),
    ({"data.occurred.year": "", "data.occurred.month": "5"}, "occurred"),
    ({"data.pain": "quite bad"}, "pain"),
    ({"data.pain": "9" * 5000}, "pain"),
    ({"told_by": ""}, "told_by"),
    ({"told_by": "guardianship:no"}, "told_by"),
    ({"told_by": "relation:site_staff_on_behalf"}, "told_by"),
    ({"told_at": "yesterday"}, "told_at"),
    ({"told_at": "2031-01-01T10:00"}, "told_at"),
])
async def test_what_can_not_be_read_is_said_beside_it(browser_of, cast, wrong, question):
    answer = await written(await browser_of("nora"), cast, {**FEMUR, **wrong})

    assert answer.status_code in (400, 422), answer.text
    words = "(Please check this|It lies in the future)"
    assert re.search(rf'<div class="fault" id="about-{question}">\s*<p>{words}', answer.text)
    assert "Please look at what stands beside your answers." in answer.text
    assert await DiaryEntry.all().count() == 0


async def test_every_kind_of_the_protocol_can_be_written_down(browser_of, cast, now):
    nora = await browser_of("nora")
    last = (now - timedelta(days=2)).date()

    symptom = await written(nora, cast, {
        "data.occurred.year": "2026", "data.symptom": "pain", "data.new_since_infusion": "no"}, kind="symptom")
    empty = await written(nora, cast, {}, kind="check_in")
    week = await written(nora, cast, {"data.from": f"{last - timedelta(days=6)}", "data.to": f"{last}",
                                      "data.answer": "nothing_happened"}, kind="check_in")

    assert (symptom.status_code, week.status_code) == (303, 303)
    assert (await DiaryEntry.get(kind="symptom")).data["new_since_infusion"] is False
    for words in ("Please say the first day", "Please say the last day", "Please say how the week was"):
        assert words in read(empty).text
    assert (await nora.see(f"{page_of(cast)}?kind=cartwheel")).status_code == 400


async def test_numbers_and_vague_days_are_taken_in_as_they_are_told(browser_of, cast):
    nora = await browser_of("nora")

    fever = await written(nora, cast, {
        "data.occurred.how": "range", "data.occurred.year": "2026", "data.occurred.month": "3",
        "data.occurred.until.year": "2026", "data.occurred.until.month": "4", "data.symptom": "fever_or_infection",
        "data.temperature_c": "38,7"}, kind="symptom")
    half = await written(nora, cast, {"data.occurred.how": "before", "data.symptom": "pain"}, kind="symptom")
    no_number = await written(nora, cast, {"data.temperature_c": "high"}, kind="symptom")
    form = await nora.see(f"{page_of(cast)}?kind=follow_up")

    assert fever.status_code == 303, read(fever).text
    data = (await DiaryEntry.get()).data
    assert (data["occurred"], data["temperature_c"]) == ("2026-03/2026-04", 38.7)
    assert (half.status_code, no_number.status_code) == (422, 422)
    for question, answer in (("occurred", half), ("temperature_c", no_number)):
        assert f'id="about-{question}"' in answer.text
    for name in ("data.medication.0.dose", "data.medication.0.first.how", "data.medication.0.last.until.year"):
        assert f'name="{name}"' in form.text
    assert "data.attachments" not in form.text


async def test_without_a_consent_it_is_kept_and_the_page_says_so(browser_of, cast):
    await Participant.filter(id=cast.leo.id).update(collection=Collection.NO_CONSENT)
    nora = await browser_of("nora")

    shown, kept = await nora.see(page_of(cast)), await written(nora, cast, FEMUR)
    participant = read(await nora.see(kept.headers["location"])).text

    assert "A valid consent is missing. Write it down all the same: it is kept aside" in read(shown).text
    assert kept.headers["location"] == f"/console/participants/{cast.leo.id}?done=kept"
    assert "it comes into the diary by itself once the consent is there" in participant
    assert "1 new entry waits meanwhile" in participant
    assert "Write down what they tell" in participant


async def test_after_a_withdrawal_the_page_says_why_nothing_is_taken_in(browser_of, cast):
    await Participant.filter(id=cast.leo.id).update(collection=Collection.WITHDRAWN)
    nora = await browser_of("nora")

    shown, refused = await nora.see(page_of(cast)), await written(nora, cast, FEMUR)

    assert "The participant has withdrawn" in read(shown).text
    assert (refused.status_code, "nothing was stored" in refused.text) == (403, True)
    assert "Write down what they tell" not in (await nora.see(f"/console/participants/{cast.leo.id}")).text


async def test_person_on_duty_writes_down_without_names(browser_of, cast):
    dag = await browser_of("dag")

    shown, answer = await dag.see(page_of(cast)), await written(dag, cast, FEMUR)

    assert "Mother" in shown.text
    assert "Mia" not in shown.text
    entry_page = await dag.see(answer.headers["location"])
    assert (entry_page.status_code, "Written down." in entry_page.text) == (200, True)
    assert f"{page_of(cast)}" in (await dag.see(f"/console/participants/{cast.leo.id}")).text


@pytest.mark.parametrize(("who", "status"), [("max", 403), ("bea", 403), ("alma", 403), ("otto", 404), ("mia", 403)])
async def test_others_write_nothing_down(browser_of, cast, who, status):
    browser = await browser_of(who)
    hidden = await opened(await browser_of("nora"), cast)

    assert (await browser.see(page_of(cast))).status_code == status
    assert (await browser.post(page_of(cast), **hidden, told_by="chart", **FEMUR)).status_code == status
    assert await DiaryEntry.all().count() == 0


async def test_blinded_reader_works_without_a_way_to_the_record(browser_of, cast):
    written_down = await written(await browser_of("nora"), cast, {**FRACTURE, "data.note": "The infusion helped"})
    bea = await browser_of("bea")

    front, worklist = await bea.see("/console/"), await bea.see("/console/worklist")
    entry = await bea.see(written_down.headers["location"])

    assert (front.headers["location"], worklist.status_code, entry.status_code) == ("/console/worklist", 200, 200)
    for shown in (worklist, entry):
        links = set(re.findall(r'href="(/console/[a-z-]+)', shown.text))
        assert links <= {"/console/static", "/console/worklist", "/console/entries", "/console/adjudication",
                         "/console/protocol"}
        assert str(cast.leo.id) not in shown.text
        assert read(shown).actions == []
    assert "The infusion helped" not in entry.text
    assert "Nobody has asked anything" not in entry.text
    for path in (f"/console/participants/{cast.leo.id}", f"/console/participants/{cast.leo.id}/doses",
                 "/console/documents", "/console/staff", "/console/forwarding"):
        assert (await bea.see(path)).status_code == 403
