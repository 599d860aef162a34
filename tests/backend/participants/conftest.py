"""Codes of the site and invitations of the family, and handing them in."""

from datetime import timedelta

import pytest

from models import Guardianship, Participant

MINE = "/api/v1/linking-codes/redemption/mine"


@pytest.fixture
def invite(as_, cast):
    """`await invite("mia", role="guardian")` is the answer to an invitation for Leo."""

    async def issue(by="mia", *, participant=None, **wanted):
        where = f"/api/v1/participants/{(participant or cast.leo).id}/invitations"
        return await as_(by).post(where, json={"relation": "step_parent", "role": "guardian"} | wanted)

    return issue


@pytest.fixture
def hand_in(as_):
    """`await hand_in("eve", code)` is the answer when Eve redeems it into her account."""

    async def show(name, code):
        return await as_(name).post(MINE, json={"code": code})

    return show


@pytest.fixture
def invited(invite, hand_in, cast):
    """`await invited("eve", by="mia")` is Eve's guardianship of Leo, by Mia's invitation."""

    async def link(name, by="mia", **wanted):
        issued = await invite(by, **wanted)
        assert issued.status_code == 201, issued.text
        redeemed = await hand_in(name, issued.json()["code"])
        assert redeemed.status_code == 201, redeemed.text
        return await Guardianship.get(id=redeemed.json()["id"])

    return link


@pytest.fixture
def link_of(cast):
    """`await link_of("ben")` is his newest guardianship of Leo."""

    async def find(name):
        own = Guardianship.filter(account_id=cast.people[name].id, participant_id=cast.leo.id)
        return await own.order_by("-id").first()

    return find


@pytest.fixture
async def leo(cast, now) -> Participant:
    """Enrolled a month ago, so that days can lie between."""
    cast.leo.enrolled_at = now - timedelta(days=30)
    await cast.leo.save(update_fields=["enrolled_at"])
    return cast.leo
