"""A member of staff from being added to the first real sign-in."""

from datetime import timedelta

import pyotp
import pytest

from backend.access.actor import SYSTEM
from backend.accounts.staff import add_staff
from models import Account, AuditEvent, FirstSignInLink, StaffRole
from models.actions import Action
from models.vocabulary import Role
from tests.cast import PASSWORD

FIRST = "/api/v1/first-sign-ins"
NEW = {
    "email": "Vera@Example.org", "display_name": "Vera Lind", "roles": [{"role": "coordinator", "site": "SE01"}],
}


@pytest.fixture
async def token(cast, study, now):
    added = await add_staff(
        SYSTEM, study, email="vera@example.org", display_name="Vera Lind",
        roles=[(Role.COORDINATOR, "SE01")], now=now,
    )
    return added.link.partition("#")[2]


async def test_administrator_adds_staff_and_gets_a_link_that_no_log_sees(as_, cast):
    answer = await as_("alma").post("/api/v1/staff", json=NEW)

    assert answer.status_code == 201
    assert answer.json()["link"].startswith("http://localhost:8000/first-sign-in#")
    account = await Account.get(email="vera@example.org")
    role = await StaffRole.get(account=account)
    assert (role.role, role.site_id) == (Role.COORDINATOR, cast.sites["SE01"].id)
    event = await AuditEvent.get(action=Action.STAFF_ADD)
    assert event.changes == {"roles": [[], ["coordinator@SE01"]]}
    assert answer.json()["link"].partition("#")[2] not in str(await FirstSignInLink.all().values())


@pytest.mark.parametrize("who", ["nora", "max", "dana", "mia"])
async def test_nobody_but_an_administrator_adds_staff(as_, who):
    assert (await as_(who).post("/api/v1/staff", json=NEW)).status_code == 403


@pytest.mark.parametrize(("change", "pointer"), [
    ({"roles": [{"role": "guardian"}]}, "/roles/0/role"), ({"roles": [{"role": "monitor", "site": "XX99"}]},
    "/roles/0/site"), ({"email": "no address"}, "/email"), ({"roles": []}, "/roles"),
])
async def test_role_or_site_that_can_not_be_given_is_refused(as_, change, pointer):
    answer = await as_("alma").post("/api/v1/staff", json=NEW | change)

    assert answer.status_code == (400 if pointer == "/email" else 422)
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_address_that_has_an_account_is_refused(as_):
    answer = await as_("alma").post("/api/v1/staff", json=NEW | {"email": "MIA@example.org"})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


async def test_vera_sets_up_her_authenticator_and_signs_in(as_, token, now):
    client = as_()
    setup = (await client.post(FIRST, json={"token": token, "password": PASSWORD})).json()
    totp = pyotp.TOTP(setup["totp_secret"])
    sign_in = {"email": "vera@example.org", "password": PASSWORD}
    early = await client.post("/api/v1/sessions", json=sign_in | {"code": totp.at(now)})

    done = await client.post(FIRST, json={"token": token, "code": totp.at(now)})
    repeated = await client.post("/api/v1/sessions", json=sign_in | {"code": totp.at(now)})
    entered = await client.post("/api/v1/sessions", json=sign_in | {"code": totp.at(now + timedelta(seconds=30))})
    recovered = await client.post("/api/v1/sessions", json=sign_in | {"code": done.json()["recovery_codes"][3]})

    assert setup["otpauth_uri"].startswith("otpauth://totp/Diary:vera%40example.org?secret=")
    assert setup["qr_svg"].startswith("<svg")
    assert early.json()["code"] == "sign_in.failed"  # not before the authenticator was proved
    assert len(set(done.json()["recovery_codes"])) == 10
    assert repeated.json()["code"] == "sign_in.failed"  # the proving code is used up
    assert (entered.status_code, recovered.status_code) == (201, 201)
    assert (await client.post(FIRST, json={"token": token, "password": PASSWORD})).json()["code"] == "link.refused"


async def test_wrong_code_leaves_the_link_unused(as_, token, now):
    setup = (await as_().post(FIRST, json={"token": token, "password": PASSWORD})).json()

    wrong = await as_().post(FIRST, json={"token": token, "code": "123456"})

    assert wrong.json()["code"] == "sign_in.failed"
    right = await as_().post(FIRST, json={"token": token, "code": pyotp.TOTP(setup["totp_secret"]).at(now)})
    assert right.status_code == 200


async def test_weak_password_is_refused_and_changes_nothing(as_, token):
    for weak in ("short", "passwordpassword", "vera@example.org"):
        answer = await as_().post(FIRST, json={"token": token, "password": weak})
        assert (answer.status_code, answer.json()["code"]) == (422, "password.weak")
    assert (await Account.get(email="vera@example.org")).password_hash is None


async def test_link_that_is_over_or_made_up_is_refused(as_, token, now):
    await FirstSignInLink.all().update(expires_at=now - timedelta(seconds=1))

    for shown in (token, "made up"):
        answer = await as_().post(FIRST, json={"token": shown, "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (410, "link.refused")


async def test_guessing_links_is_limited(as_, cast):
    client = as_()
    answers = [await client.post(FIRST, json={"token": f"guess {n}", "code": "1"}) for n in range(31)]

    assert [answer.status_code for answer in answers] == [410] * 30 + [429]


async def test_both_or_neither_step_at_once_is_refused(as_, token):
    for body in ({"token": token}, {"token": token, "password": PASSWORD, "code": "123456"}):
        assert (await as_().post(FIRST, json=body)).json()["code"] == "body.does_not_fit"
