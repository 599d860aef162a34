"""A nurse enrols a child in a real browser and is led to its linking code; later a pause, a loss, a court, a move."""

from datetime import timedelta

import pyotp
import pytest

from backend.access.passwords import hash_password
from backend.clock import utc_now
from models import ConsentDocument, Guardianship, LinkingCode, Participant, Session
from models.vocabulary import Arm
from tests.backend.console.test_first_day_in_browser import cookie, look
from tests.backend.console.test_in_browser import BINARY, SECRET, Window, windows
from tests.cast import PASSWORD

TODAY = f"{utc_now() - timedelta(hours=1):%Y-%m-%d}"
pytestmark = [
    pytest.mark.browser, pytest.mark.skipif(BINARY is None, reason="no Chromium here"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
async def nora(cast, now):
    """She has a password and an authenticator; Stockholm has a text for custodians and one for children."""
    cast.nora.account.password_hash = await hash_password(PASSWORD)
    cast.nora.account.totp_secret = cast.wiring.seal.close(SECRET)
    await cast.nora.account.save()
    begun = now - timedelta(days=9)
    for code, audience in (("guardian-information", "custodian"), ("child-information", "child")):
        await ConsentDocument.create(
            code=code, version="1", audience=audience, language="en", title=f"For the {audience}", body="Words",
            body_hash="0" * 64, valid_from=begun, created_at=begun, created_by_id=cast.nora.id,
        )
    return cast.nora


async def enrol(nora: Window) -> None:
    page = nora.page
    await nora.open("/console/participants")
    await page.get_by_label("Code begins with your site").fill("SE01-001")
    await page.get_by_label("Arm").select_option("Postnatal")
    await page.get_by_label("Month of birth").fill("2019-05")
    await page.get_by_label("Mother").check()
    await page.get_by_role("button", name="Enrol").click()
    await page.get_by_text("Somebody is enrolled under this code already.").wait_for()
    await look(nora, "enrol-refused")
    assert await page.get_by_label("Mother").is_checked()
    await page.get_by_label("Code begins with your site").fill("SE01-077")
    await page.get_by_role("button", name="Enrol").click()
    await page.get_by_text("Enrolled.").wait_for()
    await look(nora, "enrolled")


async def follow_what_is_next(nora: Window) -> None:
    page = nora.page
    await page.get_by_role("link", name="Get the consent").click()
    await page.get_by_label("Who", exact=True).select_option("Mother")
    await page.get_by_label("Said").first.select_option("Yes")
    await page.get_by_label("Day on the paper").fill("2031-01-01")
    await page.get_by_role("button", name="Record it").first.click()
    await page.get_by_text("It lies in the future.").wait_for()
    await look(nora, "paper-refused")
    await page.get_by_label("Day on the paper").fill(TODAY)
    await page.get_by_role("button", name="Record it").first.click()
    await page.get_by_text("New entries are taken in.").wait_for()
    await page.get_by_role("link", name="Hand the family a linking code").click()
    await page.get_by_label("For whom").select_option("Mother")
    await page.get_by_role("button", name="Issue a code").click()
    await page.get_by_text("It is shown only now").wait_for()
    await look(nora, "code")
    await page.reload()
    await page.get_by_text("This code was shown already").wait_for()
    await look(nora, "code-again")


async def a_pause_and_a_lost_phone(nora: Window, url: str) -> None:
    page = nora.page
    await nora.open(url)
    await look(nora, "participant")
    await page.get_by_text("Pause", exact=True).first.click()
    await page.get_by_label("Since when").first.fill(TODAY)
    await page.get_by_label("Reason").first.select_option("Holiday")
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_text("The state is changed.").wait_for()
    await look(nora, "paused")
    await page.get_by_role("link", name="Change what Ben may do").click()
    await page.get_by_text("The phone is lost").click()
    await page.get_by_text("They shall do less, or until a day").click()
    await look(nora, "person")
    await page.get_by_role("button", name="Sign out all devices").click()
    await page.get_by_text("All devices are signed out.").wait_for()


async def a_court_decides(nora: Window) -> None:
    """It asks for the password once more, and goes on from there."""
    page = nora.page
    await Session.filter(kind="browser").update(proved_at=None)
    await page.get_by_role("link", name="A court or an authority has decided").click()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("Code of your authenticator").fill(pyotp.TOTP(SECRET).at(utc_now()))
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_label("Whose decision").select_option("A court’s order")
    await look(nora, "court-order")
    await page.get_by_role("button", name="Lock the access").click()
    await page.get_by_text("The access is locked.").wait_for()
    await look(nora, "person-locked")


async def hand_over(nora: Window, url: str) -> None:
    page = nora.page
    await nora.open(url)
    await page.get_by_role("link", name="Hand over to another site").click()
    await page.get_by_label("To which site").select_option("GB01")
    await page.get_by_label("Since when").fill(TODAY)
    await page.get_by_label("Reason").select_option("Moved")
    await look(nora, "transfer")
    await page.get_by_role("button", name="Hand over").click()
    await page.get_by_text("Handed over. The other site").wait_for()
    await look(nora, "list")


async def test_nurse_is_led_through_enrolment(settings, cast, nora, now):
    async with windows(settings) as window:
        opened = await window(await cookie(cast, "nora", now))
        await enrol(opened)
        await follow_what_is_next(opened)

    assert opened.complaints == []
    enrolled = await Participant.get(code="SE01-077")
    assert (enrolled.custodians, enrolled.collection) == (["mother"], "open")
    assert await LinkingCode.filter(participant_id=enrolled.id).count() == 1


async def test_nurse_copes_with_what_happens(settings, cast, nora, now):
    url = f"/console/participants/{cast.leo.id}"
    await Participant.filter(id=cast.leo.id).update(collection="no_consent", enrolled_at=now - timedelta(days=2))
    await Guardianship.filter(account_id=cast.greta.id).update(invited_by_id=cast.mia.id)
    lost = await Participant.create(code="SE01-099", site_id=cast.leo.site_id, arm=Arm.PRENATAL, enrolled_at=now,
                                    state="pregnancy_lost")

    async with windows(settings) as window:
        opened = await window(await cookie(cast, "nora", now))
        await a_pause_and_a_lost_phone(opened, url)
        await a_court_decides(opened)
        await hand_over(opened, url)
        await opened.open(f"/console/participants/{lost.id}")
        await look(opened, "pregnancy-lost")

    assert opened.complaints == []
    assert (await Guardianship.get(account_id=cast.ben.id)).locked_at is not None
    assert (await Participant.get(id=cast.leo.id)).site_id == cast.sites["GB01"].id
