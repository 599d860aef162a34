"""A court order: one person and whoever came by their invitation have no access at once; families decide nothing."""

from datetime import timedelta

import pytest

from models import AuditEvent, Guardianship, Session
from models.actions import Action
from tests.cast import PASSWORD

LEO = "/api/v1/participants/{}/changes"


@pytest.fixture
def order(as_, link_of):
    """`await order("lock", "ben")`."""

    async def ask(act, name, by="nora", **body):
        reason = {"lock": "court_order", "unlock": "order_over"}[act]
        where = f"/api/v1/guardianships/{(await link_of(name)).id}/{act}"
        return await as_(by).post(where, json={"reason": reason} | body)

    return ask


@pytest.fixture
def reads(as_, cast):
    async def status(name):
        return (await as_(name).get(LEO.format(cast.leo.id))).status_code

    return status


async def test_locked_father_has_no_access_until_it_is_lifted(order, reads, link_of, cast, as_):
    assert await reads("ben") == 200

    locked = await order("lock", "ben")

    assert (locked.status_code, locked.json()["locked_at"] is not None) == (200, True)
    assert await reads("ben") == 401  # signed out: he speaks for nobody else
    assert await reads("mia") == 200
    lifted = await order("unlock", "ben")
    assert (lifted.status_code, lifted.json()["locked_at"]) == (200, None)
    await Session.filter(id=cast.ben.session.id).update(ended_at=None)
    assert await reads("ben") == 200
    events = await AuditEvent.filter(subject_id=(await link_of("ben")).id).order_by("seq")
    assert [(event.action, event.reason) for event in events] == [
        (Action.GUARDIANSHIP_LOCK, "court_order"), (Action.GUARDIANSHIP_UNLOCK, "order_over")]


async def test_whoever_came_by_the_locked_persons_invitation_is_locked_and_unlocked_too(invited, order, reads):
    await invited("eve", by="ben")
    await invited("dana", by="eve", relation="grandparent")
    await invited("otto", by="mia", relation="other_guardian")

    await order("lock", "ben")
    during = {name: await reads(name) for name in ("eve", "dana", "otto", "mia")}
    await order("unlock", "ben")
    after = {name: await reads(name) for name in ("eve", "dana")}

    assert during == {"eve": 404, "dana": 403, "otto": 200, "mia": 200}
    assert after == {"eve": 200, "dana": 200}
    # each turned row stands in the trail: Ben's, Eve's and Dana's, twice
    assert await AuditEvent.filter(action__in=[Action.GUARDIANSHIP_LOCK, Action.GUARDIANSHIP_UNLOCK]).count() == 6


async def test_lifting_one_order_leaves_another(invited, order, reads, link_of):
    await invited("eve", by="ben")
    await order("lock", "eve")
    await order("lock", "ben")

    await order("unlock", "ben")
    assert await reads("eve") == 404
    await order("lock", "ben")
    await order("unlock", "eve")
    assert await reads("eve") == 404, "Ben's order still stands"
    await order("unlock", "ben")
    assert await reads("eve") == 200


async def test_families_decide_nothing_while_an_order_stands(invited, invite, order, as_, hand_in):
    hers = await invited("eve", by="mia")
    code = (await invite("mia", relation="grandparent")).json()["code"]

    await order("lock", "ben")

    refusals = [
        await invite("mia"), await as_("mia").post(f"/api/v1/guardianships/{hers.id}/end"),
        await as_("mia").patch(f"/api/v1/guardianships/{hers.id}", json={"capabilities": ["log"]}),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in refusals} == {(403, "guardianship.court_order")}
    assert (await hand_in("dana", code)).json()["code"] == "linking_code.refused"
    await order("unlock", "ben")
    assert (await invite("mia")).status_code == 201


async def test_older_code_of_the_site_lets_no_new_account_in(order, as_, cast):
    codes = f"/api/v1/participants/{cast.leo.id}/linking-codes"
    code = (await as_("nora").post(codes, json={"relation": "father", "role": "guardian"})).json()["code"]
    new_account = {"code": code, "email": "other@example.org", "password": PASSWORD, "display_name": "B",
                   "language": "sv", "timezone": "Europe/Stockholm"}

    await order("lock", "ben")

    answer = await as_().post("/api/v1/linking-codes/redemption", json=new_account)
    assert (answer.status_code, answer.json()["code"]) == (410, "linking_code.refused")
    event = await AuditEvent.get(action=Action.GUARDIANSHIP_LOCK)
    assert event.changes["codes"] == [1, 0]


async def test_order_stands_on_when_the_guardianship_ends(order, invite, as_, link_of):
    await order("lock", "ben")
    await as_("nora").post(f"/api/v1/guardianships/{(await link_of('ben')).id}/end")

    assert (await invite("mia")).json()["code"] == "guardianship.court_order"
    assert (await order("unlock", "ben")).status_code == 200
    assert (await invite("mia")).status_code == 201


async def test_locked_person_redeems_no_code_and_meets_the_usual_words(invited, order, as_, cast, hand_in):
    await invited("eve", by="ben")
    await order("lock", "eve")
    codes = f"/api/v1/participants/{cast.leo.id}/linking-codes"
    of_site = (await as_("nora").post(codes, json={"relation": "foster_carer", "role": "guardian"})).json()["code"]

    refused, wrong = await hand_in("eve", of_site), await hand_in("eve", "2345-6789-CDFG")

    assert refused.status_code == wrong.status_code == 410
    assert refused.json() == wrong.json()
    assert (await hand_in("dana", of_site)).status_code == 201


async def test_no_code_is_issued_for_a_relation_against_which_an_order_stands(order, as_, cast):
    """It would let in whoever holds it, also the locked person under a new address."""
    await order("lock", "ben")
    codes = f"/api/v1/participants/{cast.leo.id}/linking-codes"

    refused = await as_("nora").post(codes, json={"relation": "father", "role": "guardian"})
    other = await as_("nora").post(codes, json={"relation": "grandparent", "role": "guardian"})
    await order("unlock", "ben")
    later = await as_("nora").post(codes, json={"relation": "father", "role": "guardian"})

    assert (refused.status_code, refused.json()["code"]) == (403, "guardianship.court_order")
    assert (other.status_code, later.status_code) == (201, 201)


async def test_staff_may_decide_anew_on_whom_the_locked_person_invited(invited, order, reads, as_, cast, hand_in):
    await invited("eve", by="ben", role="carer", relation="grandparent")
    await order("lock", "ben")
    codes = f"/api/v1/participants/{cast.leo.id}/linking-codes"
    wanted = {"relation": "other_guardian", "role": "guardian"}

    await hand_in("eve", (await as_("nora").post(codes, json=wanted)).json()["code"])

    assert await reads("eve") == 200
    await order("unlock", "ben")
    assert await reads("eve") == 200


async def test_nobody_of_the_family_can_tell(order, as_, cast):
    seen = f"/api/v1/participants/{cast.leo.id}/guardianships"
    before = (await as_("mia").get(seen)).json()

    await order("lock", "ben")

    assert (await as_("mia").get(seen)).json() == before
    staff = {item["display_name"]: item["court_order_at"] for item in (await as_("nora").get(seen)).json()["items"]}
    assert [name for name, at in staff.items() if at] == ["Ben"]
    assert {item["court_order_at"] for item in (await as_("max").get(seen)).json()["items"]} == {None}


async def test_only_staff_of_the_site_lock_with_a_fresh_proof_and_a_reason(order, cast, now):
    statuses = {who: (await order("lock", "ben", who)).status_code for who in ("otto", "max", "mia", "alma", "dag")}
    free_text = await order("lock", "ben", reason="he drinks")
    await Session.filter(id=cast.nora.session.id).update(proved_at=now - timedelta(minutes=11))
    stale = await order("lock", "ben")

    assert statuses == {"otto": 404, "max": 403, "mia": 403, "alma": 403, "dag": 403}
    assert free_text.json()["code"] == "body.invalid"
    assert stale.json()["code"] == "step_up.required"
    assert await Guardianship.filter(locked_at__isnull=False).count() == 0


async def test_lock_and_unlock_say_when_there_is_nothing_to_do(order, as_, link_of):
    assert (await order("unlock", "ben")).json()["state"] == "unlocked"
    await order("lock", "ben")
    assert (await order("lock", "ben")).json()["state"] == "locked"
    await as_("nora").post(f"/api/v1/guardianships/{(await link_of('mia')).id}/end")
    assert (await order("lock", "mia")).json()["state"] == "ended"
