"""Who was invited keeps at most what the inviter has left: less when it becomes less, nothing when it ends."""

from datetime import timedelta

import pytest

from models import AuditEvent, Guardianship, Session
from models.actions import Action

CHILD = "/api/v1/participants/{}/changes"


@pytest.fixture
async def chain(invited):
    """Ben invited Eve, and Eve invited Otto and Dana; Mia invited Max."""
    return {
        "eve": await invited("eve", by="ben"), "otto": await invited("otto", by="eve", relation="foster_carer"),
        "dana": await invited("dana", by="eve", role="carer", relation="grandparent"),
        "max": await invited("max", by="mia", role="carer", relation="grandparent"),
    }


@pytest.fixture
def end(as_, link_of):
    async def ask(name, by="nora", **params):
        return await as_(by).post(f"/api/v1/guardianships/{(await link_of(name)).id}/end", params=params)

    return ask


@pytest.fixture
def living():
    async def names():
        links = await Guardianship.filter(ends_at__isnull=True).exclude(relation="mother").select_related("account")
        return {link.account.display_name.lower() for link in links}

    return names


async def test_staff_who_end_ben_end_whom_he_invited_and_nobody_else(chain, end, living, as_, cast, now):
    assert (await end("ben")).status_code == 200

    assert await living() == {"greta", "max"}
    for name in ("ben", "eve", "otto", "dana"):
        assert (await as_(name).get(CHILD.format(cast.leo.id))).status_code in (401, 403, 404)
    events = await AuditEvent.filter(action=Action.GUARDIANSHIP_END)
    assert len(events) == 4
    assert {event.actor_id for event in events} == {cast.nora.id}
    assert (await Session.get(id=cast.ben.session.id)).end_reason == "guardianship_over"


async def test_staff_may_let_them_stay(chain, end, living):
    assert (await end("ben", keep_invited="true")).status_code == 200

    assert await living() == {"greta", "max", "eve", "otto", "dana"}


async def test_a_family_can_not_let_them_stay(chain, end, living):
    refused = await end("eve", by="ben", keep_invited="true")

    assert (refused.status_code, refused.json()["code"]) == (403, "role.may_not")
    assert "eve" in await living()
    assert (await end("eve", by="ben")).status_code == 200
    assert await living() == {"greta", "max", "ben"}


async def test_who_came_by_an_invitation_leaves_by_themself_with_whom_they_invited(chain, end, living, cast):
    assert (await end("eve", by="eve")).status_code == 200

    assert await living() == {"greta", "max", "ben"}
    assert await AuditEvent.filter(action=Action.INVITED_END, actor_id=cast.eve.id).count() == 3
    assert (await end("ben", by="ben")).json()["code"] == "role.may_not", "whom the site admitted, the site lets go"


async def test_who_came_by_an_invitation_does_not_limit_themself_or_the_inviter(chain, as_, link_of):
    for name in ("eve", "ben"):
        answer = await as_("eve").patch(
            f"/api/v1/guardianships/{(await link_of(name)).id}", json={"capabilities": ["log"]})
        assert answer.json()["code"] == "role.may_not"


async def test_limit_reaches_all_who_came_by_it_at_once_and_each_is_in_the_trail(chain, as_, link_of, cast, now):
    until = now + timedelta(days=3)

    answer = await as_("nora").patch(f"/api/v1/guardianships/{(await link_of('ben')).id}",
                                     json={"capabilities": ["log", "see"], "ends_at": until.isoformat()})

    assert answer.status_code == 200
    for name, left in (("ben", ["log", "see"]), ("eve", ["log", "see"]), ("otto", ["log", "see"]), ("dana", ["log"])):
        link = await link_of(name)
        assert (link.capabilities, link.ends_at) == (left, until), name
    assert (await link_of("max")).ends_at is None
    changed = await AuditEvent.filter(action=Action.GUARDIANSHIP_LIMIT).order_by("seq")
    assert len(changed) == 4
    of_dana = next(event for event in changed if event.subject_id == chain["dana"].id)
    assert of_dana.changes == {"ends_at": [None, until.isoformat()]}


async def test_who_has_nothing_left_is_out(chain, as_, link_of, living):
    """Eve may only see; a carer of hers who may only log has nothing left."""
    answer = await as_("ben").patch(f"/api/v1/guardianships/{(await link_of('eve')).id}",
                                    json={"capabilities": ["see"]})

    assert answer.status_code == 200
    assert await living() == {"greta", "max", "ben", "eve", "otto"}
    assert (await link_of("otto")).capabilities == ["see"]


@pytest.mark.parametrize("by_replacing", [False, True])
async def test_a_new_code_that_allows_less_takes_it_from_the_invited_too(
    chain, as_, link_of, hand_in, cast, by_replacing
):
    old = await link_of("ben")
    code = {"relation": "father", "role": "guardian", "capabilities": ["log", "see"]}
    issued = await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/linking-codes",
                                    json=code | ({"replaces": str(old.id)} if by_replacing else {}))

    assert (await hand_in("bea" if by_replacing else "ben", issued.json()["code"])).status_code == 201

    assert (await link_of("eve")).capabilities == ["log", "see"]
    assert (await link_of("otto")).capabilities == ["log", "see"]
    assert (await link_of("dana")).capabilities == ["log"]


async def test_everybody_sees_by_whom_somebody_came(chain, as_, link_of, cast):
    for reader in ("nora", "mia", "max"):
        found = await as_(reader).get(f"/api/v1/participants/{cast.leo.id}/guardianships")
        if reader == "max":  # a monitor, and a carer by Mia's invitation
            assert found.status_code == 200
        by = {item["id"]: item["invited_by"] for item in found.json()["items"]}
        assert by[str(chain["eve"].id)] == str((await link_of("ben")).id)
        assert by[str(chain["dana"].id)] == str(chain["eve"].id)
        assert by[str((await link_of("greta")).id)] is None


async def test_coordinator_does_not_become_a_guardian_by_a_code_of_her_own(as_, hand_in, cast):
    issued = await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/linking-codes",
                                    json={"relation": "step_parent", "role": "guardian"})
    code = issued.json()["code"]

    refused = await hand_in("nora", code)

    assert (refused.status_code, refused.json()["code"]) == (409, "invitation.not_for_you")
    assert not await Guardianship.exists(account_id=cast.nora.id)
    assert (await hand_in("eve", code)).status_code == 201, "it stays good for whom it is for"
