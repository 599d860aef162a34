"""The truth table of refreshing, one test per line of it, and many phones' worth of luck at once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from backend.access.seal import secret_hash
from backend.access.sessions import APP_LIFETIME, Device, refresh_token, start_session
from backend.accounts.refresh import refresh
from backend.errors import RefreshRefused
from models import AuditEvent, Session
from models.actions import Action
from models.vocabulary import SessionKind

URL = "/api/v1/sessions/refresh"


@pytest.fixture
async def first(cast, study, now):
    """Mia's app has just signed in: the refresh token of generation 1, never used."""
    return (await start_session(study.seal, cast.mia.account, Device(SessionKind.APP), now)).secret


@pytest.fixture
def turn(as_):
    client = as_()

    async def post(token):
        answer = await client.post(URL, json={"refresh_token": token})
        return answer.json()["refresh_token"] if answer.status_code == 200 else answer.json()["code"]

    return post


async def living(token):
    return await Session.get(id=UUID(hex=token.partition(".")[0]))


async def test_unused_token_gives_a_successor_one_generation_on(first, turn):
    second = await turn(first)
    third = await turn(second)

    assert [token.split(".")[1] for token in (first, second, third)] == ["1", "2", "3"]
    assert (await living(first)).parent_hash == secret_hash(second)


async def test_parent_works_again_until_its_successor_was_used(first, turn):
    lost = await turn(first)
    fresh = await turn(first)

    assert fresh != lost
    assert fresh.split(".")[1] == "2"
    assert (await turn(fresh)).split(".")[1] == "3"


async def test_killed_successor_is_superseded_and_the_session_lives(first, turn):
    lost = await turn(first)
    await turn(first)

    assert await turn(lost) == "refresh_token.superseded"
    assert (await living(first)).ended_at is None
    assert (await turn(first)).split(".")[1] == "2"


async def test_older_token_ends_the_session_although_the_request_is_refused(first, turn, as_, study, now, cast):
    access = await study.tokens.issue(cast.mia.id, (await living(first)).id, now)
    second = await turn(first)
    third = await turn(second)

    assert await turn(first) == "refresh_token.refused"

    session = await living(first)
    assert session.end_reason == "refresh_reuse"
    assert await turn(third) == "refresh_token.refused"
    assert (await as_().get("/api/v1/me", headers={"Authorization": f"Bearer {access}"})).status_code == 401
    assert await AuditEvent.filter(action=Action.SESSION_END, subject_id=session.id).count() == 1


async def test_killed_token_shown_after_its_sibling_was_used_ends_the_session(first, turn):
    lost = await turn(first)
    await turn(await turn(first))

    assert await turn(lost) == "refresh_token.refused"
    assert (await living(first)).ended_at is not None


async def test_made_up_token_ends_nothing(first, turn):
    second = await turn(first)
    await turn(second)
    head = first.partition(".")[0]

    for forged in (f"{head}.1.made-up", f"{head}.0.", "x", "", first[:-1] + "x", second.replace(".2.", ".1.", 1)):
        assert await turn(forged) == "refresh_token.refused"

    assert (await living(first)).ended_at is None


async def test_token_of_a_generation_not_reached_yet_is_refused(first, turn, study):
    session = await living(first)

    assert await turn(refresh_token(study.seal, session.id, 7)) == "refresh_token.refused"
    assert (await living(first)).ended_at is None


async def test_signed_out_disabled_and_expired_do_not_refresh(first, turn, cast, study, now):
    with pytest.raises(RefreshRefused):
        await refresh(study, first, now + APP_LIFETIME)
    await cast.mia.account.update_from_dict({"disabled_at": now}).save()
    assert await turn(first) == "refresh_token.refused"
    await cast.mia.account.update_from_dict({"disabled_at": None}).save()
    await Session.filter(account_id=cast.mia.id).update(ended_at=now)
    assert await turn(first) == "refresh_token.refused"


async def test_each_refresh_keeps_the_device_signed_in_for_ninety_days_more(first, study, now):
    later = now + timedelta(days=80)

    await refresh(study, first, later)

    assert (await living(first)).expires_at == later + APP_LIFETIME


async def test_twenty_refreshes_at_once_leave_one_living_token(first, turn):
    answers = await asyncio.gather(*(turn(first) for _ in range(20)))

    assert all(answer.count(".") == 2 for answer in answers), answers
    session = await living(first)
    winners = [token for token in answers if secret_hash(token) == session.token_hash]
    assert len(winners) == 1
    assert {await turn(token) for token in answers if token not in winners} == {"refresh_token.superseded"}
    assert (await turn(winners[0])).split(".")[1] == "3"


async def test_parent_and_successor_at_once_never_leave_two_lineages(first, turn, row_held):
    second = await turn(first)

    async with row_held("session", UUID(hex=first.partition(".")[0])):
        tries = [asyncio.ensure_future(turn(token)) for _ in range(4) for token in (second, first)]
    answers = await asyncio.gather(*tries)

    session = await living(first)
    issued = [answer for answer in answers if answer.count(".") == 2]
    assert set(answers) - set(issued) <= {"refresh_token.superseded", "refresh_token.refused"}
    assert sum(secret_hash(token) == session.token_hash for token in issued) <= 1
    assert session.generation == max(int(token.split(".")[1]) for token in issued)  # it never goes back
