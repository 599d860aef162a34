"""A parent with a new phone, at night: devices, inviting the grandmother, consent, leaving the study, a note."""

import re
from datetime import timedelta

import httpx
import pytest

from backend.clock import utc_now
from backend.consent.jobs import settle_consents
from models import DiaryEntry, Guardianship, LinkingCode, Participant, PrivateNote, QuarantinedItem, Session
from models.vocabulary import Collection, ParticipantState
from tests.backend.family_app.conftest import PASSWORD
from tests.backend.family_app.test_page_in_browser import by_nora, photograph

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
BODY = "What the study does.\n\n" + "\n\n".join(f"{number}. You may ask anything." for number in range(1, 40))
SCREENS = ("", "settings", "devices", "people", "invite", "consent", "consent/{text}", "readers", "leave-study")


def settings(phone, link: str) -> None:
    phone.page.get_by_role("link", name="Settings").click()
    phone.page.get_by_role("link", name=link).click()


def consent_text(installation, version: str) -> str:
    """A text that both parents have to say yes to."""
    wanted = {
        "code": "guardian-information", "version": version, "audience": "custodian", "language": "en", "site": "SE01",
        "title": f"About the study, version {version}", "body": BODY,
        "valid_from": (utc_now() - timedelta(minutes=1)).isoformat(), "required_from": utc_now().isoformat(),
    }
    document = by_nora(installation, "/consent-documents", wanted).json()["id"]
    installation.ask(lambda cast: settle_consents(cast.wiring, utc_now()))  # as the timetable does
    return document


def on_paper(installation, document: str, relation: str) -> None:
    said = {"document_id": document, "relation": relation, "decision": "given", "signed_at": utc_now().isoformat()}
    by_nora(installation, f"/participants/{installation.cast.leo.id}/paper-consents", said)


def test_parent_signs_out_the_phone_she_lost_and_then_every_one(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    settings(mia, "My devices")
    mia.page.get_by_text("This phone", exact=True).wait_for()
    photograph(mia.page, "family-devices")

    mia.page.get_by_role("button", name="Sign out mia's phone").click()
    mia.page.get_by_text("mia's phone").wait_for(state="detached")
    assert installation.ask(lambda cast: Session.get(id=cast.mia.session.id)).ended_at is not None

    mia.context.set_offline(True)
    mia.page.evaluate("location.hash = '#/people'")
    mia.page.get_by_text("no network right now").wait_for()
    photograph(mia.page, "family-offline")
    mia.context.set_offline(False)
    mia.page.get_by_role("button", name="Try again").click()
    mia.page.get_by_role("heading", name="Father").wait_for()

    mia.page.evaluate("location.hash = '#/devices'")
    mia.page.locator("summary").click()
    mia.page.get_by_role("button", name="Sign all devices out").click()
    mia.page.get_by_role("button", name="Sign in").wait_for()
    mine = installation.ask(lambda cast: Session.filter(account=cast.mia.id, ended_at=None).count())
    assert mine == 0
    assert mia.complaints == []


def test_grandmother_comes_by_an_invitation_and_can_only_report(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    settings(mia, "Who writes for")
    mia.page.get_by_role("link", name="Invite somebody").click()
    mia.page.get_by_role("button", name="Make the invitation").click()
    mia.page.get_by_text("Please choose who it is").wait_for()
    mia.page.get_by_role("button", name="Grandparent").click()
    photograph(mia.page, "family-invite")
    mia.page.get_by_role("button", name="Make the invitation").click()
    code = mia.page.locator(".big-code").inner_text()
    assert mia.page.locator("img.qr").evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    photograph(mia.page, "family-invite-code")

    gunnel = phone("gunnel")
    gunnel.page.goto(f"{installation.home}/link#{code.replace('-', '')}")
    gunnel.page.get_by_label("Your name").fill("Gunnel")
    gunnel.page.get_by_label("E-mail").fill("gunnel@example.org")
    gunnel.page.get_by_label("Password").fill(PASSWORD)
    gunnel.page.get_by_role("button", name="Continue").click()
    gunnel.page.locator(".home").wait_for()
    gunnel.page.get_by_text("Nothing written yet").wait_for()  # nothing of what Mia wrote
    gunnel.log_fracture("Right shin")
    gunnel.standing().get_by_text("Sent").wait_for()
    gunnel.page.get_by_role("link", name="Settings").click()
    gunnel.page.get_by_role("link", name="My devices").wait_for()
    photograph(gunnel.page, "family-settings-carer")
    assert gunnel.page.get_by_role("link", name=re.compile("Leave|Consent|Who")).count() == 0

    mia.page.get_by_role("link", name="Done").click()
    mia.page.get_by_text("Reports only").nth(1).wait_for()
    mia.page.locator("summary").get_by_text("Change or end").click()
    photograph(mia.page, "family-people")
    mia.page.get_by_role("button", name="End the access now").click()
    mia.page.get_by_text("The access has ended").wait_for()
    newest = installation.ask(lambda _: Guardianship.all().order_by("-id").first())
    assert (newest.relation, newest.capabilities, newest.ends_at is None) == ("grandparent", ["log"], False)
    assert installation.ask(lambda cast: DiaryEntry.filter(participant=cast.leo).count()) == 2
    assert mia.complaints + gunnel.complaints == []


def test_court_order_sends_a_parent_to_the_site_without_a_word_about_it(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    settings(mia, "Who writes for")
    mia.page.get_by_role("link", name="Invite somebody").click()
    mia.page.get_by_role("button", name="Father").click()
    mia.page.locator("summary").click()
    mia.page.get_by_label("Last day").fill((utc_now() + timedelta(days=30)).date().isoformat())
    mia.page.get_by_role("button", name="Make the invitation").click()
    mia.page.locator(".big-code").wait_for()
    mia.page.get_by_role("link", name="Done").click()
    mia.page.get_by_role("button", name="Take the invitation back").click()
    mia.page.get_by_role("heading", name="Open invitations").wait_for(state="detached")
    assert installation.ask(lambda _: LinkingCode.get()).revoked_at is not None

    installation.ask(lambda cast: Guardianship.filter(account=cast.ben.id).update(court_order_at=utc_now()))
    mia.page.get_by_role("link", name="Invite somebody").click()
    mia.page.get_by_role("button", name="Grandparent").click()
    mia.page.get_by_role("button", name="Make the invitation").click()
    mia.page.get_by_text("Please ask the site").wait_for()
    assert "court" not in mia.page.content()


def read_and_agree(mia) -> None:
    mia.page.locator("section", has_text="A text is waiting").get_by_role("link", name="Read").click()
    mia.page.get_by_text("39. You may ask").wait_for()
    assert mia.page.get_by_text("You agreed").count() == 0  # that was another version
    photograph(mia.page, "family-consent-text")
    mia.page.get_by_label("Your password").fill(PASSWORD)
    assert mia.page.locator("[aria-pressed=true]").count() == 0
    mia.page.get_by_role("button", name="Sign my answer").click()
    mia.page.get_by_text("Please choose one of the two").wait_for()
    mia.page.get_by_role("button", name="Yes, I agree").click()
    photograph(mia.page, "family-consent-answer")
    mia.page.get_by_role("button", name="Sign my answer").click()


def test_entry_waits_for_the_consent_and_appears_once_both_parents_have_agreed(phone, installation):
    first = consent_text(installation, "1")
    on_paper(installation, first, "mother")
    on_paper(installation, first, "father")
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    mia.standing().get_by_text("Sent").wait_for()
    assert mia.page.get_by_text("A text is waiting").count() == 0

    second = consent_text(installation, "2")
    mia.log_fracture("Right shin")  # her phone does not know yet
    mia.page.get_by_text("Kept, waits for the consent").wait_for()
    mia.page.get_by_text("The study waits for a consent").wait_for()
    photograph(mia.page, "family-consent-card")
    read_and_agree(mia)
    mia.page.get_by_text("Not answered yet: father").wait_for()
    mia.page.get_by_text("Kept, waits for the consent").wait_for()
    assert installation.ask(lambda cast: DiaryEntry.filter(participant=cast.leo).count()) == 1

    on_paper(installation, second, "father")
    mia.page.get_by_role("link", name="Settings").click()
    mia.page.get_by_role("button", name="Send now").click()  # what the site has taken in comes by itself
    mia.page.get_by_role("link", name="Back").click()
    mia.page.get_by_text("Kept, waits").wait_for(state="detached")
    for number in (0, 1):
        mia.standing(number).get_by_text("Sent").wait_for()
    mia.page.get_by_text("The study waits").wait_for(state="detached")
    assert installation.ask(lambda cast: DiaryEntry.filter(participant=cast.leo).count()) == 2
    assert installation.ask(lambda _: QuarantinedItem.get()).state == "released"
    assert mia.complaints == []


@pytest.mark.full
def test_carer_who_sees_nothing_learns_too_that_her_entry_was_taken_in(phone, installation):
    text = consent_text(installation, "1")
    greta = phone("greta")
    greta.sign_in("greta")
    greta.log_fracture()
    greta.page.get_by_text("Kept, waits for the consent").wait_for()

    for relation in ("mother", "father"):
        on_paper(installation, text, relation)
    greta.page.reload()

    greta.standing().get_by_text("Sent", exact=True).wait_for()
    assert installation.ask(lambda cast: DiaryEntry.filter(participant=cast.leo).count()) == 1


def test_parent_leaves_the_study_in_three_taps(phone, installation):
    text = consent_text(installation, "1")
    on_paper(installation, text, "mother")
    on_paper(installation, text, "father")
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    mia.standing().get_by_text("Sent").wait_for()

    mia.page.get_by_role("link", name="Settings").click()
    mia.page.get_by_text("Leave the study").scroll_into_view_if_needed()
    photograph(mia.page, "family-settings")
    mia.page.get_by_role("link", name="Leave the study").click()
    mia.page.get_by_label("Your password").fill("not the right password")
    mia.page.get_by_role("button", name="Leave the study now").click()
    mia.page.get_by_text("password is not right").wait_for()
    photograph(mia.page, "family-leave")
    mia.page.get_by_label("Your password").fill(PASSWORD)
    mia.page.get_by_role("button", name="Leave the study now").click()

    mia.page.get_by_text("You have withdrawn").wait_for()
    photograph(mia.page, "family-left")
    assert mia.page.get_by_role("button", name="Fracture").count() == mia.page.locator(".asked").count() == 0
    assert mia.page.locator(".entry").count() == 1
    leo = installation.ask(lambda cast: Participant.get(id=cast.leo.id))
    assert (leo.state, leo.collection) == (ParticipantState.WITHDRAWN, Collection.WITHDRAWN)
    mia.page.locator(".entry").click()
    mia.page.locator("summary").get_by_text("Private note").wait_for()
    assert mia.page.get_by_role("button", name="Correct").count() == 0
    assert mia.complaints == []


def test_private_note_is_the_mothers_alone_and_needs_the_network(phone, installation):
    mia, ben = phone("mia"), phone("ben")
    mia.sign_in()
    mia.log_fracture()
    mia.standing().get_by_text("Sent").wait_for()
    mia.page.locator(".entry").click()
    mia.page.locator("summary").get_by_text("Private note").click()
    mia.page.get_by_label("Only you see this").fill("Ask about the brace.")
    mia.context.set_offline(True)
    mia.page.get_by_role("button", name="Save the note").click()
    mia.page.get_by_text("no network right now").wait_for()
    mia.context.set_offline(False)
    mia.page.get_by_role("button", name="Save the note").click()
    mia.page.get_by_text("The note is stored").wait_for()
    photograph(mia.page, "family-note")
    mia.page.reload()
    mia.page.locator("summary").get_by_text("Private note").click()
    assert mia.page.get_by_label("Only you see this").input_value() == "Ask about the brace."

    ben.sign_in("ben")
    ben.page.locator(".entry").click()
    ben.page.locator("summary").get_by_text("Private note").click()
    assert ben.page.get_by_label("Only you see this").input_value() == ""
    mia.page.get_by_label("Only you see this").fill("")
    mia.page.get_by_role("button", name="Save the note").click()
    mia.page.get_by_text("The note is stored").wait_for()
    assert installation.ask(lambda _: PrivateNote.all().count()) == 0
    assert mia.complaints + ben.complaints == []


@pytest.mark.full
def test_parent_sees_who_opened_the_record(phone, installation):
    leo = installation.cast.leo.id
    seen = {"Authorization": f"Bearer {installation.cast.nora.token}"}
    httpx.get(f"{installation.home}/api/v1/participants/{leo}", headers=seen).raise_for_status()
    mia = phone("mia")
    mia.sign_in()

    settings(mia, "Who opened")
    mia.page.get_by_text("Study coordinator · SE01").wait_for()
    photograph(mia.page, "family-readers")
    assert "Nora" not in mia.page.content()
    assert mia.page.locator(".entry").count() == 1  # her own visits are left out


@pytest.mark.parametrize(("language", "dark"), [("en", False), pytest.param("sv", True, marks=pytest.mark.full)])
def test_screens_of_people_and_promises_have_no_serious_fault_of_accessibility(phone, installation, language, dark):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    text = consent_text(installation, "1")
    mia = phone("mia", dark=dark)
    mia.sign_in()
    if language == "sv":
        mia.page.evaluate("location.hash = '#/settings'")
        mia.page.get_by_role("button", name="Svenska").click()
    faults = []
    for place in (screen.format(text=text) for screen in SCREENS):
        mia.page.evaluate(f"location.hash = '#/{place}'")
        mia.page.get_by_text("One moment").or_(mia.page.get_by_text("Ett ögonblick")).wait_for(state="detached")
        mia.page.wait_for_timeout(150)
        photograph(mia.page, f"family-axe-{place.split('/')[0] or 'home'}-{place.count('/')}-{language}")
        found = axe.run(mia.page).response["violations"]
        faults += [(place, fault["id"], [node["html"] for node in fault["nodes"]][:3])
                   for fault in found if fault["impact"] in ("serious", "critical")]
        small = mia.page.locator("button, summary, select, input, .button, .links a, nav a").evaluate_all(
            "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"
        )
        wide = mia.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        faults += [(place, "target under 44 px", html) for html in small] + ([(place, "too wide")] if wide else [])

    assert faults == []
    assert mia.complaints == []
