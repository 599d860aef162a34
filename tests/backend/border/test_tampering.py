"""Cursors, queries, paths and bodies bent by hand: a refusal on both databases, never a fault of ours."""

import base64
import json
from uuid import uuid4

import pytest

ROW = str(uuid4())
LISTS = {
    "dana": ["/api/v1/outbox-messages", "/console/forwarding"],
    "mia": ["/api/v1/inbox", "/api/v1/sessions"],
    "nora": [
        "/api/v1/worklist", "/api/v1/participants", "/api/v1/quarantined-items", "/console/worklist",
        "/console/participants", "/console/sync-issues", "/api/v1/participants/{leo}/audit-events",
        "/api/v1/participants/{leo}/linking-codes", "/api/v1/participants/{leo}/guardianships",
    ],
}
CURSORS = [
    ["2026-01-01T00:00:00", ROW], ["9999-12-31T23:59:59-14:00", ROW], ["0001-01-01T00:00:00+14:00", ROW],
    ["0001-01-01T00:00:00Z", ROW], ["9999-12-31T23:59:59.999999Z", ROW], [2**62], [-5], ["a"], [1.5], [], [None],
    [[]], ["x" * 5000], [ROW],
]


def bent(keys: list[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("name", LISTS)
async def test_bent_cursor_is_never_a_fault_of_ours(name, as_, cast):
    for url in LISTS[name]:
        for keys in CURSORS:
            answer = await as_(name).get(url.format(leo=cast.leo.id), params={"cursor": bent(keys)})

            assert answer.status_code in (200, 400, 422), (url, keys, answer.status_code)


@pytest.mark.parametrize("name", LISTS)
async def test_bent_query_is_never_a_fault_of_ours(name, as_, cast):
    for url in LISTS[name]:
        for parameter in ("site", "state", "destination", "entry", "code_starts", "code", "assignee", "limit", "done"):
            for value in ("\0", "%00", "9" * 40, "%", "_", "x" * 3000, "' OR 1=1 --"):
                answer = await as_(name).get(url.format(leo=cast.leo.id), params={parameter: value})

                assert answer.status_code < 500, (url, parameter, value)


@pytest.mark.parametrize("code", ["%00", "%ED%A0%80", "x" * 300])
async def test_destination_with_an_impossible_name_is_not_there(code, as_):
    for url in (f"/api/v1/destinations/{code}/pause", f"/console/forwarding/destinations/{code}/replay"):
        assert (await as_("dana").post(url)).status_code == 404


@pytest.mark.parametrize("sent_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "now", ""])
async def test_phone_that_tells_an_impossible_time_is_heard(sent_at, phone_of):
    mia = phone_of("mia")

    (result,) = await mia.push(mia.item(), sent_at=sent_at)

    assert result["status"] == "applied"


@pytest.mark.parametrize("url", [
    "/api/v1/sessions", "/api/v1/sessions/refresh", "/api/v1/first-sign-ins", "/api/v1/linking-codes/redemption",
])
async def test_somebody_unknown_is_not_read_at_length(url, as_):
    answer = await as_().post(url, json={"email": [{}] * 20_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
