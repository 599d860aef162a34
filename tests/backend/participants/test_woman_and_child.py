"""The woman who carries a child is noted when it is known, also later; two mothers are two custodians."""

import pytest

from models import AuditEvent, Participant
from models.actions import Action
from models.vocabulary import Arm, ParticipantKind


@pytest.fixture
async def unborn(cast, now):
    """The woman SE01-101 and the child SE01-102, enrolled without her; GB01-101 is a woman at London."""
    made = {}
    for code, kind in (("SE01-101", "woman"), ("SE01-102", "child"), ("GB01-101", "woman")):
        made[code] = await Participant.create(code=code, site=cast.sites[code[:4]], kind=ParticipantKind(kind),
                                              arm=Arm.PRENATAL, enrolled_at=now)
    return made


@pytest.fixture
def change(as_):
    async def ask(participant, by="nora", **wanted):
        return await as_(by).patch(f"/api/v1/participants/{participant.id}", json=wanted)

    return ask


async def test_staff_link_the_woman_to_the_child_afterwards_and_correct_it(unborn, change):
    woman, child = unborn["SE01-101"], unborn["SE01-102"]

    linked = await change(child, woman_code="SE01-101")

    assert (linked.status_code, linked.json()["woman_id"]) == (200, str(woman.id))
    again = await change(child, woman_code="SE01-101")
    assert again.status_code == 200
    (event,) = await AuditEvent.filter(action=Action.PARTICIPANT_CHANGE)
    assert (event.participant_id, event.changes) == (child.id, {"woman_id": [None, str(woman.id)]})
    assert (await change(child, woman_code=None)).json()["woman_id"] is None


async def test_she_must_be_a_woman_of_the_same_site_and_the_child_of_the_prenatal_arm(unborn, change, cast):
    child = unborn["SE01-102"]
    for code in ("GB01-101", "SE01-102", "SE01-999", "SE01-001"):
        answer = await change(child, woman_code=code)
        assert [one["code"] for one in answer.json()["findings"]] == ["woman_code.unknown"], code
    late = await change(cast.leo, woman_code="SE01-101")
    assert [one["code"] for one in late.json()["findings"]] == ["woman_code.wrong_arm"]
    assert (await change(unborn["SE01-101"], woman_code="SE01-101")).json()["code"] == "state.refuses"
    assert await Participant.filter(woman_id__isnull=False).count() == 0


async def test_others_link_nobody(unborn, change):
    statuses = {who: (await change(unborn["SE01-102"], by=who, woman_code="SE01-101")).status_code
                for who in ("otto", "max", "alma", "mia", "dag")}

    assert statuses == {"otto": 404, "max": 403, "alma": 403, "mia": 403, "dag": 403}


async def test_a_change_of_one_leaves_the_other(unborn, change):
    child = unborn["SE01-102"]
    await change(child, custodians=["mother", "mother"])

    answer = (await change(child, woman_code="SE01-101")).json()

    assert answer["custodians"] == ["mother", "mother"]
    assert (await change(child, custodians=["father"])).json()["woman_id"] == str(unborn["SE01-101"].id)


@pytest.mark.parametrize("wanted", [{}, {"custodians": ["mother"] * 3}, {"custodians": ["nurse"]}])
async def test_nothing_three_in_one_relation_and_who_can_not_consent_are_refused(unborn, change, wanted):
    answer = await change(unborn["SE01-102"], **wanted)

    assert answer.json()["code"] in ("body.does_not_fit", "body.invalid")
