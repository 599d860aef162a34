"""Nora's first day at a site, in a real browser: what a mother tells on the phone, a dose, a consent text."""

import os
from pathlib import Path

import pytest

from backend.access.sessions import Device, start_session
from models import Account, ConsentDocument, DiaryEntry, Dose, EntryRevision, Visit
from models.vocabulary import SessionKind
from tests.backend.console.test_in_browser import BINARY, Window, windows

WIDTHS = (390, 1280)
TALL = "[...document.querySelectorAll('button, select, .button, nav a, summary, textarea, .check, .where a')]" \
       ".map(e => e.getBoundingClientRect().height).filter(h => h > 0)"
TEXT = "Dear parents,\n\n<b>this</b> stays as it is.\n    So does this.\n" + "A long sentence about the study. " * 40
pytestmark = [
    pytest.mark.browser, pytest.mark.skipif(BINARY is None, reason="no Chromium here"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def look(window: Window, name: str) -> None:
    """A screen reader's rules; and on a phone as on a desk nothing is cut off and everything can be pressed."""
    await window.require_accessible()
    for width in WIDTHS:
        await window.page.set_viewport_size({"width": width, "height": 900})
        assert await window.page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        assert min(await window.page.evaluate(TALL)) >= 44, (name, width)
        if folder := os.environ.get("SHOTS"):
            await window.page.screenshot(path=Path(folder) / f"console-b-{name}-{width}.png", full_page=True)


async def cookie(cast, name, now) -> str:
    return (await start_session(cast.wiring.seal, cast.people[name].account, Device(SessionKind.BROWSER), now)).secret


async def write_down_a_fracture(nora: Window) -> None:
    page = nora.page
    await nora.open("/console/participants")
    await page.get_by_role("link", name="SE01-001").click()
    await page.get_by_role("link", name="Write down").click()
    await look(nora, "telling")
    await page.get_by_label("Who tells it").select_option("Mother: Mia")
    await page.get_by_role("group", name="When it happened").get_by_label("Year").first.fill("2018")
    await page.get_by_label("Bone", exact=True).first.select_option("Thigh bone (femur)")
    await page.get_by_text("One more").first.click()
    await page.get_by_label("Bone", exact=True).nth(1).select_option("Shin bone (tibia)")
    await page.get_by_label("Emergency ward").check()
    await page.get_by_label("Pain (0–10)").fill("11")
    await page.get_by_role("button", name="Write it down").click()
    await page.get_by_text("It lies before birth.").wait_for()
    await look(nora, "telling-remarks")
    await page.get_by_role("group", name="When it happened").get_by_label("Year").first.fill("2026")
    await page.get_by_label("Pain (0–10)").fill("9")
    await page.get_by_role("button", name="Write it down").dblclick()
    await page.get_by_text("Written down. It is in the family’s diary").wait_for()
    await look(nora, "told-entry")


async def note_the_first_dose(nora: Window, url: str) -> None:
    page = nora.page
    await nora.open(f"{url}/doses")
    await page.get_by_label("Day on which it was given").fill("2031-02-10")
    await page.get_by_role("button", name="Note dose 1").click()
    await page.get_by_text("It lies in the future.").wait_for()
    await look(nora, "doses-remarks")
    await page.get_by_label("Day on which it was given").fill("2026-02-10")
    await page.get_by_role("button", name="Note dose 1").click()
    await page.get_by_text("Noted.").wait_for()
    await page.get_by_text("Correct dose 1").first.click()
    await look(nora, "doses")


async def add_and_read_a_text(nora: Window) -> None:
    page = nora.page
    await page.get_by_role("link", name="Consent texts").click()
    await page.get_by_role("link", name="Add a text").click()
    for label, text in (("Title", "Information for guardians"), ("Code the same", "guardian-information"),
                        ("Version such", "1.0"), ("Language such", "en"), ("In force from", "2026-03-01"),
                        ("Text plain", TEXT)):
        await page.get_by_label(label).fill(text)
    await page.get_by_label("For whom").select_option("Custodians")
    await page.get_by_label("Site").select_option("SE01")
    await look(nora, "document-new")
    await page.get_by_role("button", name="Add the text").click()
    await page.get_by_text("SHA-256").wait_for()
    await look(nora, "document")
    assert await page.get_by_label("The text").inner_text() == TEXT
    await page.get_by_role("main").get_by_role("link", name="Consent texts").click()
    await page.get_by_role("link", name="Information for guardians").wait_for()
    await look(nora, "documents")


async def test_noras_first_day(settings, cast, now):
    async with windows(settings) as window:
        nora = await window(await cookie(cast, "nora", now))
        await write_down_a_fracture(nora)
        await note_the_first_dose(nora, f"/console/participants/{cast.leo.id}")
        await add_and_read_a_text(nora)

    assert nora.complaints == []
    entry = await DiaryEntry.get()
    assert (entry.data["sites"], entry.data["pain"]) == ([{"bone": "femur"}, {"bone": "tibia"}], 9)
    assert await EntryRevision.filter(originator_id=cast.mia.id).count() == 1
    assert (await Dose.get()).given_on.isoformat() == "2026-02-10"
    assert await Visit.filter(plan_code="DOSE-2").count() == 1
    assert (await ConsentDocument.get()).body == TEXT


async def test_alma_adds_a_colleague(settings, cast, now):
    async with windows(settings) as window:
        alma = await window(await cookie(cast, "alma", now))
        page = alma.page
        await alma.open("/console/staff")
        await look(alma, "staff")
        await page.get_by_role("link", name="Add a colleague").click()
        await page.get_by_label("Name", exact=True).fill("Vera Lind")
        await page.get_by_label("E-mail").fill("mia@example.org")
        await page.get_by_label("Role").select_option("Coordinator")
        await page.get_by_label("Site").select_option("SE01")
        await page.get_by_role("button", name="Add").click()
        await page.get_by_text("This exists already.").wait_for()
        await look(alma, "staff-new")
        await page.get_by_label("E-mail").fill("vera@example.org")
        await page.get_by_role("button", name="Add").click()
        await page.get_by_text("It is shown only now").wait_for()
        await look(alma, "staff-link")
        await page.get_by_role("link", name="To Vera Lind").click()
        await page.get_by_text("On leave, or gone").click()
        await look(alma, "staff-person")
        await page.get_by_role("button", name="Disable the account").click()
        await page.get_by_text("The account is disabled").wait_for()

    assert alma.complaints == []
    assert (await Account.get(email="vera@example.org")).disabled_at is not None
