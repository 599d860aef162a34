"""Into the console and out of it: by password and code, back to where one was going, never to elsewhere."""

import pyotp
import pytest

from backend.access.actor import SYSTEM
from backend.access.passwords import hash_password
from backend.accounts.staff import add_staff
from models import Session
from models.vocabulary import Role
from tests.browsers import OUR_PAGE, read
from tests.cast import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
async def nora(cast, study):
    cast.nora.account.password_hash = await hash_password(PASSWORD)
    cast.nora.account.totp_secret = study.seal.close(SECRET)
    await cast.nora.account.save()
    return {"email": "nora@example.org", "password": PASSWORD}


@pytest.fixture
async def link(cast, study, now):
    added = await add_staff(SYSTEM, study, email="vera@example.org", display_name="Vera Lind",
                            roles=[(Role.COORDINATOR, "SE01")], now=now)
    return added.link.partition("#")[2]


async def test_nora_signs_in_and_comes_back_to_where_she_was_going(browser_of, nora, now):
    browser = await browser_of()
    sent = await browser.see("/console/worklist?kind=fracture")
    form = read(await browser.see(sent.headers["location"])).hidden

    entered = await browser.post("/console/sign-in", **nora, **form, code=pyotp.TOTP(SECRET).at(now))

    assert sent.status_code == 303
    assert (entered.status_code, entered.headers["location"]) == (303, "/console/worklist?kind=fracture")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await browser.see("/console/worklist")).status_code == 200


@pytest.mark.parametrize("elsewhere", [
    "https://evil.example/", "//evil.example/console/", "/\\evil.example", "/console/../app/", "javascript:alert(1)",
    "/app/", "/console/\r\nSet-Cookie: a=b", "",
])
async def test_sign_in_leads_to_no_foreign_address(browser_of, nora, now, elsewhere):
    entered = await (await browser_of()).post(
        "/console/sign-in", **nora, return_to=elsewhere, code=pyotp.TOTP(SECRET).at(now)
    )

    assert entered.headers["location"] == "/console/"


@pytest.mark.parametrize(("change", "said"), [
    ({}, "Please enter the code of your authenticator"), ({"code": "000000"}, "E-mail, password or code is not right"),
    ({"password": "wrong"}, "E-mail, password or code is not right"),
])
async def test_what_is_wrong_is_said_and_the_password_is_not_repeated(browser_of, nora, change, said):
    answer = await (await browser_of()).post("/console/sign-in", **nora | change)

    assert answer.status_code == 401
    assert said in read(answer).text
    assert 'value="nora@example.org"' in answer.text
    assert (nora | change)["password"] not in answer.text
    assert "set-cookie" not in answer.headers


async def test_guessing_is_slowed_down_on_the_page(browser_of, nora):
    browser = await browser_of()
    answers = [await browser.post("/console/sign-in", **nora | {"password": "wrong"}) for _ in range(11)]

    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    read(answers[-1])


async def test_foreign_page_can_not_sign_somebody_in(browser_of, nora, now):
    answer = await (await browser_of()).client.post(
        "/console/sign-in", data={**nora, "code": pyotp.TOTP(SECRET).at(now)}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_signing_out_ends_the_session(browser_of, cast):
    nora = await browser_of("nora")

    left = await nora.post("/console/sign-out")

    assert left.headers["location"] == "/console/sign-in"
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert (await Session.get(account_id=cast.nora.id, kind="browser")).ended_at is not None


async def test_act_after_the_session_is_over_asks_to_sign_in_and_returns_to_the_entry(browser_of, fracture):
    answer = await (await browser_of()).post(f"/console/entries/{fracture.id}/validation", seen="s1")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/console/sign-in?return_to=%2Fconsole%2Fentries%2F{fracture.id}"


async def test_vera_makes_her_first_sign_in(browser_of, link, now):
    vera, password = (await browser_of()).client, "four unrelated plain words"

    async def step(**fields):
        return await vera.post("/first-sign-in", data={"token": link, **fields}, headers=OUR_PAGE)

    unequal = await step(password=password, again="something else")
    weak = await step(password="123456789012345", again="123456789012345")
    setup = await step(password=password, again=password)
    secret = setup.text.partition('class="key">')[2].partition("<")[0]
    wrong = await step(code="000000")
    done = await step(code=pyotp.TOTP(secret).at(now))
    again = await step(password=password, again=password)

    assert "The two passwords are not the same" in read(unequal).text
    assert (weak.status_code, wrong.status_code, again.status_code) == (422, 401, 410)
    assert "<svg" in setup.text
    assert done.text.count("<li><code>") == 10
    assert link not in (await vera.get("/first-sign-in")).text
