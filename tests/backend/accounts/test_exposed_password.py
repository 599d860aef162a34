"""Who knows a password of staff may not try codes for ever: after twenty it lets nobody in, and the owner is told."""

from datetime import timedelta

import pytest

from backend.accounts.exposed_password import WRONG_CODES, WRONG_CODES_KNOWN
from models import Account, AccountMail, AttemptCount, AuditEvent
from models.actions import Action
from models.vocabulary import MailKind
from tests.cast import PASSWORD

URL = "/api/v1/sessions"
STEP_UP = "/api/v1/me/step-up"
NEW = "eleven green bicycles by the sea"


@pytest.fixture
async def nora(signs_in):
    return await signs_in("nora", authenticator=True)


@pytest.fixture
def guess(as_, nora):
    """`await guess(20)`: as many wrong codes, a quarter of an hour after every ten; the codes of the answers."""

    async def wrong(times, **more):
        said = []
        for number in range(times):
            if number % 5 == 0:
                await AttemptCount.all().delete()
            said.append((await as_().post(URL, json=nora | {"code": "000000"} | more)).json()["code"])
        await AttemptCount.all().delete()
        return set(said)

    return wrong


@pytest.fixture
def enter(as_, nora, totp, now):
    """Nora signs in with the right code, which works once: so of another half minute each time."""
    steps = iter((-30, 0, 30))

    async def right(**more):
        return await as_().post(URL, json=nora | {"code": totp(now + timedelta(seconds=next(steps)))} | more)

    return right


async def exposed_mails():
    return await AccountMail.filter(kind=MailKind.PASSWORD_EXPOSED)


async def test_after_twenty_wrong_codes_the_right_one_lets_nobody_in_and_nora_is_told(guess, enter, cast, post):
    assert await guess(WRONG_CODES - 1) == {"sign_in.failed"}
    assert await exposed_mails() == []
    await guess(1)

    refused = await enter()
    assert (refused.status_code, refused.json()["code"]) == (403, "password.exposed")
    assert await guess(5) == {"password.exposed"}
    (mail,) = await exposed_mails()
    assert (mail.account_id, mail.address) == (cast.nora.id, "nora@example.org")
    (event,) = await AuditEvent.filter(action=Action.SESSION_REFUSE, reason="password.exposed")
    assert (event.subject_id, event.changes) == (cast.nora.id, {"wrong_codes": [0, WRONG_CODES]})
    assert (await post.told("somebody else knows your password")).address == "nora@example.org"


async def test_a_wrong_password_counts_nothing_here(guess, cast):
    assert await guess(30, password="not the right password") == {"sign_in.failed"}

    assert (await Account.get(id=cast.nora.id)).wrong_codes == 0


async def test_a_right_code_between_begins_anew(guess, enter):
    await guess(WRONG_CODES - 1)
    assert (await enter()).status_code == 201
    await guess(WRONG_CODES - 1)

    assert (await enter()).status_code == 201
    assert await exposed_mails() == []


async def test_nora_gets_in_on_her_known_device_and_nobody_elsewhere_by_that(guess, enter):
    known = {"device_token": (await enter()).json()["device_token"]}
    await guess(WRONG_CODES)

    assert (await enter(**known)).status_code == 201
    assert (await enter()).json()["code"] == "password.exposed"


async def test_a_stolen_device_token_buys_twenty_more_and_no_more(guess, enter):
    known = {"device_token": (await enter()).json()["device_token"]}

    assert await guess(WRONG_CODES_KNOWN, **known) == {"sign_in.failed"}

    assert (await enter(**known)).json()["code"] == "password.exposed"
    assert len(await exposed_mails()) == 1


async def test_wrong_codes_of_somebody_signed_in_count_too(guess, as_, cast, totp, now):
    for number in range(WRONG_CODES_KNOWN):
        if number % 5 == 0:
            await AttemptCount.all().delete()
        wrong = await as_("nora").post(STEP_UP, json={"password": PASSWORD, "code": "000000"})
        assert wrong.json()["code"] == "sign_in.failed"
    await AttemptCount.all().delete()

    right = await as_("nora").post(STEP_UP, json={"password": PASSWORD, "code": totp(now)})

    assert right.json()["code"] == "password.exposed"
    assert len(await exposed_mails()) == 1


@pytest.mark.parametrize("how", ["reset by mail", "reset by the administrator"])
async def test_a_new_password_lets_nora_in_again(how, guess, enter, as_, nora, post, cast):
    await guess(WRONG_CODES)

    if how == "reset by mail":
        await as_().post("/api/v1/password-resets", json={"email": nora["email"]})
        token = await post.token()
        await as_().post("/api/v1/password-resets/completion", json={"token": token, "password": NEW})
        assert (await enter(password=NEW)).status_code == 201
    else:
        assert (await as_("alma").post(f"/api/v1/staff/{cast.nora.id}/reset")).status_code == 201

    assert (await Account.get(id=cast.nora.id)).wrong_codes == 0
