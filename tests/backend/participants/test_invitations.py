"""A guardian invites: no more than the guardian may, no longer, and never oneself."""

import asyncio
from datetime import datetime, timedelta

import pytest

from backend.errors import CapabilityEscalation, NotFound
from backend.participants.invitations import invite as issue_invitation
from backend.participants.schemas import NewInvitation
from models import AuditEvent, Guardianship, LinkingCode
from models.actions import Action
from models.vocabulary import Capability, ParticipantState, Relation

URL = "/api/v1/participants"


@pytest.fixture
def invitations(cast):
    return f"{URL}/{cast.leo.id}/invitations"


async def narrow(cast, name, **changes):
    await Guardianship.filter(account_id=cast.people[name].id).update(**changes)


async def test_mia_invites_leos_step_father_who_then_speaks_for_leo(invite, hand_in, as_, cast):
    answer = await invite()

    issued = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert issued["deep_link"].startswith("http://localhost:8000/link#")
    assert issued["qr_svg"].startswith("<svg")
    redeemed = (await hand_in("eve", issued["code"])).json()
    assert redeemed["capabilities"] == ["log", "see", "answer", "invite"]
    link = await Guardianship.get(id=redeemed["id"])
    assert (link.invited_by_id, link.role, link.relation) == (cast.mia.id, "guardian", "step_parent")
    assert (await as_("eve").get(f"{URL}/{cast.leo.id}/changes")).status_code == 200
    event = await AuditEvent.get(action=Action.INVITATION_ISSUE)
    assert (event.participant_id, event.actor_id) == (cast.leo.id, cast.mia.id)
    assert issued["code"].replace("-", "") not in str(await LinkingCode.all().values())


async def test_invited_guardian_is_no_custodian(invited, cast):
    before = list(cast.leo.custodians)

    await invited("eve")

    await cast.leo.refresh_from_db()
    assert cast.leo.custodians == before == ["mother", "father"]


async def test_carer_reports_only_unless_given_sight(invited, as_, cast):
    await invited("eve", role="carer", relation="grandparent")
    await invited("dana", role="carer", relation="grandparent", capabilities=["log", "see"])

    assert (await as_("eve").get(f"{URL}/{cast.leo.id}/changes")).status_code == 404
    assert (await as_("dana").get(f"{URL}/{cast.leo.id}/changes")).status_code == 200


@pytest.mark.parametrize("wanted", [
    {"role": "carer", "capabilities": ["log", "invite"]},
    {"role": "carer", "capabilities": ["log", "see", "answer"]},
])
async def test_carer_is_never_given_more_than_sight(invite, wanted):
    answer = await invite(**wanted)

    assert (answer.status_code, answer.json()["code"]) == (403, "capability.escalation")
    assert answer.json()["beyond"] == wanted["capabilities"][-1:]


async def test_nobody_gives_more_than_they_have(invite, cast):
    await narrow(cast, "mia", capabilities=[Capability.LOG, Capability.INVITE])

    refused = [await invite(capabilities=["log", "see"]), await invite(role="carer", capabilities=["see"])]
    given = await invite()

    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(403, "capability.escalation")}
    assert (await LinkingCode.get(id=given.json()["id"])).capabilities == ["log", "invite"]


async def test_guardian_without_that_right_invites_nobody(invite, cast, as_, invitations):
    await narrow(cast, "mia", capabilities=[Capability.LOG, Capability.SEE, Capability.ANSWER])

    assert (await invite()).status_code == 404
    assert (await as_("mia").get(invitations)).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("greta", 403), ("eve", 404), ("nora", 403), ("alma", 403)])
async def test_others_invite_nobody(invite, who, status):
    assert (await invite(who)).status_code == status


async def test_teenager_with_an_own_account_invites_nobody(invite, cast):
    await narrow(cast, "mia", role="participant", relation="participant_self")

    assert (await invite()).status_code == 403


async def test_invited_never_stay_longer_than_the_inviter(invite, hand_in, cast, now):
    ends = now + timedelta(days=30)
    await narrow(cast, "mia", ends_at=ends)

    beyond = await invite(ends_at=(ends + timedelta(seconds=1)).isoformat())
    unsaid = await invite()

    assert (beyond.status_code, beyond.json()["findings"][0]["code"]) == (422, "ends_at.beyond_own")
    redeemed = (await hand_in("eve", unsaid.json()["code"])).json()
    assert datetime.fromisoformat(redeemed["ends_at"]) == ends


async def test_grandmother_for_the_summer_begins_and_ends_by_herself(invited, as_, cast, now):
    await invited("eve", role="carer", relation="grandparent", starts_at=(now + timedelta(days=2)).isoformat(),
                  ends_at=(now + timedelta(days=9)).isoformat())

    assert [child["code"] for child in (await as_("eve").get("/api/v1/me")).json()["participants"]] == ["GB01-001"]
    link = await Guardianship.get(account_id=cast.eve.id, participant_id=cast.leo.id)
    assert (link.starts_at, link.ends_at) == (now + timedelta(days=2), now + timedelta(days=9))


@pytest.mark.parametrize(("span", "finding"), [
    ({"ends_at": -1}, "ends_at.in_past"), ({"starts_at": 5, "ends_at": 4}, "ends_at.before_start"),
    ({"ends_at": 60 * 365}, "ends_at.too_late"), ({"starts_at": 60 * 365}, "starts_at.too_late"),
])
async def test_odd_spans_are_findings(invite, now, span, finding):
    wanted = {name: (now + timedelta(days=days)).isoformat() for name, days in span.items()}

    answer = await invite(**wanted)

    assert (answer.status_code, answer.json()["findings"][0]["code"]) == (422, finding)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
async def test_ends_of_time_are_findings_and_no_fault_of_ours(invite, at):
    assert (await invite(ends_at=at)).status_code == 422
    assert (await invite(starts_at=at)).status_code in (201, 422)


async def test_mia_can_not_invite_herself_and_the_invitation_stays_good(invite, hand_in):
    code = (await invite()).json()["code"]

    refused = await hand_in("mia", code)

    assert (refused.status_code, refused.json()["code"]) == (409, "invitation.not_for_you")
    assert (await hand_in("eve", code)).status_code == 201


async def test_invitation_never_replaces_what_staff_decided(invite, hand_in, link_of):
    code = (await invite(role="carer", relation="grandparent", capabilities=["log", "see"])).json()["code"]
    before = {name: dict(await link_of(name)) for name in ("ben", "greta")}

    answers = [await hand_in(name, code) for name in ("ben", "greta")]

    assert {answer.status_code for answer in answers} == {409}
    assert {name: dict(await link_of(name)) for name in before} == before
    assert (await hand_in("eve", code)).status_code == 201


async def test_code_of_the_site_lives_beside_an_invitation_for_the_same_relation(as_, cast, invite, hand_in):
    codes = f"{URL}/{cast.leo.id}/linking-codes"
    of_site = await as_("nora").post(codes, json={"relation": "step_parent", "role": "guardian"})
    of_mia = await invite()
    again = await as_("nora").post(codes, json={"relation": "step_parent", "role": "guardian"})

    states = {item["id"]: (item["state"], item["by_family"]) for item in (await as_("nora").get(codes)).json()["items"]}

    assert states == {of_site.json()["id"]: ("revoked", False), of_mia.json()["id"]: ("active", True),
                      again.json()["id"]: ("active", False)}


async def test_inviting_again_for_a_relation_voids_the_older_one_but_carers_may_be_several(invite, as_, invitations):
    for role in ("guardian", "guardian", "carer", "carer"):
        assert (await invite(role=role, relation="grandparent")).status_code == 201

    items = (await as_("mia").get(invitations)).json()["items"]

    assert [(item["role"], item["state"]) for item in items] == [
        ("carer", "active"), ("carer", "active"), ("guardian", "active"), ("guardian", "revoked")]


async def test_mia_sees_and_revokes_her_own_invitations_only(invite, as_, invitations, hand_in):
    mine, bens = (await invite("mia")).json(), (await invite("ben", role="carer")).json()

    assert [item["id"] for item in (await as_("mia").get(invitations)).json()["items"]] == [mine["id"]]
    assert (await as_("mia").delete(f"{invitations}/{bens['id']}")).status_code == 404
    assert (await as_("mia").delete(f"{invitations}/{mine['id']}")).status_code == 204
    assert (await as_("mia").delete(f"{invitations}/{mine['id']}")).status_code == 409
    assert (await hand_in("eve", mine["code"])).json()["code"] == "linking_code.refused"


async def test_staff_may_revoke_an_invitation(invite, as_, cast, hand_in):
    issued = (await invite()).json()

    assert (await as_("nora").delete(f"{URL}/{cast.leo.id}/linking-codes/{issued['id']}")).status_code == 204
    assert (await hand_in("eve", issued["code"])).status_code == 410


@pytest.mark.parametrize("changes", [
    {"capabilities": [Capability.LOG, Capability.SEE]}, {"ends_at": "now"}, {"locked_at": "now"},
])
async def test_invitation_dies_with_the_inviters_right_to_invite(invite, hand_in, cast, now, changes):
    code = (await invite()).json()["code"]
    await narrow(cast, "mia", **{name: now if value == "now" else value for name, value in changes.items()})

    assert (await hand_in("eve", code)).json()["code"] == "linking_code.refused"


@pytest.mark.parametrize("wanted", [
    {"role": "participant", "relation": "participant_self"}, {"role": "coordinator"},
    {"relation": "site_staff_on_behalf"}, {"relation": "participant_self"}, {"capabilities": []},
    {"capabilities": ["everything"]}, {"ends_at": "2027-01-01"},
])
async def test_what_families_can_not_give_is_refused(invite, wanted):
    assert (await invite(**wanted)).json()["code"] in ("body.invalid", "body.does_not_fit")


async def test_nobody_is_invited_to_a_child_who_left(invite, cast):
    await cast.leo.update_from_dict({"state": ParticipantState.WITHDRAWN}).save()

    assert (await invite()).status_code == 409


async def test_inviting_is_limited(invite):
    answers = [(await invite(role="carer")).status_code for _ in range(21)]

    assert answers == [201] * 20 + [429]


async def test_those_who_redeem_one_invitation_at_once_get_it_once(invite, hand_in, row_held, cast):
    code = (await invite()).json()["code"]

    async with row_held("participant", cast.leo.id):
        tries = [asyncio.ensure_future(hand_in(name, code)) for name in ("eve", "otto", "dana", "mia", "ben")]
    answers = await asyncio.gather(*tries)

    assert sorted(answer.status_code for answer in answers)[0] == 201
    assert [answer.status_code for answer in answers].count(201) == 1
    assert await Guardianship.filter(participant_id=cast.leo.id, relation="step_parent").count() == 1


async def test_right_that_became_less_since_the_request_began_is_not_handed_on(cast, study, now):
    as_it_was = await cast.actor("mia", Action.INVITATION_ISSUE)
    wanted = NewInvitation(Relation.STEP_PARENT, "guardian", capabilities=[Capability.SEE])

    await narrow(cast, "mia", capabilities=[Capability.LOG, Capability.INVITE])
    with pytest.raises(CapabilityEscalation):
        await issue_invitation(as_it_was, study, cast.leo.id, wanted, now=now)
    await narrow(cast, "mia", ends_at=now)
    with pytest.raises(NotFound):
        await issue_invitation(as_it_was, study, cast.leo.id, wanted, now=now)
