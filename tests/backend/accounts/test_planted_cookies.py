"""A session cookie that a neighbouring host name has planted signs nobody in (session fixation)."""

import dataclasses

import msgspec

from backend.access.sessions import Device, start_session
from backend.app import create_app
from models.vocabulary import SessionKind
from tests.cast import client_for


async def test_only_the_cookie_bound_to_our_host_counts(study, cast, now):
    settings = msgspec.structs.replace(study.settings, public_url="https://diary.example.org")
    app = create_app(dataclasses.replace(study, settings=settings), opens_database=False)
    started = await start_session(study.seal, cast.eve.account, Device(SessionKind.BROWSER), now)

    async with client_for(app) as client:
        planted = await client.get("/api/v1/me", headers={"Cookie": f"session={started.secret}"})
        ours = await client.get("/api/v1/me", headers={"Cookie": f"__Host-session={started.secret}"})

    assert (planted.status_code, ours.status_code) == (401, 200)
