"""Canaries in everything a request can carry, good and bad: none of them sings in a log line (H4)."""

import asyncio
import json
import sqlite3

import httpx
import pytest

from models.fields import new_id
from tests.cast import PASSWORD, assemble_in
from tests.processes import serving, stop, words_of

CANARY = "cANaRy"
FROM = "127.0.0.77"
BODIES = [
    {"email": f"{CANARY}@example.org", "password": f"{CANARY} quiet weeks"},
    {"email": "mia@example.org", "password": CANARY},
    {"code": CANARY, "email": f"{CANARY}@example.org", "password": CANARY * 3, "display_name": CANARY,
     "language": "sv", "timezone": "Europe/Stockholm"},
    {"refresh_token": f"{CANARY}.1.{CANARY}"},
    {"token": CANARY, "password": CANARY * 3},
    {"display_name": CANARY, CANARY: CANARY},
    [CANARY], CANARY,
]
ADDRESSES = [
    "/api/v1/sessions", "/api/v1/sessions/refresh", "/api/v1/linking-codes/redemption", "/api/v1/first-sign-ins",
    "/api/v1/password-resets", "/api/v1/email-verifications", "/api/v1/me", "/console/sign-in", f"/{CANARY}",
]


def entry(**data):
    return {"collection": "entries", "id": str(new_id()), "op": "upsert", "kind": "fracture", "client_seq": 1,
            "data": {"occurred": "2026-11-20", "note": CANARY, **data}}


def sing(client: httpx.Client, cast) -> set[int]:
    """A few dozen requests of every kind; the answer is which statuses came."""
    signed_in = {"Authorization": f"Bearer {cast.mia.token}"}
    child = f"/api/v1/participants/{cast.leo.id}"
    batch = {"replica_id": str(new_id()), "schema": 1, "items": [
        entry(), entry(occurred=CANARY), {"kind": CANARY}, {**entry(), "kind": CANARY}]}
    answers = [client.post(address, json=body) for address in ADDRESSES for body in BODIES[:6]]
    answers += [client.post(ADDRESSES[0], json=body) for body in BODIES]
    answers += [
        client.post("/api/v1/sessions", json={"email": "mia@example.org", "password": PASSWORD, "device_name": CANARY}),
        client.post(f"{child}/changes", json=batch, headers=signed_in),
        client.post(f"{child}/changes", json=batch, headers={**signed_in, "Idempotency-Key": CANARY}),
        client.post(f"{child}/changes", content=f'{{"{CANARY}": "{CANARY}', headers=signed_in),
        client.post(f"{child}/changes", content=CANARY.encode() + b"\xff", headers=signed_in),
        client.put(f"{child}/entries/{new_id()}", json={"kind": "fracture", "data": entry()["data"]},
                   headers={**signed_in, "If-None-Match": "*"}),
        client.get(f"/api/v1/participants/{CANARY}/changes?since={CANARY}", headers=signed_in),
        client.get(f"{child}/changes?since={CANARY}", headers=signed_in),
        client.get(f"{child}/changes", headers={"Authorization": f"Bearer {CANARY}"}),
        client.get("/console/worklist", headers={"Cookie": f"session={CANARY}.{CANARY}"}),
        client.get(f"/app/{CANARY}?{CANARY}", headers={"X-Request-Id": CANARY, "User-Agent": CANARY}),
        client.get("/api/v1/me", headers={"X-Forwarded-For": CANARY}),
        client.request(CANARY.upper()[:5], "/health/live"),
        client.post("/console/sign-in", data={"email": f"{CANARY}@example.org", "password": CANARY, "code": CANARY}),
    ]
    return {answer.status_code for answer in answers}


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_log_line_tells_what_anybody_sent(settings, form):
    cast = asyncio.run(assemble_in(settings))
    with serving(settings, LOG_FORMAT=form) as (process, port):
        own = httpx.HTTPTransport(local_address=FROM)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=own) as client:
            statuses = sing(client, cast)
            if settings.database_url.startswith("sqlite"):
                statuses.add(_bug(settings, client, cast))
        stop(process)
        said = words_of(process)

    assert {200, 400, 401, 404} <= statuses, "good and bad, of every kind"
    assert len(said.splitlines()) > 60
    for word in (CANARY, CANARY.lower(), PASSWORD, "mia@", "Mia", cast.mia.token, str(cast.leo.id), FROM):
        assert word not in said
    if form == "json":
        lines = [json.loads(line) for line in said.splitlines()]
        assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)


def _bug(settings, client, cast) -> int:
    """A server error of ours: the table has gone. Its answer names the line in the log."""
    with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as database:
        database.execute("ALTER TABLE notice RENAME TO elsewhere")
    database.close()
    answer = client.get("/api/v1/inbox", headers={"Authorization": f"Bearer {cast.mia.token}"})
    assert answer.status_code == 500
    assert answer.json()["reference"] == answer.headers["x-request-id"]
    return answer.status_code
