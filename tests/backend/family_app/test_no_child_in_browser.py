"""Signed out, and back without a child: the page says so and leads on."""

import pytest

from backend.clock import utc_now
from models import Guardianship, Session

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def test_parent_whose_access_has_ended_can_enter_a_code_or_sign_out(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    installation.ask(lambda cast: Session.filter(account=cast.mia.id).update(ended_at=utc_now()))
    installation.ask(lambda cast: Guardianship.filter(account=cast.mia.id).update(ends_at=utc_now()))

    mia.page.evaluate("location.hash = '#/people'")
    mia.page.get_by_role("link", name="Sign in").click()
    mia.sign_in()

    mia.page.get_by_text("not linked to a child").wait_for()
    assert mia.page.get_by_role("link", name="Enter a code").get_attribute("href") == "/app/link"
    mia.page.get_by_role("link", name="Settings").click()
    mia.page.get_by_role("button", name="Sign out").click()
    mia.page.get_by_role("button", name="Sign in").wait_for()
    assert installation.ask(lambda cast: Session.filter(account=cast.mia.id, ended_at=None).count()) == 0
    assert mia.complaints == []
