"""A family's first days in a real browser: the linking code, another language, a wrong clock, an old diary."""

from datetime import timedelta

import pytest

from backend.clock import utc_now
from backend.participants.linking_codes import issue_linking_code
from backend.participants.schemas import NewLinkingCode
from models import Account, DiaryEntry, EntryRevision, LinkingCode
from models.actions import Action
from models.vocabulary import Relation
from tests.backend.family_app.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
DAY_FAST = """
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...parts) { parts.length ? super(...parts) : super(Real.now() + 86400000); }
  static now() { return Real.now() + 86400000; }
};
"""


async def code_for_a_grandparent(cast) -> str:
    nora = await cast.actor("nora", Action.LINKING_CODE_ISSUE)
    wanted = NewLinkingCode(relation="grandparent", role="guardian")
    return (await issue_linking_code(nora, cast.wiring, cast.leo.id, wanted, now=utc_now())).code


def test_new_parent_comes_with_a_linking_code_and_logs_the_first_entry(phone, installation):
    code = installation.ask(code_for_a_grandparent)
    newcomer = phone("newcomer")
    newcomer.page.goto(f"{installation.home}/link#{code}")

    newcomer.page.get_by_label("Your name").fill("Gunnel")
    newcomer.page.get_by_label("E-mail").fill("gunnel@example.org")
    newcomer.page.get_by_label("Password").fill(PASSWORD)
    newcomer.page.get_by_role("button", name="Continue").click()
    newcomer.page.locator(".home").wait_for()
    newcomer.log_fracture()
    newcomer.standing().get_by_text("Sent").wait_for()

    entry = installation.ask(lambda cast: DiaryEntry.get(participant=cast.leo))
    assert entry.relation == Relation.GRANDPARENT
    assert installation.ask(lambda cast: LinkingCode.filter(redeemed_at__isnull=False).count()) == 1
    assert newcomer.page.url == f"{installation.home}/app/#/"
    assert newcomer.complaints == []


def test_page_speaks_the_accounts_language_from_the_moment_of_signing_in(phone, installation):
    installation.ask(lambda cast: Account.filter(id=cast.mia.id).update(language="sv"))
    mia = phone("mia", language="en-GB")

    mia.sign_in()

    mia.page.get_by_role("button", name="Fraktur").wait_for()
    assert mia.page.locator("html").get_attribute("lang") == "sv"


def test_wrong_clock_asks_the_parent_nothing_and_the_site_sees_it(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.context.add_init_script(DAY_FAST)
    mia.page.reload()
    mia.page.locator(".home").wait_for()
    mia.log_fracture()
    mia.standing().get_by_text("Sent").wait_for()  # from here on the phone knows how wrong its clock is

    mia.log_fracture("Right shin")
    mia.page.locator(".entry .standing").get_by_text("Sent").nth(1).wait_for()

    entry = installation.ask(lambda cast: DiaryEntry.filter(participant=cast.leo).order_by("-seq").first())
    revision = installation.ask(lambda _: EntryRevision.all().order_by("-received_at").first())
    assert abs(revision.clock_skew - 86400) < 60
    assert {found["code"] for found in entry.findings} >= {"clock_wrong"}
    assert mia.complaints == []


@pytest.mark.full
def test_day_of_another_year_says_its_year(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    earlier = utc_now() - timedelta(days=400)

    mia.page.get_by_role("button", name="Fracture").click()
    mia.page.get_by_role("button", name="Left thigh", exact=True).click()
    mia.page.get_by_role("button", name="Another day").click()
    mia.page.get_by_label("Which day").fill(earlier.date().isoformat())
    mia.page.get_by_role("button", name="Save").click()

    mia.page.locator(".entry .when").get_by_text(str(earlier.year)).wait_for()


@pytest.mark.full
def test_dutch_parent_gets_mails_in_dutch_and_is_told_that_the_page_is_in_english(phone, installation):
    code = installation.ask(code_for_a_grandparent)
    newcomer = phone("newcomer", language="nl-BE")
    newcomer.page.goto(f"{installation.home}/link#{code}")
    newcomer.page.get_by_label("Your name").fill("Fleur")
    newcomer.page.get_by_label("E-mail").fill("fleur@example.org")
    newcomer.page.get_by_label("Password").fill(PASSWORD)
    newcomer.page.get_by_role("button", name="Continue").click()
    newcomer.page.locator(".home").wait_for()
    assert installation.ask(lambda cast: Account.get(email="fleur@example.org")).language == "nl"

    newcomer.page.evaluate("location.hash = '#/settings'")
    newcomer.page.get_by_text("The app itself is in English").wait_for()
    newcomer.page.get_by_label("Language of mails").select_option("de")

    newcomer.page.get_by_text("another language: Deutsch").wait_for()
    assert installation.ask(lambda cast: Account.get(email="fleur@example.org")).language == "de"
    assert newcomer.page.locator("html").get_attribute("lang") == "en"
    newcomer.page.get_by_label("Language of mails").select_option("en")
    newcomer.page.get_by_text("The app itself is in English").wait_for(state="detached")
    assert newcomer.complaints == []
