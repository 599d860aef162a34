"""Watching for changes ends with the right to see them, however busy the diary is."""

import asyncio

import pytest

from backend.diary import events
from models import Guardianship, Session
from models.actions import Action
from models.statement import rows


@pytest.fixture
async def stream(cast, monkeypatch):
    """What Mia's phone is told about Leo, looked at often."""
    monkeypatch.setattr(events, "LOOK_EVERY", 0.05)
    told = events.pokes(await cast.actor("mia", Action.DIARY_READ), cast.leo.id)
    yield told
    await told.aclose()


async def test_phone_is_poked_when_somebody_else_writes(stream, phone_of):
    first = await anext(stream)
    ben = phone_of("ben")
    await ben.push(ben.item())

    assert (first.data, (await anext(stream)).data) == ('{"cursor":0}', '{"cursor":1}')


@pytest.mark.parametrize("ended", ["guardianship", "session"])
async def test_poke_never_reaches_a_phone_whose_right_has_ended(ended, stream, phone_of, cast, now):
    await anext(stream)
    if ended == "session":
        await Session.filter(id=cast.mia.session.id).update(ended_at=now, end_reason="signed_out")
    else:
        await Guardianship.filter(account_id=cast.mia.id).update(ends_at=now)
    ben = phone_of("ben")
    await ben.push(ben.item())

    with pytest.raises(StopAsyncIteration):
        await anext(stream)


@pytest.mark.parametrize("ended", ["guardianship", "court_order", "session"])
async def test_stream_ends_within_two_looks_though_nobody_writes(ended, stream, cast, now):
    await anext(stream)
    if ended == "session":
        await Session.filter(id=cast.mia.session.id).update(ended_at=now, end_reason="signed_out")
    else:
        field = "ends_at" if ended == "guardianship" else "locked_at"
        await Guardianship.filter(account_id=cast.mia.id).update(**{field: now})

    async with asyncio.timeout(5):  # a ping after 15 seconds would come too late
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_stream_that_stays_open_hears_again_after_the_database_failed_it(stream, phone_of, caplog):
    await anext(stream)
    await rows("ALTER TABLE participant RENAME TO participant_away")
    await asyncio.sleep(0.4)
    await rows("ALTER TABLE participant_away RENAME TO participant")
    ben = phone_of("ben")
    await ben.push(ben.item())

    async with asyncio.timeout(5):
        assert (await anext(stream)).data == '{"cursor":1}'
    assert "watching failed" in caplog.text  # or it proved nothing


async def test_one_family_can_not_open_streams_without_end(as_, cast, monkeypatch):
    monkeypatch.setattr(events, "MOST_WATCHING", 0)

    answer = await as_("mia").get(f"/api/v1/participants/{cast.leo.id}/events")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
