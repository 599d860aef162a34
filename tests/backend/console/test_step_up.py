"""A page's act that asks for a recent proof leads to a form, and back to the page."""

from datetime import datetime, timedelta

import pyotp
import pytest
from litestar import Controller, Litestar, post

from backend.access.authentication import authorise
from backend.access.passwords import hash_password
from backend.console.pages import REFUSALS
from models import Session
from models.actions import Action
from tests.browsers import read
from tests.cast import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAGE = "/console/step-up"


@pytest.fixture
async def alma(browser_of, cast, study):
    account = cast.alma.account
    account.password_hash, account.totp_secret = await hash_password(PASSWORD), study.seal.close(SECRET)
    await account.save()
    browser = await browser_of("alma")
    await Session.filter(account_id=cast.alma.id).update(proved_at=None)
    return browser


def code(now: datetime) -> str:
    return pyotp.TOTP(SECRET).at(now)


async def test_form_asks_and_leads_back(alma, now):
    asked = read(await alma.see(f"{PAGE}?then=/console/forwarding"))
    assert asked.actions == [PAGE]

    entered = await alma.post(PAGE, password=PASSWORD, code=code(now), **asked.hidden)

    assert (entered.status_code, entered.headers["location"]) == (303, "/console/forwarding")
    assert await Session.filter(proved_at__gt=now - timedelta(minutes=1), kind="browser").count() == 1


async def test_what_was_wrong_is_said_on_the_page(alma, now):
    for typed, words in (({"password": "not the right password", "code": code(now)}, "Password or code is not right"),
                         ({"password": PASSWORD}, "Please enter the code")):
        said = await alma.post(PAGE, then="/console/forwarding", **typed)
        assert words in read(said).text
        assert "E-mail" not in read(said).text
        assert said.status_code == 401
        assert read(said).hidden == {"then": "/console/forwarding"}
        assert PASSWORD not in said.text


@pytest.mark.parametrize("elsewhere", [
    "https://evil.example/console/", "//evil.example/console/x", "/console/../evil", "\\\\evil", "javascript:alert(1)",
])
async def test_form_leads_to_our_own_pages_only(alma, elsewhere, now):
    shown = read(await alma.see(f"{PAGE}?then={elsewhere}"))
    entered = await alma.post(PAGE, password=PASSWORD, code=code(now), then=elsewhere)

    assert shown.hidden == {"then": "/console/"}
    assert entered.headers["location"] == "/console/"


async def test_nobody_is_led_to_sign_in(browser_of):
    nobody = await browser_of()

    assert (await nobody.see(PAGE)).headers["location"].startswith("/console/sign-in")


class HeavyPages(Controller):
    """Stands for every page with an act that weighs much."""

    path = "/console/staff/x"
    exception_handlers = REFUSALS

    @post("/disable", action=Action.STAFF_DISABLE, step_up=True, status_code=204)
    async def act(self) -> None:
        """Done."""


async def test_act_that_weighs_much_leads_to_the_form_and_back_to_its_page(alma, study):
    heavy = Litestar([HeavyPages], guards=[authorise], logging_config=None)
    heavy.state.wiring = study
    alma.client._transport.app, usual = heavy, alma.client._transport.app

    asked = await alma.post("/console/staff/x/disable")

    alma.client._transport.app = usual
    assert (asked.status_code, asked.headers["location"]) == (303, f"{PAGE}?then=%2Fconsole%2Fstaff%2Fx")
