"""Staff are asked for their second factor again after a working day, whatever they signed in with; and in a browser
that nobody has used for half an hour."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.access.sessions import Device, start_session
from backend.accounts.refresh import refresh
from backend.errors import RefreshRefused
from models import Session
from models.vocabulary import SessionKind


@pytest.mark.parametrize("kind", SessionKind)
async def test_session_of_staff_lasts_twelve_hours(kind, study, cast, now):
    started = await start_session(study.seal, cast.nora.account, Device(kind), now)

    assert started.expires_at - now == timedelta(hours=12)


async def test_no_refresh_makes_a_staff_session_longer(study, cast, now):
    first = (await start_session(study.seal, cast.nora.account, Device(SessionKind.APP), now)).secret

    second = (await refresh(study, first, now + timedelta(hours=11))).secret

    session = await Session.get(id=UUID(hex=first.partition(".")[0]))
    assert session.expires_at == now + timedelta(hours=12)
    with pytest.raises(RefreshRefused):
        await refresh(study, second, now + timedelta(hours=12))


@pytest.fixture
def browser_of(as_, cast, study, now):
    """`await browser_of("nora", 29)`: her browser, last used 29 minutes ago."""

    async def browser(name, minutes_ago):
        started = await start_session(study.seal, cast.people[name].account, Device(SessionKind.BROWSER), now)
        await Session.filter(id=started.session_id).update(last_seen_at=now - timedelta(minutes=minutes_ago))
        client = as_()
        client.cookies.set("session", started.secret)
        return client, started.session_id

    return browser


async def test_browser_of_staff_that_nobody_used_for_half_an_hour_is_signed_out(browser_of):
    nora, _ = await browser_of("nora", 31)

    for _ in range(2):
        assert (await nora.get("/api/v1/me")).json()["code"] == "not_signed_in"
    assert (await nora.get("/console/worklist")).headers["location"].startswith("/console/sign-in")


async def test_browser_of_staff_that_is_used_stays_signed_in(browser_of, now):
    nora, session_id = await browser_of("nora", 29)

    assert (await nora.get("/api/v1/me")).status_code == 200

    assert (await Session.get(id=session_id)).last_seen_at >= now


async def test_being_seen_is_written_once_a_minute_at_most(browser_of):
    nora, session_id = await browser_of("nora", 5)

    await nora.get("/api/v1/me")
    noted = (await Session.get(id=session_id)).last_seen_at
    for _ in range(3):
        await nora.get("/api/v1/me")

    assert (await Session.get(id=session_id)).last_seen_at == noted


async def test_families_and_apps_do_not_fall_asleep(browser_of, as_, cast, now):
    mia, session_id = await browser_of("mia", 60 * 24)
    await Session.filter(id=cast.nora.session.id).update(last_seen_at=now - timedelta(hours=5))
    before = (await Session.get(id=session_id)).last_seen_at

    assert (await mia.get("/api/v1/me")).status_code == 200
    assert (await as_("nora").get("/api/v1/me")).status_code == 200
    assert (await Session.get(id=session_id)).last_seen_at == before
