"""A nurse on leave: disabled with all her devices at once, and enabled again when she is back."""

from uuid import uuid4

import pytest

from models import Account, AuditEvent, Session
from models.actions import Action
from models.vocabulary import Role


def disable(person) -> str:
    return f"/api/v1/staff/{person.id}/disable"


def enable(person) -> str:
    return f"/api/v1/staff/{person.id}/enable"


async def test_disabled_nurse_is_out_at_once_and_does_not_get_in(as_, cast, signs_in, totp, now):
    body = await signs_in("nora", authenticator=True)
    nora = as_("nora")
    assert (await nora.get("/api/v1/worklist")).status_code == 200

    answer = await as_("alma").post(disable(cast.nora))

    assert answer.json()["disabled_at"] is not None
    assert (await nora.get("/api/v1/worklist")).status_code == 401
    refused = await as_().post("/api/v1/sessions", json=body | {"code": totp(now)})
    assert refused.json()["code"] == "sign_in.failed"
    event = await AuditEvent.get(action=Action.STAFF_DISABLE)
    assert (event.actor_id, event.subject_id, event.changes["sessions"]) == (cast.alma.id, cast.nora.id, [1, 0])


async def test_nurse_who_is_back_signs_in_as_before_and_old_devices_stay_out(as_, cast, signs_in, totp, now):
    body = await signs_in("nora", authenticator=True)
    alma, nora = as_("alma"), as_("nora")
    await alma.post(disable(cast.nora))

    assert (await alma.post(enable(cast.nora))).json()["disabled_at"] is None

    assert (await nora.get("/api/v1/worklist")).status_code == 401
    entered = await as_().post("/api/v1/sessions", json=body | {"code": totp(now)})
    seen = await as_().get("/api/v1/worklist", headers={"Authorization": f"Bearer {entered.json()['access_token']}"})
    assert seen.status_code == 200
    assert await AuditEvent.filter(action=Action.STAFF_ENABLE, subject_id=cast.nora.id).count() == 1


async def test_twice_is_refused_and_says_how_it_stands(as_, cast):
    alma = as_("alma")

    assert (await alma.post(enable(cast.nora))).json()["state"] == "enabled"
    await alma.post(disable(cast.nora))
    assert (await alma.post(disable(cast.nora))).json()["state"] == "disabled"


async def test_nobody_disables_themself(as_, cast):
    answer = await as_("alma").post(disable(cast.alma))

    assert (answer.status_code, answer.json()["code"]) == (409, "staff.own_account")
    assert (await as_("alma").get("/api/v1/me")).status_code == 200


async def test_families_strangers_and_other_sites_can_not_be_disabled(as_, cast):
    await cast.staff("lars", Role.ADMINISTRATOR, "SE01")
    for who, whom in (("alma", cast.mia.id), ("alma", uuid4()), ("lars", cast.otto.id), ("lars", cast.alma.id)):
        assert (await as_(who).post(f"/api/v1/staff/{whom}/disable")).status_code == 404
    assert (await as_("lars").post(disable(cast.nora))).status_code == 200
    assert await Account.filter(disabled_at__isnull=False).count() == 1


@pytest.mark.parametrize("path", ["disable", "enable", "reset", "roles"])
async def test_each_asks_for_a_recent_proof(as_, cast, path, now):
    await Session.all().update(proved_at=None)

    answer = await as_("alma").post(f"/api/v1/staff/{cast.nora.id}/{path}", json={"role": "monitor", "site": "SE01"})

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up.required")
