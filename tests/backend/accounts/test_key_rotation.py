"""Signing keys are rotated while phones refresh and read at two processes, under a flood of made-up keys. (trust F5)"""

import asyncio
import base64
import json
from uuid import uuid4

import httpx
import pytest

from backend.access.keys import SIGNS_AFTER
from tests.processes import command, serving

ROTATIONS = 2
SECONDS = SIGNS_AFTER.total_seconds() + 3
"""After each rotation: long enough for the new key to sign."""


def made_up() -> dict[str, str]:
    parts = ({"alg": "ES256", "kid": uuid4().hex, "typ": "at+jwt"}, {"sub": "nobody"}, {})
    text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    return {"Authorization": f"Bearer {text}"}


async def floods(client: httpx.AsyncClient, ports: tuple[int, int], over: asyncio.Event) -> None:
    while not over.is_set():
        for port in ports:
            answer = await client.get(f"http://127.0.0.1:{port}/api/v1/me", headers=made_up())
            assert answer.status_code == 401
        await asyncio.sleep(0.05)


async def phones(
    client: httpx.AsyncClient, ports: tuple[int, int], refresh_token: str, over: asyncio.Event
) -> tuple[list[int], set[str]]:
    """What reads at one process answer right after the other gave the token, and the keys that signed."""
    statuses, keys, here = [], set(), 0
    while not over.is_set():
        given = await client.post(
            f"http://127.0.0.1:{ports[here]}/api/v1/sessions/refresh", json={"refresh_token": refresh_token})
        refresh_token, access = given.json()["refresh_token"], given.json()["access_token"]
        here = 1 - here
        read = await client.get(
            f"http://127.0.0.1:{ports[here]}/api/v1/me", headers={"Authorization": f"Bearer {access}"})
        statuses.append(read.status_code)
        keys.add(json.loads(base64.urlsafe_b64decode(access.partition(".")[0] + "=="))["kid"])
    return statuses, keys


@pytest.mark.full
async def test_no_valid_token_is_refused_while_keys_rotate(signs_in, settings):
    body, over = await signs_in("mia"), asyncio.Event()
    with serving(settings) as (_, one), serving(settings) as (_, two):
        async with httpx.AsyncClient(timeout=30) as client:
            started = (await client.post(f"http://127.0.0.1:{one}/api/v1/sessions", json=body)).json()
            work = [asyncio.create_task(floods(client, (one, two), over)),
                    asyncio.create_task(phones(client, (one, two), started["refresh_token"], over))]
            for _ in range(ROTATIONS):
                rotated = await asyncio.to_thread(command, settings, "keys", "rotate")
                assert rotated.returncode == 0, rotated.stderr
                await asyncio.sleep(SECONDS)
            over.set()
            _, (statuses, keys) = await asyncio.gather(*work)

    assert set(statuses) == {200}
    assert len(keys) == 1 + ROTATIONS
