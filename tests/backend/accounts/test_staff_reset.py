"""A lost authenticator: an administrator sets a colleague back to the first sign-in, and everything old is over."""

from uuid import uuid4

import pyotp
import pytest

from backend.access.actor import SYSTEM
from backend.access.credentials import recovery_hash, use_totp
from backend.access.sessions import Device, start_session
from backend.accounts.staff import add_staff, reset_staff
from models import Account, AuditEvent, RecoveryCode, Session
from models.actions import Action
from models.vocabulary import Role, SessionKind
from tests.cast import PASSWORD

FIRST = "/api/v1/first-sign-ins"


def reset_of(person) -> str:
    return f"/api/v1/staff/{person.id}/reset"


async def test_noras_old_ways_in_are_over_and_the_new_link_lets_her_in(as_, cast, study, signs_in, totp, now):
    old = await signs_in("nora", authenticator=True)
    await RecoveryCode.create(account=cast.nora.account, code_hash=recovery_hash(study.seal, "ABCD-2345-WXYT"))
    nora, nobody = as_("nora"), as_()

    answer = await as_("alma").post(reset_of(cast.nora))

    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert (await nora.get("/api/v1/me")).status_code == 401
    for code in (totp(now), "ABCD-2345-WXYT"):
        assert (await nobody.post("/api/v1/sessions", json=old | {"code": code})).json()["code"] == "sign_in.failed"
    token = answer.json()["link"].partition("#")[2]
    setup = (await nobody.post(FIRST, json={"token": token, "password": "another long password"})).json()
    code = pyotp.TOTP(setup["totp_secret"]).at(now)
    recovery = (await nobody.post(FIRST, json={"token": token, "code": code})).json()["recovery_codes"]
    new = {"email": "nora@example.org", "password": "another long password", "code": recovery[0]}
    assert (await nobody.post("/api/v1/sessions", json=new)).status_code == 201
    assert (await nobody.post("/api/v1/sessions", json=new | {"password": PASSWORD})).status_code == 401


async def test_the_trail_says_who_reset_whom_and_nothing_secret(as_, cast, study, now):
    await start_session(study.seal, cast.nora.account, Device(SessionKind.APP), now)

    await as_("alma").post(reset_of(cast.nora))

    event = await AuditEvent.get(action=Action.STAFF_RESET)
    assert (event.actor_id, event.actor_role, event.subject_id) == (cast.alma.id, "administrator", cast.nora.id)
    assert event.changes == {"authenticator": [True, False], "sessions": [2, 0]}


async def test_an_older_link_is_over_too(as_, cast, study, now):
    added = await add_staff(
        SYSTEM, study, email="vera@example.org", display_name="Vera", roles=[(Role.MONITOR, None)], now=now
    )

    assert (await as_("alma").post(f"/api/v1/staff/{added.account_id}/reset")).status_code == 201

    older = {"token": added.link.partition("#")[2], "password": PASSWORD}
    assert (await as_().post(FIRST, json=older)).json()["code"] == "link.refused"


async def test_a_code_checked_while_the_reset_ran_does_not_let_in(cast, study, signs_in, totp, now):
    await signs_in("nora", authenticator=True)
    read_before = await Account.get(id=cast.nora.id)

    await reset_staff(SYSTEM.acting(Action.STAFF_RESET), study, cast.nora.id, now)

    assert not await use_totp(study.seal, read_before, totp(now), now)


@pytest.mark.parametrize("who", ["nora", "max", "dana", "mia"])
async def test_nobody_but_an_administrator_resets(as_, cast, who):
    assert (await as_(who).post(reset_of(cast.iris))).status_code == 403


async def test_families_and_strangers_can_not_be_reset(as_, cast):
    alma = as_("alma")

    assert (await alma.post(reset_of(cast.mia))).status_code == 404
    assert (await alma.post(f"/api/v1/staff/{uuid4()}/reset")).status_code == 404
    assert await Session.filter(account_id=cast.mia.id, ended_at__isnull=True).exists()


async def test_administrator_of_one_site_acts_there_only(as_, cast):
    await cast.staff("lars", Role.ADMINISTRATOR, "SE01")
    lars = as_("lars")

    resets = [(await lars.post(reset_of(cast.people[name]))).status_code for name in ("otto", "max", "alma", "nora")]
    added = [
        await lars.post("/api/v1/staff", json={
            "email": f"{number}@example.org", "display_name": "N", "roles": [{"role": "administrator"} | site],
        })
        for number, site in enumerate(({}, {"site": "GB01"}, {"site": "SE01"}))
    ]

    assert resets == [404, 404, 404, 201]
    assert [answer.status_code for answer in added] == [422, 422, 201]
    assert added[0].json()["errors"][0]["pointer"] == "/roles/0/site"
