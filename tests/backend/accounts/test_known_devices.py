"""Mia gets in on her own phone while somebody else burns her tries; nobody else gets anything from her token."""

import pytest

from backend.access.known_devices import device_token, known_device
from backend.access.passwords import hash_password
from backend.access.sign_in_answer import device_cookie
from models import AccountMail
from models.vocabulary import MailKind

URL = "/api/v1/sessions"
OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}
WRONG = {"password": "not the right password"}


async def burn(as_, body):
    return [(await as_().post(URL, json=body | WRONG)).status_code for _ in range(11)]


async def test_owner_on_a_known_device_gets_in_while_an_attacker_burns_the_tries(as_, signs_in):
    body = await signs_in("mia")
    token = (await as_().post(URL, json=body)).json()["device_token"]

    assert await burn(as_, body) == [401] * 10 + [429]

    assert (await as_().post(URL, json=body)).status_code == 429
    again = await as_().post(URL, json=body | {"device_token": token})
    assert (again.status_code, again.json()["device_token"]) == (201, token), "it stays the same device"


async def test_even_where_the_attackers_address_is_hers_and_has_no_tries_left(as_, signs_in, monkeypatch):
    monkeypatch.setattr("backend.accounts.sign_in.TRIES_PER_ADDRESS", 3)
    body = await signs_in("mia")
    token = (await as_().post(URL, json=body)).json()["device_token"]
    for n in range(4):
        await as_().post(URL, json=body | WRONG | {"email": f"x{n}@example.org"})

    assert (await as_().post(URL, json=body)).status_code == 429
    assert (await as_().post(URL, json=body | {"device_token": token})).status_code == 201


async def test_known_device_has_ten_tries_of_its_own_and_no_more(as_, signs_in):
    body = await signs_in("mia")
    token = (await as_().post(URL, json=body)).json()["device_token"]

    assert await burn(as_, body | {"device_token": token}) == [401] * 10 + [429]

    assert (await as_().post(URL, json=body | {"device_token": token})).status_code == 429
    assert (await as_().post(URL, json=body)).status_code == 201


async def test_browser_keeps_its_token_in_a_cookie_no_script_can_read(as_, signs_in):
    body = await signs_in("mia") | {"kind": "browser"}
    browser = as_()

    entered = await browser.post(URL, json=body, headers=OUR_PAGE)
    cookie = next(c for c in entered.headers.get_list("set-cookie") if c.startswith("device="))
    await browser.delete(f"{URL}/current", headers=OUR_PAGE)
    await burn(as_, body)

    assert "device_token" not in entered.json()
    for needed in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={400 * 24 * 3600}"):
        assert needed in cookie
    assert (await browser.post(URL, json=body, headers=OUR_PAGE)).status_code == 201


def test_cookie_can_not_be_planted_where_there_is_tls():
    cookie = device_cookie("https://diary.example.org", "x")

    assert (cookie.key, cookie.secure, cookie.path, cookie.domain) == ("__Host-device", True, "/", None)


async def test_token_is_worth_nothing_for_another_account_or_changed_in_any_place(cast, study, signs_in):
    await signs_in("mia")
    mia = cast.mia.account
    token = device_token(study.seal, mia)

    assert known_device(study.seal, mia, token) is not None
    assert known_device(study.seal, cast.ben.account, token) is None
    owner, device, mark = token.split(".")
    forged = [f"{cast.ben.id.hex}.{device}.{mark}", f"{owner}.{cast.ben.id.hex}.{mark}", f"{owner}.{device}.{'0' * 32}",
              f"{owner}.{device}.", f"{owner}..{mark}", "", "..", "é.é.é", mark, token + "x"]
    for shown in forged:
        assert known_device(study.seal, mia, shown) is None
        assert known_device(study.seal, cast.ben.account, shown) is None


async def test_new_password_forgets_all_devices(cast, study, signs_in):
    await signs_in("mia")
    token = device_token(study.seal, cast.mia.account)

    cast.mia.account.password_hash = await hash_password("another long password")

    assert known_device(study.seal, cast.mia.account, token) is None


@pytest.mark.parametrize("token", ["made up", "x" * 200, "é"])
async def test_token_that_is_not_ours_changes_nothing(as_, signs_in, token):
    assert (await as_().post(URL, json=await signs_in("mia") | {"device_token": token})).status_code == 201


async def test_owner_is_told_of_a_device_not_seen_before_and_of_no_other(as_, signs_in, cast):
    body = await signs_in("mia")
    await as_().post(URL, json=body | WRONG)

    token = (await as_().post(URL, json=body)).json()["device_token"]
    await as_().post(URL, json=body | {"device_token": token})

    mail = await AccountMail.get()
    assert (mail.kind, mail.account_id, mail.address) == (MailKind.NEW_DEVICE, cast.mia.id, "mia@example.org")
