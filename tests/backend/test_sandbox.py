"""A sandbox's clock goes forward for all processes at once; nothing else is ever a sandbox."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest

from backend.app import create_app
from backend.clock import machine_now, run_ahead, utc_now
from backend.wiring import prepare_study, wire
from models import AuditEvent, Notice, Study, Visit
from models.actions import Action
from models.database import close_database, open_database
from models.vocabulary import DeliveryState, NoticeKind, VisitState
from tests.cast import Cast, assemble, client_for
from tests.processes import serving, started, typed, until

ADDRESS = "/api/v1/sandbox/clock"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def settings(settings):
    return msgspec.structs.replace(settings, sandbox=True)


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    run_ahead(timedelta(0))


@pytest.fixture
async def mia(study, cast):
    async with client_for(create_app(study, opens_database=False), cast.mia) as client:
        yield client


async def test_anybody_signed_in_moves_the_clock_forward(mia):
    before = utc_now()

    moved = await mia.put(ADDRESS, json={"advance": "P3DT1H"})
    read = await mia.get(ADDRESS)

    assert moved.status_code == 200, moved.text
    assert moved.json()["ahead_seconds"] == 3 * 86400 + 3600
    # the access token of 15 minutes is over, as it would be in three days
    assert read.status_code == 401
    assert utc_now() - before >= timedelta(days=3, hours=1)
    event = await AuditEvent.get(action=Action.CLOCK_MOVE)
    assert event.changes == {"clock_offset": [0, 3 * 86400 + 3600]}


async def test_clock_is_moved_to_an_instant(mia):
    at = (machine_now() + timedelta(minutes=5)).replace(microsecond=0)

    moved = await mia.put(ADDRESS, json={"at": at.isoformat()})

    assert timedelta(0) <= datetime.fromisoformat(moved.json()["now"]) - at < timedelta(seconds=5)
    assert (await mia.get(ADDRESS)).json()["ahead_seconds"] == moved.json()["ahead_seconds"]


@pytest.mark.parametrize("move", [
    {"advance": "-PT1M"}, {"at": "2020-01-01T00:00:00Z"}, {"advance": "P99999D"}, {}, {"advance": "P1D", "at": None,
     "by": 3}, {"advance": "P1D", "at": "2090-01-01T00:00:00Z"}, {"at": "2027-01-01T00:00:00"}, {"advance": "soon"},
], ids=["backwards", "the past", "too far", "nothing", "unknown field", "both", "no offset", "no duration"])
async def test_clock_that_would_go_elsewhere_stays(mia, move):
    refused = await mia.put(ADDRESS, json=move)

    assert refused.status_code in (400, 422), refused.text
    assert (await Study.get(id=1)).clock_offset == 0


async def test_nobody_moves_the_clock_without_signing_in(study):
    async with client_for(create_app(study, opens_database=False)) as nobody:
        assert (await nobody.put(ADDRESS, json={"advance": "P1D"})).status_code == 401


async def test_real_study_has_no_such_address_and_ignores_an_offset(study, cast):
    real = wire(msgspec.structs.replace(study.settings, sandbox=False))
    await Study.filter(id=1).update(clock_offset=86400)

    async with client_for(create_app(real, opens_database=False), cast.mia) as client:
        answers = [await client.get(ADDRESS), await client.put(ADDRESS, json={"advance": "P1D"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert abs(utc_now() - machine_now()) < timedelta(seconds=1)


@pytest.mark.parametrize("made_as", [True, False])
def test_sandbox_and_real_study_never_change_places(settings, made_as):
    made = msgspec.structs.replace(settings, sandbox=made_as)
    other = msgspec.structs.replace(settings, sandbox=not made_as)
    assert typed(made, "keys", "rotate").returncode == 0

    refused = [typed(other, *words) for words in (("serve",), ("worker",), ("check",), ("keys", "rotate"))]

    assert [ended.returncode for ended in refused] == [1, 1, 1, 1]
    for ended in refused:
        assert ("belongs to a sandbox" if made_as else "made for a real study") in ended.stdout + ended.stderr


def test_check_says_loudly_that_this_is_no_real_study(settings):
    typed(settings, "keys", "rotate")

    assert "THIS IS NO REAL STUDY" in typed(settings, "check").stdout


async def test_both_pages_say_that_this_is_for_practice(study, mia):
    real = create_app(wire(msgspec.structs.replace(study.settings, sandbox=False)), opens_database=False)

    sandbox = [await mia.get("/app/config.json"), await mia.get("/console/sign-in")]
    async with client_for(real) as client:
        others = [await client.get("/app/config.json"), await client.get("/console/sign-in")]

    assert (sandbox[0].json()["sandbox"], others[0].json()["sandbox"]) == (True, False)
    assert "For practice only" in sandbox[1].text
    assert "For practice only" not in others[1].text


async def _people(settings) -> tuple[Cast, datetime]:
    """The cast with a visit of Leo's in a week; the answer is also the moment of its reminder three days before."""
    await open_database(settings.database_url, 2)
    try:
        wiring = wire(settings)
        await prepare_study(wiring, utc_now())
        cast = await assemble(wiring, utc_now() - timedelta(minutes=1))
        day = (utc_now() + timedelta(days=7)).astimezone(STOCKHOLM).date()
        await Visit.create(
            participant=cast.leo, plan_code="month_1", name="A visit", seq=1, state=VisitState.PLANNED, target_on=day,
            agreed_at=datetime.combine(day, time(12), STOCKHOLM), timezone="Europe/Stockholm",
        )
        return cast, datetime.combine(day - timedelta(days=3), time(9), STOCKHOLM)
    finally:
        await close_database()


async def _reminders(settings, state: DeliveryState) -> int:
    await open_database(settings.database_url, 1)
    try:
        return await Notice.filter(kind=NoticeKind.VISIT_AHEAD, slot__endswith="/3d", state=state).count()
    finally:
        await close_database()


def test_reminder_of_next_week_is_sent_once_the_clock_was_moved_by_another_process(settings):
    cast, due_at = asyncio.run(_people(settings))
    signed_in = {"Authorization": f"Bearer {cast.mia.token}"}

    with serving(settings) as (_, one), serving(settings) as (_, other), started(settings, "worker") as worker:
        until(lambda: asyncio.run(_reminders(settings, DeliveryState.QUEUED)) == 2, worker)
        moved = httpx.put(f"http://127.0.0.1:{one}{ADDRESS}", headers=signed_in,
                          json={"at": (due_at + timedelta(minutes=30)).isoformat()})
        seen = httpx.get(f"http://127.0.0.1:{other}{ADDRESS}", headers=signed_in)
        until(lambda: asyncio.run(_reminders(settings, DeliveryState.DELIVERED)) == 2, worker, 30)

    assert moved.status_code == 200, moved.text
    assert seen.status_code == 401, "in the other process too the token is four days old"
