"""The console in a real browser: ten minutes of a study nurse, and what a screen reader's rules say of the pages."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, async_playwright

from backend.access.actor import SYSTEM
from backend.access.passwords import hash_password
from backend.access.sessions import Device, start_session
from backend.accounts.staff import add_staff
from backend.clock import utc_now
from models import DataQuery, DiaryEntry
from models.vocabulary import Role, SessionKind
from tests.cast import PASSWORD
from tests.processes import serving

BINARY = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
               if Path(p).exists()), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
pytestmark = [
    pytest.mark.browser, pytest.mark.skipif(BINARY is None, reason="no Chromium here"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


class Window:
    """One browser window; whatever the page complains about is collected (violations of its policy too)."""

    def __init__(self, context: BrowserContext, page: Page, home: str) -> None:
        self.context, self.page, self.home = context, page, home
        self.complaints: list[str] = []
        page.on("console", lambda message: message.type == "error" and self._note(message.text))
        page.on("pageerror", lambda failure: self.complaints.append(str(failure)))

    def _note(self, text: str) -> None:
        if "Failed to load resource" not in text:  # a 412 is one
            self.complaints.append(text)

    async def open(self, path: str) -> None:
        await self.page.goto(self.home + path)

    async def photograph(self, name: str) -> None:
        """For whoever wants to look: SHOTS=folder."""
        if folder := os.environ.get("SHOTS"):
            for width in (1280, 800):
                await self.page.set_viewport_size({"width": width, "height": 900})
                await self.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)

    async def require_accessible(self) -> None:
        found = await Axe().run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.response["violations"] == [], found.generate_report()

    async def require_room(self) -> None:
        """At 800 pixels nothing is cut off, and what is pressed is at least 44 pixels high."""
        await self.page.set_viewport_size({"width": 800, "height": 900})
        assert await self.page.evaluate("document.documentElement.scrollWidth") <= 800
        heights = await self.page.evaluate(
            "[...document.querySelectorAll('button, select, .button, nav a, summary, textarea')]"
            ".map(e => e.getBoundingClientRect().height).filter(h => h > 0)")
        assert min(heights) >= 44


@asynccontextmanager
async def windows(settings) -> AsyncIterator:
    with serving(settings) as (_, port):
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(executable_path=BINARY, args=FLAGS)

            async def window(cookie: str = "") -> Window:
                context = await chromium.new_context(viewport={"width": 1280, "height": 900})
                context.set_default_timeout(10_000)
                home = f"http://localhost:{port}"
                if cookie:
                    await context.add_cookies([{"name": "session", "value": cookie, "url": home}])
                return Window(context, await context.new_page(), home)

            yield window
            await chromium.close()


@pytest.fixture
async def cookie_of(cast, now):
    async def cookie(name: str) -> str:
        account = cast.people[name].account
        return (await start_session(cast.wiring.seal, account, Device(SessionKind.BROWSER), now)).secret

    return cookie


async def sign_in(nora: Window) -> None:
    await nora.open("/console/")
    await nora.require_accessible()
    await nora.photograph("sign-in")
    await nora.page.get_by_label("E-mail").fill("nora@example.org")
    await nora.page.get_by_label("Password").fill(PASSWORD)
    await nora.page.get_by_label("Code of your authenticator").fill(pyotp.TOTP(SECRET).at(utc_now()))
    await nora.page.keyboard.press("Enter")
    await nora.page.get_by_role("heading", name="Worklist").wait_for()
    await nora.require_accessible()
    await nora.photograph("worklist")
    await nora.require_room()


async def validate_by_keyboard(nora: Window) -> None:
    """The worklist's first entry is in focus, then its main button."""
    await nora.page.keyboard.press("Enter")
    await nora.page.get_by_role("button", name="Validate").wait_for()
    await nora.require_accessible()
    await nora.photograph("entry")
    await nora.require_room()
    await nora.page.keyboard.press("Enter")
    await nora.page.get_by_text("Validated.").wait_for()


async def ask_while_iris_is_quicker(nora: Window, iris: Window) -> None:
    page = nora.page
    await iris.open(page.url.partition("?")[0].removeprefix(nora.home))
    await iris.page.get_by_role("button", name="Take it").click()
    await iris.page.get_by_text("It is yours now.").wait_for()
    await page.get_by_label("About").select_option("Where")
    await page.get_by_role("textbox", name="Question").fill("Which side was it?")
    await page.get_by_role("button", name="Send the question").click()
    await page.get_by_text("This entry has changed since you looked.").wait_for()
    await nora.require_accessible()
    await nora.photograph("changed-meanwhile")
    assert await page.get_by_role("textbox", name="Question").input_value() == "Which side was it?"
    await page.get_by_role("button", name="Send the question").click()
    await page.get_by_text("The question is on its way to the family.").wait_for()


async def test_nora_clears_her_worklist(settings, cast, cookie_of, phone_of):
    cast.nora.account.password_hash = await hash_password(PASSWORD)
    cast.nora.account.totp_secret = cast.wiring.seal.close(SECRET)
    await cast.nora.account.save()
    phone = phone_of("mia")
    await phone.push(phone.item({"pain": 4}), phone.item(), phone.item({"note": EVIL, "occurred": "2031"}))

    async with windows(settings) as window:
        nora, iris = await window(), await window(await cookie_of("iris"))
        await sign_in(nora)
        await validate_by_keyboard(nora)
        await ask_while_iris_is_quicker(nora, iris)
        # what somebody wrote is text
        assert await nora.page.get_by_text(EVIL, exact=True).count() == 1
        assert await nora.page.get_by_text("It lies in the future").count() == 1
        await nora.photograph("entry-findings")
        await nora.page.keyboard.press("Enter")
        await nora.page.get_by_text("Everything is cleared.").wait_for()
        await nora.photograph("worklist-empty")
        await nora.page.get_by_role("button", name="Sign out").click()
        await nora.page.get_by_label("E-mail").wait_for()

    assert nora.complaints == iris.complaints == []
    assert (await DataQuery.get()).field == "/sites"
    assert sorted(e.state.value for e in await DiaryEntry.all()) == ["query_open", "validated", "validated"]


async def test_conflict_and_its_history_are_readable(settings, cookie_of, phone_of, fracture_id):
    async with windows(settings) as window:
        nora = await window(await cookie_of("nora"))
        await nora.open(f"/console/entries/{fracture_id}")
        await nora.require_accessible()
        await nora.photograph("conflict")
        await nora.require_room()
        for path in ("participants", "forwarding", "sync-issues"):
            await nora.open(f"/console/{path}")
            await nora.require_accessible()
            await nora.photograph(path)
            await nora.require_room()
        await nora.open("/console/participants")
        await nora.page.get_by_role("link", name="SE01-001").click()
        await nora.require_accessible()
        await nora.photograph("participant")
        await nora.page.get_by_text("Issue a linking code").click()
        await nora.page.get_by_label("For whom").select_option("Father")
        await nora.page.get_by_role("button", name="Issue a code").click()
        await nora.page.get_by_role("heading", name="Linking code").wait_for()
        await nora.require_accessible()
        await nora.photograph("linking-code")
        await nora.open("/console/nowhere")
        await nora.photograph("not-found")
        dana = await window(await cookie_of("dana"))
        await dana.open("/console/forwarding?state=queued")
        await dana.require_accessible()
        await dana.photograph("forwarding-data-manager")

    assert nora.complaints == dana.complaints == []


@pytest.fixture
async def fracture_id(phone_of, browser_of):
    mia, ben = phone_of("mia"), phone_of("ben")
    (other,) = await mia.push(mia.item())
    await (await browser_of("nora")).decide(other["id"], "validation")
    await mia.push(mia.item({"note": "<b>"}, kind="cartwheel"))
    made, _ = await mia.push(mia.item({"pain": 4, "activity": "play", "note": "She fell off\nthe swing."}), mia.item())
    again = {"id": made["id"], "base_version": 1}
    await mia.push(mia.item({"sites": [{"bone": "femur", "side": "right"}]}, **again, reason="mistyped"))
    await ben.push(ben.item({"sites": [{"bone": "tibia", "side": "left", "segment": "shaft"}]}, **again))
    await (await browser_of("nora")).decide(made["id"], "data-queries", field="/sites", question="Which leg was it?")
    await mia.push(mia.item({"pain": 6}, id=made["id"], base_version=2, reason="answer_to_query"))
    return made["id"]


async def test_vera_opens_her_link_and_gets_in(settings, cast, study, now):
    added = await add_staff(SYSTEM, study, email="vera@example.org", display_name="Vera Lind",
                            roles=[(Role.COORDINATOR, "SE01")], now=now)
    secret_part = added.link.partition("#")[2]

    async with windows(settings) as window:
        vera = await window()
        page = vera.page
        await vera.open(f"/first-sign-in#{secret_part}")
        assert secret_part not in page.url
        await vera.require_accessible()
        await vera.photograph("first-sign-in")
        await page.get_by_label("Password", exact=True).fill("four unrelated plain words")
        await page.get_by_label("The same password again").fill("four unrelated plain words")
        await page.get_by_role("button", name="Go on").click()
        secret = await page.locator(".key").inner_text()
        await vera.require_accessible()
        await vera.photograph("authenticator")
        await page.get_by_role("textbox", name="Code").fill(pyotp.TOTP(secret).at(utc_now()))
        await page.get_by_role("button", name="Confirm").click()
        recovery = await page.locator(".codes code").first.inner_text()
        await vera.photograph("recovery-codes")
        await page.get_by_role("link", name="I have kept them: sign in").click()
        await page.get_by_label("E-mail").fill("vera@example.org")
        await page.get_by_label("Password").fill("four unrelated plain words")
        await page.get_by_label("Code of your authenticator").fill(recovery)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("heading", name="Worklist").wait_for()

    assert vera.complaints == []
