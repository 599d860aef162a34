"""Reminders as a parent sees them: how and when, a holiday, messages, visits, a calendar, and push in the browser."""

import json
from datetime import timedelta

import httpx
import pytest

from backend.clock import utc_now
from models import Account, CalendarFeed, Notice, NoticeAttempt, NoticePreference, Visit
from models.vocabulary import AttemptState, BringItem, DeliveryState, NoticeKind, VisitState
from tests.backend.family_app.test_page_in_browser import faults_on, photograph

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
DAY = timedelta(days=1)


async def plan_visits(cast) -> None:
    now = utc_now()
    plain = {"participant": cast.leo, "timezone": "Europe/Stockholm"}
    soon = (now + 5 * DAY).replace(hour=8, minute=30, second=0, microsecond=0)
    await Visit.create(plan_code="FU-P6", target_on=soon.date(), agreed_at=soon, seq=1,
                       bring=[BringItem.MEDICINE_LIST, BringItem.FAVOURITE_THING], **plain)
    await Visit.create(plan_code="FU-P12", target_on=(now + 200 * DAY).date(), opens_on=(now + 190 * DAY).date(),
                       closes_on=(now + 210 * DAY).date(), seq=2, **plain)
    await Visit.create(plan_code="DOSE-1", target_on=(now - 90 * DAY).date(), attended_on=(now - 90 * DAY).date(),
                       state=VisitState.ATTENDED, seq=3, **plain)
    cast.leo.seq = 3
    await cast.leo.save()


def noticing(**changes):
    """Tell Mia of the visit in five days (with `plan_visits`), by push."""

    async def make(cast) -> Notice:
        now = utc_now()
        visit = await Visit.get(plan_code="FU-P6")
        slot = f"{visit.target_on}/5d"
        values = {"kind": NoticeKind.VISIT_AHEAD, "subject_id": visit.id, "slot": slot, "created_at": now,
                  "state": DeliveryState.DELIVERED, "due_at": now - timedelta(minutes=5), "told_at": now}
        notice = await Notice.create(account=cast.mia.account, participant=cast.leo, **{**values, **changes})
        await NoticeAttempt.create(notice=notice, channel="push", state=AttemptState.ACCEPTED, at=now)
        return notice

    return make


def see(mia, place: str, heading: str) -> None:
    mia.page.evaluate(f"location.hash = '#/{place}'")
    mia.page.get_by_role("heading", name=heading, exact=True, level=1).wait_for()
    mia.page.get_by_text("One moment").wait_for(state="detached")


def test_parent_chooses_how_and_when_and_goes_on_holiday(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    see(mia, "reminders", "Reminders")
    photograph(mia.page, "reminders")
    saved = mia.page.get_by_role("status").get_by_text("Saved", exact=True)

    mia.page.get_by_label("At what time").select_option("18:00")
    saved.wait_for()
    mia.page.get_by_label("Ask about the week").select_option("Wednesday")
    mia.page.get_by_role("group", name="How to reach you").get_by_role("button", name="E-mail").click()
    first, last = utc_now().date() + DAY, utc_now().date() + 8 * DAY
    mia.page.get_by_label("First day").fill(first.isoformat())
    mia.page.get_by_label("Last day").fill(last.isoformat())
    mia.page.get_by_role("button", name="Save the holiday").click()
    mia.page.get_by_role("button", name="I am not away").wait_for()
    mia.page.get_by_text("For each kind by itself").click()
    mia.page.get_by_role("group", name="The message once a week").get_by_role("button", name="Push").click()
    mia.page.wait_for_timeout(300)
    photograph(mia.page, "reminders-chosen")

    chosen = installation.ask(lambda cast: NoticePreference.get(account_id=cast.mia.id))
    assert (chosen.hour, chosen.weekday, chosen.email_on, chosen.push_on) == (18, 3, False, True)
    assert (chosen.away_from, chosen.away_until) == (first, last)
    assert chosen.by_kind == {"digest": ["email", "sms"]}
    assert mia.complaints == []


@pytest.mark.full
def test_what_does_not_fit_is_said_and_what_holds_is_shown_again(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    see(mia, "reminders", "Reminders")

    mia.page.get_by_label("At what time").select_option("06:00")
    mia.page.get_by_text("This hour lies in your quiet hours.").wait_for()
    mia.page.wait_for_function("() => document.querySelector('#hour')?.value === ''")

    mia.page.get_by_role("group", name="How to reach you").get_by_role("button", name="SMS").click()
    mia.page.get_by_text("First tell us your number.").wait_for()
    assert installation.ask(lambda _: NoticePreference.all().count()) == 0
    assert mia.complaints == []


def test_parent_reads_a_message_follows_it_and_puts_one_off(phone, installation):
    installation.ask(plan_visits)
    due = installation.ask(noticing())
    mia = phone("mia")
    mia.sign_in()
    mia.page.get_by_role("link", name="One unread message").click()
    mia.page.get_by_role("button", name="Open").wait_for()
    photograph(mia.page, "inbox")

    mia.page.get_by_role("button", name="Open").click()
    mia.page.get_by_role("heading", name="Visits", exact=True).wait_for()
    mia.page.get_by_text("A list of medicines").wait_for()
    photograph(mia.page, "visits")

    see(mia, f"notice/{due.id}", "Message")
    mia.page.get_by_text("Later", exact=True).click()
    mia.page.get_by_role("button", name="Tomorrow").click()
    mia.page.get_by_text("This is over.").wait_for()
    photograph(mia.page, "notice-later")

    old, new = installation.ask(lambda _: Notice.all().order_by("created_at"))
    assert old.read_at is not None
    assert new.due_at > utc_now()
    assert mia.complaints == []


def test_an_old_notification_that_is_tapped_says_that_it_is_done(phone, installation):
    installation.ask(plan_visits)
    due = installation.ask(noticing(done_at=utc_now()))
    mia = phone("mia")
    mia.page.goto(f"{installation.home}/app/#notice={due.id}")
    mia.page.reload()
    mia.page.get_by_label("E-mail").fill("mia@example.org")
    mia.page.get_by_label("Password").fill("correct horse battery staple")
    mia.page.get_by_role("button", name="Sign in").click()

    mia.page.get_by_text("Already done. You need do nothing.").wait_for()
    photograph(mia.page, "notice-done")
    assert mia.page.get_by_role("button", name="Open").count() == 0
    see(mia, "notice/01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "Message")
    mia.page.get_by_text("This message is not there any more.").wait_for()
    assert mia.complaints == []


def test_push_is_shown_and_a_tap_leads_to_the_message(phone, installation):
    """Without a push service: the browser hands the worker what one would have brought."""
    installation.ask(plan_visits)
    due = installation.ask(noticing())
    mia = phone("mia")
    mia.sign_in()
    mia.context.grant_permissions(["notifications"], origin=installation.home)
    pushed = {"web_push": 8030, "notification": {
        "title": "Diary: a date ahead", "body": "Something is planned.", "tag": "t" * 22,
        "navigate": f"{installation.home}/app/#notice={due.id}",
        "data": {"kind": "visit_ahead", "notice": str(due.id)}}}

    deliver(mia, installation.home, json.dumps(pushed))
    deliver(mia, installation.home, json.dumps(pushed))
    deliver(mia, installation.home, "not json at all")

    shown = mia.page.evaluate("""async () => (await (await navigator.serviceWorker.ready).getNotifications())
        .map(({ title, body, tag }) => [title, body, tag])""")
    assert sorted(shown) == [["Diary", "", ""], ["Diary: a date ahead", "Something is planned.", "t" * 22]]
    attempt = installation.ask(lambda _: NoticeAttempt.get(notice_id=due.id))
    assert attempt.state is AttemptState.DELIVERED

    from_the_worker = "go => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: { go } }))"
    mia.page.evaluate(from_the_worker, f"notice/{due.id}")
    mia.page.get_by_role("heading", name="Message", exact=True).wait_for()
    mia.page.get_by_text("Something is planned").wait_for()
    mia.page.wait_for_timeout(500)
    assert installation.ask(lambda _: NoticeAttempt.get(notice_id=due.id)).state is AttemptState.OPENED
    assert mia.complaints == []


def deliver(phone, home: str, data: str) -> None:
    """As a push service would, through the browser's own door for developers."""
    tools = phone.context.new_cdp_session(phone.page)
    registrations = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    tools.send("ServiceWorker.enable")
    phone.page.wait_for_timeout(300)
    tools.send("ServiceWorker.deliverPushMessage", {
        "origin": home, "registrationId": registrations[0]["registrationId"], "data": data})
    phone.page.wait_for_timeout(700)
    tools.detach()


def test_calendar_link_is_made_read_and_stopped(phone, installation):
    installation.ask(plan_visits)
    mia = phone("mia")
    mia.sign_in()
    see(mia, "calendar", "Visits in my calendar")

    mia.page.get_by_role("button", name="Make a link").click()
    address = mia.page.get_by_label("Or copy this address into a calendar")
    address.wait_for()
    photograph(mia.page, "calendar-made")
    url = address.input_value()
    webcal = mia.page.get_by_role("link", name="Open in my calendar").get_attribute("href")
    assert webcal == url.replace("http:", "webcal:")
    assert httpx.get(url).text.count("BEGIN:VEVENT") == 2

    see(mia, "settings", "Settings")
    see(mia, "calendar", "Visits in my calendar")
    mia.page.get_by_text("Last fetched").wait_for()
    photograph(mia.page, "calendar")
    mia.page.get_by_role("button", name="Stop this link").click()
    mia.page.get_by_role("heading", name="Make a link").wait_for()

    assert httpx.get(url).status_code == 404
    assert installation.ask(lambda _: CalendarFeed.filter(revoked_at=None).count()) == 0
    assert mia.complaints == []


@pytest.mark.full
def test_a_number_is_asked_for_and_said_when_no_sms_is_sent_here(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    see(mia, "phone", "A number for SMS")

    mia.page.get_by_label("Number with country code").fill("+46 70 174 06 05")
    mia.page.get_by_role("button", name="Send me a code").click()

    mia.page.get_by_text("This study sends no SMS.").wait_for()
    assert mia.complaints == []


def test_visits_stand_on_the_phone_without_a_network(phone, installation):
    installation.ask(plan_visits)
    mia = phone("mia")
    mia.sign_in()
    mia.page.get_by_text("A favourite thing").wait_for()
    photograph(mia.page, "home-visit")
    mia.context.set_offline(True)

    mia.page.get_by_role("link", name="All visits").click()

    mia.page.get_by_role("heading", name="Visits", exact=True).wait_for()
    mia.page.get_by_text("the team will agree on a time with you").wait_for()
    mia.page.get_by_text("Earlier", exact=True).click()
    mia.page.get_by_text("took place").wait_for()


@pytest.mark.parametrize(("language", "dark", "wide"), [
    pytest.param("en-GB", False, False, marks=pytest.mark.full), ("sv-SE", True, True),
])
def test_screens_of_reminders_have_no_serious_fault_of_accessibility(phone, installation, language, dark, wide):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    installation.ask(plan_visits)
    due = installation.ask(noticing())
    installation.ask(lambda cast: Account.filter(id=cast.mia.id).update(mail_refused_at=utc_now()))
    mia = phone("mia", language="en-GB", dark=dark)
    mia.sign_in()
    if wide:
        mia.page.set_viewport_size({"width": 1200, "height": 800})
    if language == "sv-SE":
        mia.page.evaluate("location.hash = '#/settings'")
        mia.page.get_by_role("button", name="Svenska").click()
        mia.page.get_by_role("heading", name="Inställningar").wait_for()
    faults = []
    for place in ("", "settings", "reminders", "inbox", f"notice/{due.id}", "visits", "calendar", "phone"):
        mia.page.evaluate(f"location.hash = '#/{place}'")
        mia.page.wait_for_timeout(600)
        for summary in mia.page.locator("summary").all():
            summary.click()
        name = f"r-{place.split('/')[0] or 'home'}-{language}-{'desk' if wide else 'phone'}"
        faults += faults_on(mia.page, axe, name)
        mia.page.evaluate("document.querySelectorAll('details').forEach(each => each.setAttribute('open', ''))")
        photograph(mia.page, name)
    assert faults == []
    assert mia.complaints == []
