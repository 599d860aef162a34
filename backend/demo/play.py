"""One entry's whole way, played over HTTP against the running demo, and told while it happens."""

import asyncio
from typing import Any
from uuid import uuid4

import click
import httpx
import pyotp

from backend.access.credentials import STEP_SECONDS
from backend.access.seal import Seal
from backend.clock import utc_now
from backend.demo.people import PASSWORD, address_of
from models import Account
from models.fields import new_id

PATIENCE = 40
"""Seconds until the message must have arrived: the worker looks every two."""


class Stuck(Exception):
    """The entry did not get to the end of its way; the message says where."""


def say(line: str) -> None:
    click.echo(f"  {line}")


async def play(base_url: str, seal: Seal, arrived: dict[str, dict[str, Any]]) -> None:
    """Mia logs a fracture, Nora asks back and validates, the study team receives it once. Raises Stuck."""
    async with httpx.AsyncClient(base_url=base_url, timeout=20) as mia, \
            httpx.AsyncClient(base_url=base_url, timeout=20) as nora:
        await _sign_in(mia, "mia", None)
        await _sign_in(nora, "nora", await unused_code(seal, "nora", within=-1))
        me = (await _ok(mia.get("/api/v1/me"))).json()
        child = me["participants"][0]["id"]
        entry_id = await _log_offline(mia, child)
        await _ask_back(nora, entry_id)
        await _answer(mia, child, entry_id)
        await _validate(nora, entry_id)
    await _wait_for_arrival(arrived, entry_id)


async def unused_code(seal: Seal, name: str, *, within: int) -> str:
    """A code of the member of staff's authenticator that lets in now; each does so once.

    The play takes that of the half minute before (`within=-1`), so that the present one is left for a person.
    """
    account = await Account.get(email=address_of(name, staff=True))
    step = max(_present_step() + within, account.totp_last_step + 1)
    await asyncio.sleep(max(0, (step - 1) * STEP_SECONDS - utc_now().timestamp()))
    return pyotp.TOTP(seal.open(account.totp_secret or "")).generate_otp(step)


def _present_step() -> int:
    return int(utc_now().timestamp()) // STEP_SECONDS


async def _sign_in(client: httpx.AsyncClient, name: str, code: str | None) -> None:
    shown = {"email": address_of(name, staff=code is not None), "password": PASSWORD, "kind": "app",
             "device_name": "demo", **({"code": code} if code else {})}
    answer = await _ok(client.post("/api/v1/sessions", json=shown))
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


async def _log_offline(mia: httpx.AsyncClient, child: str) -> str:
    entry_id, now = str(new_id()), utc_now()
    item = {
        "collection": "entries", "id": entry_id, "op": "upsert", "kind": "fracture", "client_seq": 1,
        "recorded_at": now.isoformat(), "timezone": "Europe/Stockholm",
        "data": {"occurred": now.strftime("%Y-%m-%d"), "sites": [{"bone": "femur", "side": "left"}], "pain": 7},
    }
    batch = {"replica_id": str(uuid4()), "schema": 1, "items": [item]}
    say("Mia, without network in the emergency ward, logged a fracture: femur, left. Now the phone is back online …")
    for attempt in ("sent", "sent again, because the first answer was lost"):
        answer = await _ok(mia.post(f"/api/v1/participants/{child}/changes", json=batch))
        say(f"… {attempt}: {answer.json()['results'][0]['status']}")
    return entry_id


async def _ask_back(nora: httpx.AsyncClient, entry_id: str) -> None:
    url = f"/api/v1/review/entries/{entry_id}"
    tag = (await _ok(nora.get(url))).headers["etag"]
    question = {"field": "/imaging", "question": "Was an X-ray taken?"}
    await _ok(nora.post(f"{url}/data-queries", json=question, headers={"If-Match": tag}))
    say("Nora, at the site, opened it on her worklist and asked: was an X-ray taken?")


async def _answer(mia: httpx.AsyncClient, child: str, entry_id: str) -> None:
    url = f"/api/v1/participants/{child}/entries/{entry_id}"
    tag = (await _ok(mia.get(url))).headers["etag"]
    correction = {"data": {"imaging": "done"}, "reason": "answer_to_query"}
    await _ok(mia.patch(url, json=correction, headers={"If-Match": tag}))
    say("Mia answered by adding it: X-ray done. Revision 1 stays as it was; this is revision 2.")


async def _validate(nora: httpx.AsyncClient, entry_id: str) -> None:
    url = f"/api/v1/review/entries/{entry_id}"
    tag = (await _ok(nora.get(url))).headers["etag"]
    await _ok(nora.post(f"{url}/validation", headers={"If-Match": tag}))
    say("Nora validated it; a message for the study team was written in the same transaction.")


async def _wait_for_arrival(arrived: dict[str, dict[str, Any]], entry_id: str) -> None:
    for _ in range(PATIENCE * 4):
        mine = [message for message in arrived.values() if message["entry_id"] == entry_id]
        if mine:
            say(f"The study team received it: {mine[0]['kind']}, version {mine[0]['version']}, signature right, once.")
            return
        await asyncio.sleep(0.25)
    raise Stuck("the study team did not receive the entry in time")


async def _ok(request: Any) -> httpx.Response:
    answer: httpx.Response = await request
    if answer.is_error:
        raise Stuck(f"{answer.request.method} {answer.request.url.path}: {answer.status_code}")
    return answer
