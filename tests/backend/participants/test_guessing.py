"""Codes and invitations: once, in time, by one person; guessing gets nowhere, however many guess (F11)."""

from itertools import count

import pytest

from backend.participants.code_alphabet import as_shown, new_code
from models import Account, Guardianship, LinkingCode
from tests.cast import PASSWORD

URL = "/api/v1/linking-codes/redemption"


def told(code, email="sam@example.org"):
    return {"code": code, "email": email, "password": PASSWORD, "display_name": "Sam", "language": "sv",
            "timezone": "Europe/Stockholm"}


async def test_invitation_works_once_and_for_nobody_else_after(invite, hand_in, as_):
    code = (await invite(role="carer")).json()["code"]
    await hand_in("eve", code)

    again = [await hand_in("dana", code), await as_().post(URL, json=told(code)), await hand_in("eve", code)]

    assert {(answer.status_code, answer.json()["code"]) for answer in again} == {(410, "linking_code.refused")}


async def test_invitation_is_over_after_a_week(invite, hand_in, now):
    issued = (await invite(role="carer")).json()
    await LinkingCode.filter(id=issued["id"]).update(expires_at=now)

    assert (await hand_in("eve", issued["code"])).json()["code"] == "linking_code.refused"


async def test_stranger_makes_an_account_of_an_invitation(invite, as_, cast):
    code = (await invite(role="carer", relation="school_or_nursery")).json()["code"]

    answer = await as_().post(URL, json=told(code))

    assert answer.status_code == 201
    link = await Guardianship.get(account__email="sam@example.org")
    assert (link.role, link.capabilities, link.invited_by_id) == ("carer", ["log"], cast.mia.id)


@pytest.mark.full
async def test_ten_thousand_guesses_hit_nothing(invite, as_, cast, monkeypatch):
    """From one address all but the first are not even looked up; from many, none is right."""
    await invite(role="carer")
    addresses = (f"2001:db8:{number:x}::" for number in count())
    client, statuses = as_(), []
    for turn in range(10_000):
        if turn == 5_000:
            monkeypatch.setattr("backend.participants.routes.address_of", lambda _request: next(addresses))
        statuses.append((await client.post(URL, json=told(as_shown(new_code())))).status_code)

    assert statuses[:5_000].count(429) >= 4_900  # a new quarter of an hour may begin in between
    assert set(statuses[5_000:]) == {410}
    assert not await Account.filter(email="sam@example.org").exists()
