"""A real Chromium, as a parent's phone, at a real server with the cast of the tests."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.settings import Settings
from models.database import close_database, open_database
from tests.cast import PASSWORD, Cast, assemble_in
from tests.processes import free_port, serving

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]
CHROMIUM = [Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser"), Path("/usr/bin/google-chrome")]


@dataclass
class Phone:
    """One browser profile; it survives being closed. What the page complains about is collected."""

    playwright: Any
    binary: Path
    folder: Path
    home: str
    language: str = "en-GB"
    dark: bool = False
    context: Any = None
    page: Any = None
    complaints: list[str] = field(default_factory=list)

    def switch_on(self, *, offline: bool = False) -> None:
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder, executable_path=str(self.binary), args=FLAGS, headless=True, locale=self.language,
            timezone_id="Europe/Stockholm", viewport={"width": 390, "height": 780}, has_touch=True,
            color_scheme="dark" if self.dark else "light",
        )
        self.context.set_default_timeout(20_000)
        self.context.set_offline(offline)
        self.page = self.context.pages[0]
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda failure: self.complaints.append(f"error: {failure}"))
        self.page.goto(f"{self.home}/app/")

    def _note(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def switch_off(self) -> None:
        if self.context:
            self.context.close()
            self.context = None

    def sign_in(self, name: str = "mia") -> None:
        self.page.get_by_label("E-mail").fill(f"{name}@example.org")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.locator(".home").wait_for()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def log_fracture(self, place: str = "Left thigh") -> None:
        """The three taps."""
        self.page.get_by_role("button", name="Fracture").click()
        self.page.get_by_role("button", name=place, exact=True).click()
        self.page.get_by_role("button", name="Save").click()
        self.page.locator(".home").wait_for()

    def standing(self, number: int = 0) -> Any:
        return self.page.locator(".entry .standing").nth(number)


@dataclass
class Installation:
    settings: Settings
    home: str
    cast: Cast

    def ask(self, work: Callable[[Cast], Any]) -> Any:
        """Look at (or change) the database behind the server."""

        async def run() -> Any:
            await open_database(self.settings.database_url, 2)
            try:
                return await work(self.cast)
            finally:
                await close_database()

        # Playwright keeps an event loop in this thread.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, run()).result()


@pytest.fixture
def installation(settings: Settings) -> Iterator[Installation]:
    port = free_port()
    home = f"http://localhost:{port}"
    own = msgspec.structs.replace(settings, public_url=home)
    cast = asyncio.run(assemble_in(own))
    with serving(own, port=port):
        yield Installation(own, home, cast)


@pytest.fixture
def browsers(installation: Installation) -> Iterator[tuple[Any, Path]]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="no Playwright here: pip install playwright")
    binary = next((path for path in CHROMIUM if path.exists()), None)
    if binary is None:
        pytest.skip("no Chromium here: apt install chromium")
    with sync_api.sync_playwright() as playwright:
        yield playwright, binary


@pytest.fixture
def phone(browsers: tuple[Any, Path], installation: Installation, tmp_path: Path) -> Iterator[Callable[..., Phone]]:
    """`phone("mia")` is switched on at the page, with nobody signed in."""
    phones: list[Phone] = []

    def take(owner: str, **properties: Any) -> Phone:
        phones.append(Phone(*browsers, tmp_path / owner, installation.home, **properties))
        phones[-1].switch_on()
        return phones[-1]

    yield take
    for each in phones:
        each.switch_off()
