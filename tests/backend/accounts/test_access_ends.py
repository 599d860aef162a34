"""After the answer that access was taken away, no read succeeds: while eight tasks read without a pause."""

import asyncio
from datetime import timedelta

import pytest

from backend.access import authentication
from models import Account, Guardianship, LinkingCode, Session, StaffRole
from models.vocabulary import Role

READERS = 8


async def role_of_nora(cast) -> str:
    role = await StaffRole.filter(account_id=cast.nora.id, site=cast.sites["SE01"]).order_by("-id").first()
    return f"/api/v1/staff/{cast.nora.id}/roles/{role.id}/end"


async def disabled(cast) -> str:
    return f"/api/v1/staff/{cast.nora.id}/disable"


async def guardianship_of_mia(cast) -> str:
    link = await Guardianship.get(account_id=cast.mia.id)
    return f"/api/v1/guardianships/{link.id}/end"


async def devices_of_mia(cast) -> str:
    link = await Guardianship.get(account_id=cast.mia.id)
    return f"/api/v1/guardianships/{link.id}/devices/end"


async def given_back(cast) -> None:
    """As it was: what was ended lives again."""
    await StaffRole.all().update(ends_at=None)
    await Account.all().update(disabled_at=None)
    await Guardianship.all().update(ends_at=None)
    await Session.all().update(ended_at=None, end_reason=None)


async def reads_after(client, path: str, taken: asyncio.Event) -> tuple[int, list[int]]:
    """How many reads succeeded before, and what every read begun after it answered."""
    before, after = 0, []
    while len(after) < 3:
        begun_after = taken.is_set()
        status = (await client.get(path)).status_code
        if begun_after:
            after.append(status)
        else:
            before += status == 200
    return before, after


CASES = [
    pytest.param("nora", "/api/v1/participants/{leo}", role_of_nora, "alma", id="role taken away"),
    pytest.param("nora", "/api/v1/participants/{leo}", role_of_nora, "alma", id="one of two sites taken away"),
    pytest.param("nora", "/api/v1/worklist", disabled, "alma", id="account disabled"),
    pytest.param("mia", "/api/v1/participants/{leo}/changes", guardianship_of_mia, "nora", id="guardianship ended"),
    pytest.param("mia", "/api/v1/participants/{leo}/changes", devices_of_mia, "nora", id="devices signed out"),
]


@pytest.mark.parametrize(("who", "path", "act", "by"), CASES)
@pytest.mark.parametrize("trials", [3, pytest.param(1_000, marks=pytest.mark.full)])
async def test_no_read_succeeds_after_access_was_taken_away(as_, cast, request, who, path, act, by, trials, now):
    if "two sites" in request.node.callspec.id:
        await StaffRole.create(account=cast.nora.account, role=Role.COORDINATOR, site=cast.sites["GB01"], starts_at=now)
    reader, taker, leak, busy = as_(who), as_(by), 0, 0
    path = path.format(leo=cast.leo.id)
    for _ in range(trials):
        taken = asyncio.Event()
        tasks = [asyncio.create_task(reads_after(reader, path, taken)) for _ in range(READERS)]
        await asyncio.sleep(0.02)
        answer = await taker.post(await act(cast))
        taken.set()
        assert answer.status_code == 200, answer.text
        for before, after in await asyncio.gather(*tasks):
            busy += before
            leak += sum(status == 200 for status in after)
        await given_back(cast)

    assert leak == 0
    assert busy, "nobody was reading"


SLOW = [
    ("mia", "/api/v1/participants/{leo}/invitations", "application/json",
     b'{"relation": "step_parent", "role": "guardian"}', 401),
    ("nora", "/console/participants/{leo}/linking-codes", "application/x-www-form-urlencoded",
     b"relation=step_parent&role=guardian", 303),  # a page leads to the sign-in
]


@pytest.mark.parametrize(("who", "path", "kind", "content", "refusal"), SLOW)
async def test_sender_of_a_slow_body_is_looked_at_again(
    as_, cast, who, path, kind, content, refusal, now, monkeypatch
):
    monkeypatch.setattr(authentication, "LOOKED_AT_FOR", timedelta(0))
    begun, taken = asyncio.Event(), asyncio.Event()

    async def body():
        begun.set()  # from here on the guard has looked
        await taken.wait()
        yield content

    request = asyncio.create_task(
        as_(who).post(path.format(leo=cast.leo.id), content=body(), headers={"Content-Type": kind})
    )
    async with asyncio.timeout(20):
        await begun.wait()
        await Session.filter(id=cast.people[who].session.id).update(ended_at=now)
        taken.set()
        answer = await request

    assert answer.status_code == refusal
    assert not await LinkingCode.exists()
