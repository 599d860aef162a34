"""Mia changes her password: whoever else is in with the old one is out, and she is told."""

import asyncio

import pytest

from backend.access.known_devices import device_token, known_device
from backend.access.passwords import verify_password
from backend.access.seal import secret_hash
from backend.access.sessions import Device, start_session
from backend.errors import SignInFailed
from models import Account, AccountMail, AuditEvent, MailedLink, Session
from models.actions import Action
from models.vocabulary import LinkPurpose, MailKind, SessionKind
from tests.cast import PASSWORD

URL = "/api/v1/me/password"
NEW = "a kettle sings at dawn"
CHANGE = {"current": PASSWORD, "new": NEW}
SIGN_IN = "/api/v1/sessions"


async def test_new_password_ends_all_other_sessions_at_once(as_, signs_in, cast, study, now):
    body = await signs_in("mia")
    thief = (await as_().post(SIGN_IN, json=body)).json()

    answer = await as_("mia").put(URL, json=CHANGE)

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    stolen = {"Authorization": f"Bearer {thief['access_token']}"}
    assert (await as_().get("/api/v1/me", headers=stolen)).status_code == 401
    refreshed = await as_().post(f"{SIGN_IN}/refresh", json={"refresh_token": thief["refresh_token"]})
    assert refreshed.status_code == 401
    assert (await as_("mia").get("/api/v1/me")).status_code == 200
    assert (await as_().post(SIGN_IN, json=body)).status_code == 401
    assert (await as_().post(SIGN_IN, json=body | {"password": NEW})).status_code == 201


async def test_this_device_stays_known_and_all_others_are_forgotten(as_, signs_in, cast, study):
    await signs_in("mia")
    old = device_token(study.seal, cast.mia.account)

    token = (await as_("mia").put(URL, json=CHANGE)).json()["device_token"]

    account = await Account.get(id=cast.mia.id)
    assert known_device(study.seal, account, token)
    assert known_device(study.seal, account, old) is None


async def test_browser_gets_its_new_device_token_as_a_cookie(as_, signs_in, cast, study, now):
    await signs_in("mia")
    browser = as_()
    started = await start_session(study.seal, cast.mia.account, Device(SessionKind.BROWSER), now)
    browser.cookies.set("session", started.secret)

    answer = await browser.put(URL, json=CHANGE, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.json() == {"device_token": None}
    assert answer.headers["set-cookie"].startswith("device=")


async def test_one_event_and_one_mail_and_nothing_secret(as_, signs_in, cast):
    await signs_in("mia")

    await as_("mia").put(URL, json=CHANGE)

    event = await AuditEvent.get(action=Action.PASSWORD_CHANGE)
    assert (event.subject_id, event.session_id) == (cast.mia.id, cast.mia.session.id)
    assert event.changes == {"password": ["set", "set"], "sessions": [0, 0]}
    mail = await AccountMail.get()
    assert (mail.kind, mail.account_id) == (MailKind.PASSWORD_CHANGED, cast.mia.id)


async def test_link_to_reset_the_old_password_is_over(as_, signs_in, cast, now):
    await signs_in("mia")
    link = await MailedLink.create(
        account=cast.mia.account, purpose=LinkPurpose.RESET_PASSWORD, email=cast.mia.account.email,
        token_hash=secret_hash("a token"), created_at=now, expires_at=cast.mia.session.expires_at,
    )

    await as_("mia").put(URL, json=CHANGE)

    assert (await MailedLink.get(id=link.id)).used_at is not None


@pytest.mark.parametrize(("change", "answer"), [
    ({"current": "not the right password"}, (401, "sign_in.failed")), ({"current": ""}, (401, "sign_in.failed")),
    ({"new": "passwordpassword"}, (422, "password.weak")), ({"new": "mia mia mia mia"}, (422, "password.weak")),
    ({"account_id": "somebody"}, (400, "body.invalid")),
])
async def test_refusal_changes_nothing(as_, signs_in, cast, change, answer):
    await signs_in("mia")
    await Session.create(
        account=cast.mia.account, kind=SessionKind.APP, token_hash="x", created_at=cast.now, last_seen_at=cast.now,
        expires_at=cast.mia.session.expires_at,
    )

    refused = await as_("mia").put(URL, json=CHANGE | change)

    assert (refused.status_code, refused.json()["code"]) == answer
    assert await verify_password((await Account.get(id=cast.mia.id)).password_hash, PASSWORD)
    assert await Session.filter(account_id=cast.mia.id, ended_at=None).count() == 2


async def test_whoever_holds_an_unlocked_phone_has_ten_tries(as_, signs_in):
    await signs_in("mia")
    mia = as_("mia")

    tries = [await mia.put(URL, json=CHANGE | {"current": f"guess number {n} of his"}) for n in range(11)]

    assert [answer.status_code for answer in tries] == [401] * 10 + [429]
    assert (await mia.put(URL, json=CHANGE)).status_code == 429


async def test_of_two_changes_at_once_one_holds(as_, signs_in, cast, row_held):
    await signs_in("mia")
    mia, others = as_("mia"), ["a kettle sings at dawn", "a raven sleeps at noon"]

    async with row_held("account", cast.mia.id):
        both = [asyncio.create_task(mia.put(URL, json=CHANGE | {"new": new})) for new in others]
        await asyncio.sleep(0.4)
    answers = [await one for one in both]

    assert sorted(answer.status_code for answer in answers) == [200, 401]
    winner = others[[answer.status_code for answer in answers].index(200)]
    assert await verify_password((await Account.get(id=cast.mia.id)).password_hash, winner)


async def test_session_that_begins_while_the_password_changes_does_not_outlive_it(as_, signs_in, cast, study, now):
    await signs_in("mia")
    checked_before = await Account.get(id=cast.mia.id)

    await as_("mia").put(URL, json=CHANGE)

    with pytest.raises(SignInFailed):
        await start_session(study.seal, checked_before, Device(SessionKind.APP), now)
