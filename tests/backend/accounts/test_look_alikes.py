"""Addresses that look alike are one account's, wherever they are typed; what can't be told apart is refused."""

import pytest

from models import Account, AccountMail
from tests.cast import PASSWORD

SIGN_IN = "/api/v1/sessions"
REDEEM = "/api/v1/linking-codes/redemption"
WIDE = "ＭＩＡ＠ｅｘａｍｐｌｅ.ｏｒｇ".replace("＠", "@")
CYRILLIC = "miа@example.org"


async def redeem(as_, cast, email):
    issued = await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/linking-codes",
                                    json={"relation": "step_parent", "role": "guardian"})
    return await as_().post(REDEEM, json={"code": issued.json()["code"], "email": email, "password": PASSWORD,
                                          "display_name": "M", "language": "en", "timezone": "Europe/Stockholm"})


async def test_mia_signs_in_however_her_keyboard_writes_her_address(as_, signs_in):
    assert (await as_().post(SIGN_IN, json=await signs_in("mia") | {"email": WIDE})).status_code == 201


async def test_full_width_address_is_no_second_account(as_, cast, signs_in):
    await signs_in("mia")

    assert (await redeem(as_, cast, WIDE)).status_code == 201

    assert await Account.all().count() == len(cast.people)


async def test_new_account_has_its_address_as_dns_writes_it(as_, cast):
    assert (await redeem(as_, cast, "Sam@Bücher.example")).status_code == 201

    assert await Account.exists(email="sam@xn--bcher-kva.example")


@pytest.mark.parametrize("enters", ["a code", "a change", "new staff"])
async def test_letters_that_pass_for_others_are_refused(enters, as_, cast):
    if enters == "a code":
        answer = await redeem(as_, cast, CYRILLIC)
    elif enters == "a change":
        answer = await as_("ben").post("/api/v1/me/email", json={"email": CYRILLIC})
    else:
        answer = await as_("alma").post("/api/v1/staff", json={
            "email": CYRILLIC, "display_name": "M", "roles": [{"role": "monitor", "site": "SE01"}]})

    assert (answer.status_code, answer.json()["code"]) == (422, "body.does_not_fit")
    assert answer.json()["errors"][0]["pointer"] == "/email"
    assert not await Account.exists(email=CYRILLIC)
    assert not await AccountMail.all().exists()


async def test_change_to_the_full_width_form_of_somebodys_address_is_known_as_taken(as_, cast, post):
    assert (await as_("ben").post("/api/v1/me/email", json={"email": WIDE})).status_code == 202

    assert await post.collect() == []
    assert (await AccountMail.get()).last_error == "taken"


async def test_stranger_who_asks_for_such_an_address_learns_nothing(as_):
    for email in (CYRILLIC, WIDE):
        assert (await as_().post("/api/v1/password-resets", json={"email": email})).status_code == 202
        wrong = await as_().post(SIGN_IN, json={"email": email, "password": "not the right password"})
        assert wrong.json()["code"] == "sign_in.failed"
