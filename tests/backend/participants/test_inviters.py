"""Limiting and ending: whom one invited, and whom they invited; never a co-parent. Staff decide on everybody."""

from datetime import timedelta

import pytest

from models import AuditEvent, Guardianship, LinkingCode
from models.actions import Action


@pytest.fixture
def limit(as_):
    async def ask(by, link, **less):
        return await as_(by).patch(f"/api/v1/guardianships/{link.id}", json=less)

    return ask


@pytest.fixture
def end(as_):
    async def ask(by, link):
        return await as_(by).post(f"/api/v1/guardianships/{link.id}/end")

    return ask


async def test_mia_limits_whom_she_invited(invited, limit, as_, cast, now):
    link = await invited("eve")

    answer = await limit("mia", link, capabilities=["log"], ends_at=(now + timedelta(days=3)).isoformat())

    assert (answer.status_code, answer.json()["capabilities"]) == (200, ["log"])
    assert answer.json()["invited_by_you"] is True
    assert (await as_("eve").get(f"/api/v1/participants/{cast.leo.id}/changes")).status_code == 404
    event = await AuditEvent.get(action=Action.INVITED_LIMIT)
    assert (event.actor_id, event.subject_id, set(event.changes)) == (cast.mia.id, link.id, {"capabilities", "ends_at"})


async def test_limiting_never_gives_more(invited, limit, now):
    link = await invited("eve", capabilities=["log", "see"], ends_at=(now + timedelta(days=3)).isoformat())

    wider = await limit("mia", link, capabilities=["log", "see", "answer"])
    later = await limit("mia", link, ends_at=(now + timedelta(days=4)).isoformat())
    past = await limit("mia", link, ends_at=now.isoformat())
    nothing = await limit("mia", link)

    assert (wider.status_code, wider.json()["code"]) == (403, "capability.escalation")
    assert [answer.json()["findings"][0]["code"] for answer in (later, past)] == ["ends_at.later", "ends_at.in_past"]
    assert nothing.json()["code"] == "body.does_not_fit"
    await link.refresh_from_db()
    assert link.capabilities == ["log", "see"]


async def test_staff_do_not_give_more_by_limiting_either(limit, link_of):
    answer = await limit("nora", await link_of("greta"), capabilities=["log", "see"])

    assert answer.json()["code"] == "capability.escalation"


async def test_limiting_voids_the_invitations_of_whoever_is_limited(invited, invite, limit, hand_in):
    link = await invited("eve")
    code = (await invite("eve", role="carer")).json()["code"]

    await limit("mia", link, capabilities=["log", "see"])

    assert (await hand_in("dana", code)).json()["code"] == "linking_code.refused"
    assert await LinkingCode.filter(by_family=True, revoked_at__isnull=False).count() == 1


async def test_mia_ends_whom_she_invited_and_whom_they_invited(invited, end, as_, cast):
    eves, danas = await invited("eve"), await invited("dana", by="eve", role="carer", relation="grandparent")

    assert (await end("mia", danas)).status_code == 200
    assert (await end("mia", eves)).status_code == 200

    assert (await as_("eve").get(f"/api/v1/participants/{cast.leo.id}/changes")).status_code == 404
    assert await AuditEvent.filter(action=Action.INVITED_END, actor_id=cast.mia.id).count() == 2


async def test_nobody_of_the_family_touches_a_co_parent_or_whom_the_co_parent_invited(invited, limit, end, link_of):
    bens = await invited("eve", by="ben")
    for link in (await link_of("ben"), await link_of("greta"), bens, await link_of("mia")):
        assert (await end("mia", link)).json()["code"] == "role.may_not"
        assert (await limit("mia", link, capabilities=["log"])).json()["code"] == "role.may_not"
    assert (await end("eve", await link_of("ben"))).json()["code"] == "role.may_not"

    assert await Guardianship.filter(ends_at__isnull=False).count() == 0


async def test_guardianship_of_another_family_does_not_exist(end, limit, cast):
    toms = await Guardianship.get(participant_id=cast.tom.id)

    assert (await end("mia", toms)).status_code == 404
    assert (await limit("mia", toms, capabilities=["log"])).status_code == 404


async def test_staff_of_the_site_limit_anybody_and_others_nobody(limit, link_of, cast):
    ben = await link_of("ben")

    statuses = {who: (await limit(who, ben, capabilities=["log"])).status_code
                for who in ("otto", "max", "alma", "greta", "nora")}

    assert statuses == {"otto": 404, "max": 403, "alma": 403, "greta": 403, "nora": 200}
    assert (await AuditEvent.get(action=Action.GUARDIANSHIP_LIMIT)).actor_id == cast.nora.id


async def test_what_is_over_is_neither_limited_nor_ended_again(invited, limit, end):
    link = await invited("eve")
    await end("mia", link)

    assert (await end("mia", link)).json()["state"] == "ended"
    assert (await limit("mia", link, capabilities=["log"])).json()["state"] == "ended"


async def test_whoever_was_ended_can_be_invited_again(invited, end, as_, cast):
    await end("mia", await invited("eve"))

    await invited("eve")

    assert (await as_("eve").get(f"/api/v1/participants/{cast.leo.id}/changes")).status_code == 200
