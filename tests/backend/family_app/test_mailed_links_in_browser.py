"""What links in mails lead to, in a real browser: an address is proved, a forgotten password is replaced."""

from dataclasses import replace

import pytest

from backend.accounts.mails import send_mails_due
from backend.clock import utc_now
from models import Account
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
NEW = "eleven green bicycles by the sea"


class Kept:
    """A letter box that the worker fills."""

    name = "kept"

    def __init__(self):
        self.parcels = []

    def mail_address(self, mail):
        return mail.address

    async def send(self, parcel):
        self.parcels.append(parcel)


@pytest.fixture
def mailed(installation):
    """The link in the only mail with one that leaves now."""

    def collect():
        box = Kept()
        installation.ask(lambda cast: send_mails_due(replace(cast.wiring, channels=(box,)), utc_now))
        (link,) = [parcel.link for parcel in box.parcels if parcel.link]
        return link

    return collect


def test_forgotten_password_from_the_sign_in_screen_to_signed_in(phone, installation, mailed):
    mia = phone("mia")
    mia.page.get_by_role("link", name="Forgot your password?").click()
    mia.page.get_by_label("E-mail").fill("mia@example.org")
    mia.page.get_by_role("button", name="Send me a link").click()
    mia.page.get_by_text("a mail is on its way").wait_for()

    mia.page.goto(mailed())
    mia.page.get_by_label("New password").fill("too short")
    assert mia.page.url == f"{installation.home}/app/reset-password"  # the token is out of the address again
    mia.page.get_by_role("button", name="Set the new password").click()
    mia.page.get_by_text("longer, less common").wait_for()
    mia.page.get_by_label("New password").fill(NEW)
    mia.page.get_by_role("button", name="Set the new password").click()
    mia.page.get_by_text("Your new password is set").wait_for()

    mia.page.get_by_role("link", name="To the diary").click()
    mia.page.get_by_label("E-mail").fill("mia@example.org")
    mia.page.get_by_label("Password").fill(NEW)
    mia.page.get_by_role("button", name="Sign in").click()
    mia.page.locator(".home").wait_for()
    assert mia.complaints == []


@pytest.mark.full
def test_used_link_says_so(phone, installation, mailed):
    mia = phone("mia")
    mia.page.evaluate("""fetch("/api/v1/password-resets", {method: "POST", body: '{"email": "mia@example.org"}',
                         headers: {"Content-Type": "application/json"}})""")
    link = mailed()
    for said in ("Your new password is set", "This link can't be used any more"):
        mia.page.goto("about:blank")
        mia.page.goto(link)
        mia.page.get_by_label("New password").fill(NEW)
        mia.page.get_by_role("button", name="Set the new password").click()
        mia.page.get_by_text(said).wait_for()


def test_mistyped_address_is_mended_before_a_stranger_opens_the_mail(phone, installation, mailed):
    mia = phone("mia")
    mia.sign_in()
    installation.ask(lambda cast: Account.filter(id=cast.mia.id).update(email_verified_at=None))
    mia.page.reload()
    mia.page.get_by_role("link", name="Change the e-mail address").click()
    mia.page.get_by_label("New e-mail address").fill("mia.right@example.org")
    mia.page.get_by_label("Your password").fill("not the right password")
    mia.page.get_by_role("button", name="Send me a link").click()
    mia.page.get_by_text("E-mail or password is not right").wait_for()
    mia.page.get_by_label("Your password").fill(PASSWORD)
    mia.page.get_by_role("button", name="Send me a link").click()
    mia.page.get_by_text("on its way to the new address").wait_for()

    mia.page.goto(mailed())
    mia.page.get_by_role("button", name="Confirm my address").click()
    mia.page.get_by_text("Your address is confirmed").wait_for()

    assert installation.ask(lambda cast: Account.get(id=cast.mia.id)).email == "mia.right@example.org"
    assert mia.complaints == []


def test_address_is_proved_only_when_the_person_says_so(phone, installation, mailed):
    installation.ask(lambda cast: Account.filter(id=cast.mia.id).update(language="sv"))
    mia = phone("mia", language="sv-SE")
    mia.page.get_by_label("E-post").fill("mia@example.org")
    mia.page.get_by_label("Lösenord").fill(PASSWORD)
    mia.page.get_by_role("button", name="Logga in").click()
    mia.page.locator(".home").wait_for()
    installation.ask(lambda cast: Account.filter(id=cast.mia.id).update(email_verified_at=None))
    mia.page.reload()
    mia.page.get_by_role("button", name="Skicka mejlet igen").click()
    mia.page.get_by_text("Ett mejl är på väg").wait_for()
    link = mailed()

    mia.page.goto(link)
    mia.page.get_by_role("button", name="Bekräfta min adress").wait_for()
    assert installation.ask(lambda cast: Account.get(id=cast.mia.id)).email_verified_at is None
    mia.page.get_by_role("button", name="Bekräfta min adress").click()
    mia.page.get_by_text("Din adress är bekräftad").wait_for()

    assert installation.ask(lambda cast: Account.get(id=cast.mia.id)).email_verified_at is not None
    mia.page.get_by_role("link", name="Till dagboken").click()
    mia.page.locator(".home").wait_for()
    assert mia.page.get_by_text("Skicka mejlet igen").count() == 0
    assert mia.complaints == []
