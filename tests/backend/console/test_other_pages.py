"""The rest of the console: worklist, participants, forwarding, sync issues, and what holds for every page."""

import pytest

from models import Destination, Guardianship, LinkingCode, OutboxMessage, Participant, QuarantinedItem
from models.vocabulary import Collection
from tests.browsers import read

PAGES = ("/console/worklist", "/console/participants", "/console/forwarding", "/console/sync-issues")


@pytest.fixture
async def quarantined(phone_of):
    phone = phone_of("mia")
    await phone.push(phone.item({"note": "<b>bold</b>"}, kind="cartwheel"))
    return await QuarantinedItem.get()


@pytest.fixture
async def failed(browser_of, fracture):
    await (await browser_of("nora")).decide(fracture.id, "validation")
    await OutboxMessage.all().update(state="dead", last_error="status 500")
    return await OutboxMessage.get()


async def test_worklist_is_filtered_and_paged(browser_of, phone_of, monkeypatch):
    monkeypatch.setattr("backend.console.worklist_routes.PAGE", 2)
    phone = phone_of("mia")
    await phone.push(*[phone.item() for _ in range(3)])
    await phone.push(phone.item({"symptom": "pain", "occurred": "2026-11"}, kind="symptom"))
    nora = await browser_of("nora")

    fractures = await nora.see("/console/worklist?kind=fracture")
    following = fractures.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    rest = await nora.see(following)
    symptoms = await nora.see("/console/worklist?kind=symptom&site=SE01&mine=")

    assert fractures.text.count("<strong>SE01-001</strong> Fracture") == 2
    assert rest.text.count("<strong>SE01-001</strong> Fracture") == 1
    assert symptoms.text.count("<strong>SE01-001</strong> Symptom") == 1
    assert "No entry fits this choice." in read(await nora.see("/console/worklist?mine=yes")).text
    assert (await nora.see("/console/worklist?kind=cartwheel")).status_code == 400
    assert (await nora.see("/console/worklist?cursor=nonsense")).status_code == 422
    assert (await nora.see("/console/worklist?site=%00")).status_code == 400


async def test_worklist_offers_only_ones_own_sites(browser_of):
    nora = await (await browser_of("nora")).see("/console/worklist")
    max_ = await (await browser_of("max")).see("/console/worklist")

    assert "GB01" not in nora.text
    assert "<option>GB01</option>" in max_.text


async def test_worklist_shows_what_to_look_at(browser_of, phone_of):
    phone = phone_of("mia")
    await phone.push(phone.item({"occurred": "2001-01-01", "sites": [{"bone": "rib"}]}))

    shown = read(await (await browser_of("nora")).see("/console/worklist"))

    assert "1 finding" in shown.text
    assert "Mother" in shown.text
    assert "0 min" in shown.text


async def test_nora_enrols_a_participant_and_hands_out_a_code_once(browser_of):
    nora = await browser_of("nora")

    enrolled = await nora.post("/console/participants", code="SE01-077", arm="postnatal", birth_month="2019-05",
                               gestational_weeks="38", gestational_days="2")
    record = enrolled.headers["location"].partition("?")[0]
    issued = await nora.post(f"{record}/linking-codes", relation="mother", role="guardian")

    participant = await Participant.get(code="SE01-077")
    assert participant.gestational_days == 38 * 7 + 2
    assert issued.status_code == 303
    shown = await nora.see(issued.headers["location"])
    assert "<svg" in shown.text
    assert "/link#" in shown.text
    code = shown.text.partition('class="big"><code>')[2].partition("<")[0]
    assert len(code) == 14
    for reloaded in (await nora.see(issued.headers["location"]), await nora.see(record)):
        assert reloaded.status_code == 200
        assert code not in reloaded.text
    assert await LinkingCode.all().count() == 1

    row = await LinkingCode.get()
    await nora.post(f"{record}/linking-codes/{row.id}/revocation")
    assert (await LinkingCode.get()).revoked_at is not None


async def test_faults_of_an_enrolment_are_said_and_nothing_typed_is_lost(browser_of):
    nora = await browser_of("nora")

    taken = await nora.post("/console/participants", code="SE01-001", arm="postnatal", birth_month="2019-05")
    no_month = await nora.post("/console/participants", code="SE01-078", arm="postnatal")
    elsewhere = await nora.post("/console/participants", code="GB01-078", arm="postnatal", birth_month="2019-05")

    assert (taken.status_code, no_month.status_code, elsewhere.status_code) == (409, 422, 404)
    assert "Please say the month of birth." in read(no_month).text
    assert 'value="SE01-078"' in no_month.text
    assert await Participant.all().count() == 2


async def test_names_of_a_family_are_seen_at_their_site_only(browser_of, cast):
    url = f"/console/participants/{cast.leo.id}"

    assert "Mia" in (await (await browser_of("nora")).see(url)).text
    monitor = await (await browser_of("max")).see(url)
    assert "Mother" in monitor.text
    assert "Mia" not in monitor.text
    assert read(monitor).actions == []
    assert (await (await browser_of("otto")).see(url)).status_code == 404


async def test_ending_a_guardianship_takes_one_form(browser_of, cast):
    link = await Guardianship.get(account_id=cast.ben.id)

    await (await browser_of("nora")).post(f"/console/participants/{cast.leo.id}/guardianships/{link.id}/end")

    assert (await Guardianship.get(id=link.id)).ends_at is not None


async def test_sync_issue_is_shown_word_for_word_and_dismissed(browser_of, quarantined):
    nora = await browser_of("nora")
    shown = await nora.see("/console/sync-issues")

    assert "cartwheel" in shown.text
    assert "<b>bold" not in shown.text
    assert read(await (await browser_of("max")).see("/console/sync-issues")).actions == []
    assert "cartwheel" not in (await (await browser_of("otto")).see("/console/sync-issues")).text
    await nora.post(f"/console/sync-issues/{quarantined.id}/dismissal", reason="Told by phone")
    assert "No phone has a problem." in read(await nora.see("/console/sync-issues")).text


async def test_what_only_waits_for_a_consent_is_said_to_need_nothing(browser_of, cast, phone_of):
    await Participant.filter(id=cast.leo.id).update(collection=Collection.NO_CONSENT)
    phone = phone_of("mia")
    await phone.push(phone.item())

    shown = read(await (await browser_of("nora")).see("/console/sync-issues")).text

    assert "Nothing to do here: once there is a valid consent, it comes in by itself." in shown
    assert "what you sent is kept" not in shown  # words for the family


async def test_failed_message_is_sent_again_by_the_data_manager(browser_of, failed):
    dana = await browser_of("dana")
    assert f"/console/forwarding/messages/{failed.id}/replay" in read(await dana.see("/console/forwarding")).actions

    await dana.post(f"/console/forwarding/messages/{failed.id}/replay")

    assert (await OutboxMessage.get()).state == "queued"
    await dana.post(f"/console/forwarding/messages/{failed.id}/cancellation")
    assert (await OutboxMessage.get()).state == "cancelled"


async def test_destination_is_paused_and_resumed(browser_of, study):
    alma, code = await browser_of("alma"), (await Destination.first()).code

    paused = await alma.post(f"/console/forwarding/destinations/{code}/pause")
    assert "The destination is paused." in read(await alma.see(paused.headers["location"])).text
    await alma.post(f"/console/forwarding/destinations/{code}/resumption")

    assert (await Destination.get(code=code)).paused_at is None


async def test_coordinator_sees_failures_without_buttons(browser_of, failed):
    nora = await browser_of("nora")
    shown = read(await nora.see("/console/forwarding"))

    assert "Has trouble (status 500)" in shown.text
    assert shown.actions == []
    assert (await nora.post(f"/console/forwarding/messages/{failed.id}/replay")).status_code == 403


@pytest.mark.parametrize(("who", "first"), [("nora", "/console/worklist"), ("alma", "/console/forwarding")])
async def test_front_page_leads_to_what_the_role_opens(browser_of, who, first):
    assert (await (await browser_of(who)).see("/console/")).headers["location"] == first


async def test_a_family_finds_no_page_here(browser_of):
    mia = await browser_of("mia")

    for path in ("/console/", "/console/coverage", *PAGES):
        answer = await mia.see(path)
        assert answer.status_code == 403
        assert "Worklist" not in answer.text
        read(answer)


@pytest.mark.parametrize("path", [*PAGES, "/console/sign-in", "/first-sign-in", "/console/no/such/page",
                                  "/console/static/console.css", "/console/static/console.js", "/console/static/x"])
async def test_every_page_keeps_strangers_out(browser_of, path):
    answer = await (await browser_of("nora")).see(path)

    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cache-control"] in ("no-store", "no-cache")
    assert " style=" not in answer.text
    assert "<style" not in answer.text


async def test_monitor_sees_no_button_anywhere(browser_of, failed, quarantined):
    max_ = await browser_of("max")

    for path in PAGES:
        answer = await max_.see(path)
        assert answer.status_code == 200
        assert read(answer).actions == []


@pytest.mark.parametrize("path", ["/console/entries/abc", "/console/participants/abc", "/console/worklist/more",
                                  "/console/x/y/z", "/console/not-a-uuid", "/console/participants/x/transfer"])
async def test_address_that_leads_nowhere_is_a_calm_page(browser_of, path):
    nora = await browser_of("nora")
    seen, sent = await nora.see(path), await nora.post(path)

    assert (seen.status_code, sent.status_code in (404, 405)) == (404, True)
    assert "To the front page" in read(seen).text
    assert "To the front page" in read(sent).text


@pytest.mark.parametrize("data", [
    pytest.param({"from": "2026-²", "occurred": None}, id="odd date of no field"),
    pytest.param({"sites": [{"bone": "rib", "extra": [1]}], "care_sought": ["admitted", "x"]}, id="odd parts"),
    pytest.param({}, id="nothing filled in"), pytest.param({"note": "x" * 4000}, id="long text"),
])
async def test_odd_entries_are_shown(browser_of, phone_of, data):
    phone = phone_of("mia")
    made, other = await phone.push(phone.item(data), phone.item(data))
    await phone.push(phone.item({}, id=made["id"], op="delete", base_version=1, reason="entered_twice"))
    nora = await browser_of("nora")

    retracted, shown = [await nora.see(f"/console/entries/{one['id']}") for one in (made, other)]

    assert (retracted.status_code, shown.status_code) == (200, 200)
    assert "Taken back by the family" in read(retracted).text
    assert read(retracted).actions == []
