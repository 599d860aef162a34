"""Signing in: right words only, staff with a second factor, guessing limited, browsers by cookie."""

from datetime import timedelta

import pytest

from backend.access.credentials import recovery_hash
from backend.access.sign_in_answer import session_cookie
from models import AuditEvent, RecoveryCode, Session
from models.actions import Action

URL = "/api/v1/sessions"
OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


async def test_mia_signs_in_with_her_app_and_the_trail_knows(as_, signs_in, cast):
    body = await signs_in("mia") | {"device_name": "Mia's phone", "app_version": "1.2.0"}

    answer = await as_().post(URL, json=body | {"email": "  MIA@example.org "})

    assert answer.status_code == 201
    assert answer.json()["expires_in"] == 900
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()["access_token"]
    me = await as_().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["account_id"] == str(cast.mia.id)
    event = await AuditEvent.get(action=Action.SESSION_START)
    assert (event.actor_id, str(event.session_id)) == (cast.mia.id, answer.json()["session_id"])


@pytest.mark.parametrize("wrong", [
    pytest.param({"password": "not the right password"}, id="wrong password"),
    pytest.param({"email": "nobody@example.org"}, id="unknown account"),
    pytest.param({"email": "ben@example.org"}, id="account without a password"),
])
async def test_whatever_is_wrong_the_words_are_the_same(as_, signs_in, wrong):
    answer = await as_().post(URL, json=await signs_in("mia") | wrong)

    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in.failed")
    assert answer.json()["detail"] == "E-mail, password or code is not right"


async def test_disabled_account_does_not_get_in(as_, signs_in, cast, now):
    body = await signs_in("mia")
    await cast.mia.account.update_from_dict({"disabled_at": now}).save()

    assert (await as_().post(URL, json=body)).json()["code"] == "sign_in.failed"


async def test_staff_are_asked_for_a_code_only_after_the_right_password(as_, signs_in):
    body = await signs_in("nora", authenticator=True)

    right = await as_().post(URL, json=body)
    wrong = await as_().post(URL, json=body | {"password": "not the right password"})

    assert (right.status_code, right.json()["code"]) == (401, "sign_in.code_required")
    assert wrong.json()["code"] == "sign_in.failed"


async def test_staff_code_works_once(as_, signs_in, totp, now):
    body = await signs_in("nora", authenticator=True) | {"code": totp(now)}

    first, again = await as_().post(URL, json=body), await as_().post(URL, json=body)

    assert first.status_code == 201
    assert again.json()["code"] == "sign_in.failed"


async def test_staff_wrong_or_old_code_is_refused(as_, signs_in, totp, now):
    body = await signs_in("nora", authenticator=True)

    for code in ("000000", totp(now - timedelta(minutes=5)), "ä", "1" * 40):
        assert (await as_().post(URL, json=body | {"code": code})).json()["code"] == "sign_in.failed"


async def test_staff_recovery_code_works_once_however_typed(as_, signs_in, cast, study):
    body = await signs_in("nora", authenticator=True) | {"code": "abcd 2345 wxyt"}
    await RecoveryCode.create(account=cast.nora.account, code_hash=recovery_hash(study.seal, "ABCD-2345-WXYT"))

    first, again = await as_().post(URL, json=body), await as_().post(URL, json=body)

    assert (first.status_code, again.status_code) == (201, 401)


async def test_staff_without_authenticator_do_not_get_in(as_, signs_in):
    assert (await as_().post(URL, json=await signs_in("nora"))).json()["code"] == "sign_in.failed"


async def test_guessing_at_one_account_is_limited_even_for_the_right_password(as_, signs_in):
    body = await signs_in("mia")
    client = as_()

    tries = [await client.post(URL, json=body | {"password": f"guess number {n} of mine"}) for n in range(10)]
    eleventh = await client.post(URL, json=body | {"email": "MIA@example.org"})

    assert {answer.status_code for answer in tries} == {401}
    assert eleventh.status_code == 429
    assert 0 < int(eleventh.headers["retry-after"]) <= 900


async def test_guessing_from_one_address_is_limited(as_, signs_in, monkeypatch):
    monkeypatch.setattr("backend.accounts.sign_in.TRIES_PER_ADDRESS", 3)
    body = await signs_in("mia") | {"password": "not the right password"}

    answers = [await as_().post(URL, json=body | {"email": f"x{n}@example.org"}) for n in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


async def test_browser_gets_a_cookie_and_no_token(as_, signs_in, now):
    client = as_()

    answer = await client.post(URL, json=await signs_in("mia") | {"kind": "browser"}, headers=OUR_PAGE)

    cookie = answer.headers["set-cookie"]
    assert answer.json().keys() == {"session_id"}
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie  # http://localhost
    assert (await client.get("/api/v1/me")).status_code == 200
    session = await Session.get(id=answer.json()["session_id"])
    assert timedelta(days=89) < session.expires_at - now < timedelta(days=91)


async def test_cookie_is_secure_unless_the_server_is_this_machine():
    for url in ("https://diary.example.org", "http://localhost.example.org", "https://localhost"):
        assert session_cookie(url, "x", 1).secure
    assert not session_cookie("http://127.0.0.1:8000", "x", 1).secure


async def test_staff_browser_session_lasts_twelve_hours(as_, signs_in, totp, now):
    body = await signs_in("nora", authenticator=True) | {"kind": "browser", "code": totp(now)}

    answer = await as_().post(URL, json=body, headers=OUR_PAGE)

    session = await Session.get(id=answer.json()["session_id"])
    assert session.expires_at - session.created_at == timedelta(hours=12)


async def test_foreign_page_can_not_sign_a_browser_in(as_, signs_in):
    body = await signs_in("mia") | {"kind": "browser"}

    answer = await as_().post(URL, json=body, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.json()["code"] == "browser.foreign_page"


async def test_refused_sign_ins_at_an_account_are_in_the_trail_without_an_address(as_, signs_in, cast):
    mia, nora = await signs_in("mia"), await signs_in("nora", authenticator=True)
    client = as_()

    await client.post(URL, json=mia | {"password": "not the right password"})
    await client.post(URL, json=nora | {"code": "000000"})
    await client.post(URL, json=nora)  # only asked for the code
    await client.post(URL, json=mia | {"email": "nobody@example.org"})

    events = await AuditEvent.filter(action=Action.SESSION_REFUSE).order_by("seq")
    assert [event.subject_id for event in events] == [cast.mia.id, cast.nora.id]
    assert {(event.actor_id, event.participant_id, str(event.changes)) for event in events} == {(None, None, "{}")}
