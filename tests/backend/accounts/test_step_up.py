"""Step-up: what weighs most asks for the password once more, and for ten minutes nobody asks again."""

from datetime import datetime, timedelta

import pytest

from backend.access.credentials import recovery_hash
from backend.access.sessions import Device, start_session
from models import AuditEvent, RecoveryCode, Session
from models.actions import Action
from models.vocabulary import SessionKind
from tests.cast import PASSWORD

URL = "/api/v1/me/step-up"
OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def long_signed_in(cast, now):
    await Session.all().update(proved_at=now - timedelta(minutes=11))


def gives_a_role(client, cast):
    return client.post(f"/api/v1/staff/{cast.nora.id}/roles", json={"role": "monitor", "site": "SE01"})


async def test_alma_proves_it_once_more_and_may_go_on(as_, cast, signs_in, totp, now, long_signed_in):
    await signs_in("alma", authenticator=True)
    alma = as_("alma")
    assert (await gives_a_role(alma, cast)).json()["code"] == "step_up.required"

    proved = await alma.post(URL, json={"password": PASSWORD, "code": totp(now)})

    until = datetime.fromisoformat(proved.json()["until"])
    assert timedelta(minutes=9) < until - now < timedelta(minutes=11)
    assert (await gives_a_role(alma, cast)).status_code == 201
    event = await AuditEvent.get(action=Action.STEP_UP)
    assert (event.actor_id, event.subject_id) == (cast.alma.id, cast.alma.session.id)


async def test_it_is_over_after_ten_minutes(as_, cast, now):
    await Session.filter(id=cast.alma.session.id).update(proved_at=now - timedelta(minutes=9))
    assert (await gives_a_role(as_("alma"), cast)).status_code == 201

    await Session.filter(id=cast.alma.session.id).update(proved_at=now - timedelta(minutes=10, seconds=1))
    assert (await gives_a_role(as_("alma"), cast)).json()["code"] == "step_up.required"


@pytest.mark.parametrize(("what", "code"), [
    ({"password": "not the right password", "code": "123456"}, "sign_in.failed"),
    ({"password": "", "code": "123456"}, "sign_in.failed"),
    ({"password": PASSWORD, "code": "000000"}, "sign_in.failed"),
    ({"password": PASSWORD}, "sign_in.code_required"),
])
async def test_anything_less_is_refused_and_proves_nothing(as_, cast, signs_in, long_signed_in, what, code):
    await signs_in("alma", authenticator=True)
    alma = as_("alma")

    refused = await alma.post(URL, json=what)

    assert (refused.status_code, refused.json()["code"]) == (401, code)
    assert (await gives_a_role(alma, cast)).json()["code"] == "step_up.required"
    assert await AuditEvent.filter(action=Action.SESSION_REFUSE, reason="step_up.failed").exists() == (
        code == "sign_in.failed"
    )


async def test_recovery_code_works_once(as_, cast, study, signs_in, long_signed_in):
    await signs_in("alma", authenticator=True)
    await RecoveryCode.create(account=cast.alma.account, code_hash=recovery_hash(study.seal, "ABCD-2345-WXYT"))
    body = {"password": PASSWORD, "code": "abcd2345wxyt"}

    assert [(await as_("alma").post(URL, json=body)).status_code for _ in range(2)] == [200, 401]


async def test_families_need_no_code_and_a_cookie_does_as_well(as_, cast, study, signs_in, now, long_signed_in):
    await signs_in("mia")
    started = await start_session(study.seal, cast.mia.account, Device(SessionKind.BROWSER), now)
    await Session.filter(id=started.session_id).update(proved_at=None)
    browser = as_()
    browser.cookies.set("session", started.secret)

    assert (await browser.post(URL, json={"password": PASSWORD})).status_code == 403  # not from our page
    assert (await browser.post(URL, json={"password": PASSWORD}, headers=OUR_PAGE)).status_code == 200

    assert (await Session.get(id=started.session_id)).proved_at is not None
    assert (await Session.get(id=cast.mia.session.id)).proved_at < now - timedelta(minutes=10), "this device only"


async def test_codes_can_not_be_guessed_here_or_at_the_sign_in(as_, cast, signs_in, totp, now):
    body = await signs_in("alma", authenticator=True)
    alma = as_("alma")

    here = [await alma.post(URL, json={"password": PASSWORD, "code": f"{n:06}"}) for n in range(6)]
    there = [await as_().post("/api/v1/sessions", json=body | {"code": f"{n:06}"}) for n in range(6, 11)]

    assert [answer.status_code for answer in here + there] == [401] * 10 + [429]
    assert (await alma.post(URL, json={"password": PASSWORD, "code": totp(now)})).status_code == 429
