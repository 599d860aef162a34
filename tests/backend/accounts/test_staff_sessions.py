"""Staff are asked for their second factor again after a working day, whatever they signed in with."""

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
