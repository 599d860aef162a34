"""Nora's second day, in a real browser: a correction, an appointment, two accounts of a mother, a slip."""

import pytest

from models import Account, ConsentDocument, DiaryEntry, Guardianship, Participant, Visit
from models.vocabulary import Collection, ParticipantState
from tests.backend.console.test_first_day_in_browser import cookie, look
from tests.backend.console.test_in_browser import BINARY, Window, windows

pytestmark = [
    pytest.mark.browser, pytest.mark.skipif(BINARY is None, reason="no Chromium here"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def tell_and_correct(nora: Window, url: str) -> None:
    page = nora.page
    await nora.open(f"{url}/telling")
    await page.get_by_label("Who tells it").select_option("Father")
    await page.get_by_role("group", name="When it happened").get_by_label("Year").first.fill("2026")
    await page.get_by_label("Bone", exact=True).first.select_option("Thigh bone (femur)")
    await page.get_by_role("button", name="Write it down").click()
    await page.get_by_role("link", name="Correct what was written down").click()
    await page.get_by_label("Pain (0–10)").fill("4")
    await look(nora, "correction")
    await page.get_by_label("Why it is corrected").select_option("Details added")
    await page.get_by_role("button", name="Correct it").click()
    await page.get_by_text("Corrected. The family sees it").wait_for()
    await look(nora, "corrected-entry")


async def agree_a_day(nora: Window, url: str) -> None:
    page = nora.page
    await nora.open(f"{url}/doses")
    await page.get_by_label("Day on which it was given").fill("2026-02-10")
    await page.get_by_role("button", name="Note dose 1").click()
    await page.get_by_text("Noted.").wait_for()
    await page.get_by_label("Which visit").first.select_option("DOSE-3, around 10 Oct 2026")
    await page.get_by_label("When").first.fill("2026-12-11T09:30")
    await page.get_by_role("button", name="Agree it").click()
    await page.get_by_text("The day is agreed.").wait_for()
    await look(nora, "agreed")


async def keep_until_the_consent_is_there(nora: Window, cast, url: str) -> None:
    page = nora.page
    await Participant.filter(id=cast.leo.id).update(collection=Collection.NO_CONSENT)
    await nora.open(url)
    await page.get_by_role("link", name="Write down what they tell").click()
    await look(nora, "telling-without-consent")
    await page.get_by_label("Who tells it").select_option("From the chart")
    await page.get_by_role("group", name="When it happened").get_by_label("Year").first.fill("2026")
    await page.get_by_label("Bone", exact=True).first.select_option("Rib")
    await page.get_by_role("button", name="Write it down").click()
    await page.get_by_text("Written down and kept aside").wait_for()
    await look(nora, "kept")


async def test_noras_second_day(settings, cast, now):
    url = f"/console/participants/{cast.leo.id}"
    await Guardianship.create(account_id=cast.eve.id, participant_id=cast.leo.id, role="guardian", relation="mother",
                              capabilities=["log"], starts_at=now, invited_by_id=cast.mia.id)
    await Guardianship.filter(account_id=cast.ben.id).update(ends_at=now)
    await Account.filter(id=cast.eve.id).update(display_name="Mia")
    document = await ConsentDocument.create(
        code="guardian-information", version="2", audience="custodian", language="sv", title="Till föräldrar",
        body="Ord", body_hash="0" * 64, valid_from=now, created_at=now, created_by_id=cast.nora.id)
    async with windows(settings) as window:
        nora = await window(await cookie(cast, "nora", now))
        await tell_and_correct(nora, url)
        await agree_a_day(nora, url)
        await nora.open(f"{url}/guardianships/{(await Guardianship.get(account_id=cast.mia.id)).id}")
        await nora.page.get_by_text("They no longer speak").click()
        await look(nora, "person-who-invited")
        await nora.open(f"/console/documents/{document.id}")
        await nora.page.get_by_text("is missing in: en").wait_for()
        await look(nora, "document-lacks-a-language")
        await nora.open("/console/documents")
        await look(nora, "documents")
        await keep_until_the_consent_is_there(nora, cast, url)
        await Participant.filter(id=cast.leo.id).update(state=ParticipantState.WITHDRAWN)
        await nora.open(url)
        await nora.page.locator("summary").get_by_text("Withdrawal was recorded by mistake").click()
        await look(nora, "withdrawn-by-mistake")

    assert nora.complaints == []
    assert (await DiaryEntry.get()).data["pain"] == 4
    assert (await Visit.get(plan_code="DOSE-3")).agreed_at is not None
    assert (await Visit.get(plan_code="DOSE-1")).state == "attended"
