"""What hurts other servers: each time a 4xx problem, nothing stored, and the same process goes on."""

import gzip
import time

import httpx
import pytest

from models import AuditEvent, DiaryEntry, QuarantinedItem
from models.fields import new_id
from tests.phones import FRACTURE
from tests.processes import serving
from tests.wire import client_at, said_by

JSON = {"content-type": "application/json"}


def batch(items: bytes = b"[]", more: bytes = b"") -> bytes:
    return b'{"replica_id":"%s","schema":1,"items":%s%s}' % (str(new_id()).encode(), items, more)


def entry(note: bytes) -> bytes:
    return batch(b'[{"id":"%s","kind":"fracture","data":{"note":%s}}]' % (str(new_id()).encode(), note))


BODIES = {
    "10 MB": (entry(b'"' + b"x" * 10_000_000 + b'"'), JSON, 413, "too_large"),
    "100,000 deep lists": (b"[" * 100_000, JSON, 400, "body.malformed"),
    "100,000 deep objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON, 400, "body.malformed"),
    "deep inside data": (entry(b"[" * 40 + b"]" * 40), JSON, 400, "body.malformed"),
    "brackets and open quotes": (b"[" * 40 + b'\\"' * 500_000, JSON, 400, "body.malformed"),
    "open quotes": (b'"\\' * 500_000, JSON, 400, "body.malformed"),
    "invalid UTF-8": (entry(b'"\xff\xfe"'), JSON, 400, "body.malformed"),
    "overlong UTF-8": (entry(b'"\xc0\x80"'), JSON, 400, "body.malformed"),
    "surrogate in UTF-8": (entry(b'"\xed\xa0\x80"'), JSON, 400, "body.malformed"),
    "NUL": (entry(b'"a\\u0000b"'), JSON, 400, "body.malformed"),
    "NUL in a name": (batch(b'[{"\\u0000":1}]'), JSON, 400, "body.malformed"),
    "raw NUL": (entry(b'"a\x00b"'), JSON, 400, "body.malformed"),
    "lone surrogate": (entry(b'"\\ud800"'), JSON, 400, "body.malformed"),
    "reversed surrogates": (entry(b'"\\udc00\\ud800"'), JSON, 400, "body.malformed"),
    "100,000 items": (batch(b"[" + b"{}," * 99_999 + b"{}]"), JSON, 400, "body.invalid"),
    "201 items": (batch(b"[" + b"{}," * 200 + b"{}]"), JSON, 413, "too_large"),
    "form": (b"items=1", {"content-type": "application/x-www-form-urlencoded"}, 415, "content_type.wrong"),
    "text": (batch(), {"content-type": "text/plain"}, 415, "content_type.wrong"),
    "no type": (batch(), {"content-type": ""}, 415, "content_type.wrong"),
    "truncated": (batch()[:-4], JSON, 400, "body.malformed"),
    "one name twice": (batch(more=b',"schema":2'), JSON, 400, "body.malformed"),
    "one answer twice": (batch(b'[{"data":{"pain":1,"pain":2}}]'), JSON, 400, "body.malformed"),
    "NaN": (entry(b"NaN"), JSON, 400, "body.malformed"),
    "Infinity": (entry(b"-Infinity"), JSON, 400, "body.malformed"),
    "5,000 digits": (entry(b"9" * 5000), JSON, 400, "body.malformed"),
    "beyond 64 bits": (entry(b"9223372036854775808"), JSON, 400, "body.malformed"),
    "large float": (entry(b"1e300"), JSON, 400, "body.malformed"),
    "infinite float": (entry(b"1e999"), JSON, 400, "body.malformed"),
    "byte order mark": (b"\xef\xbb\xbf" + batch(), JSON, 400, "body.malformed"),
    "UTF-16": (batch().decode().encode("utf-16"), JSON, 400, "body.malformed"),
    "empty": (b"", JSON, 400, "body.malformed"),
    "a list": (b"[]", JSON, 400, "body.invalid"),
    "gzip": (gzip.compress(batch()), {**JSON, "content-encoding": "gzip"}, 400, "body.malformed"),
    "text for a number": (batch(more=b',"base_cursor":"5"'), JSON, 400, "body.invalid"),
    "unknown name": (batch(more=b',"colour":"blue"'), JSON, 400, "body.invalid"),
}
QUERIES = [
    "limit=1000000000", "limit=0", "limit=-1", "limit=abc", "since=-1", "since=9" + "9" * 30, "since=%00",
    "epoch=none", "collection=%FF", "collection=", "collection=secrets", "limit=%FF%FE", "since=", "limit=1&limit=2x",
]


def is_problem(answer: httpx.Response, status: int, code: str) -> bool:
    body = answer.json()
    return (
        (answer.status_code, body["status"], body["code"]) == (status, status, code)
        and answer.headers["content-type"].startswith("application/problem+json")
        and body["type"] == f"/problems/{code}" and {"title", "detail"} <= body.keys()
    )


async def nothing_is_stored() -> bool:
    return not await DiaryEntry.all().count() + await QuarantinedItem.all().count() + await AuditEvent.exclude(
        action="signing_key.rotate").count()


async def test_hostile_bodies_over_a_real_server(study, cast):
    with serving(study.settings) as (process, port):
        async with client_at(port, cast.mia) as client:
            for name, (body, headers, status, code) in BODIES.items():
                begun = time.monotonic()
                try:
                    answer = await client.post(f"/api/v1/participants/{cast.leo.id}/changes", content=body,
                                               headers=headers)
                except (httpx.WriteError, httpx.ReadError):  # refused while we were still sending
                    assert name == "10 MB"
                    continue
                assert is_problem(answer, status, code), (name, answer.status_code, answer.text[:300])
                assert time.monotonic() - begun < 3, name
                assert b"x" * 50 not in answer.content
                assert (await client.get("/health/live")).status_code == 200
        assert process.poll() is None
    assert await nothing_is_stored()


@pytest.mark.parametrize("name", BODIES)
async def test_hostile_body(name, as_, cast):
    body, headers, status, code = BODIES[name]
    begun = time.monotonic()

    answer = await as_("mia").post(f"/api/v1/participants/{cast.leo.id}/changes", content=body, headers=headers)

    assert is_problem(answer, status, code), answer.text[:300]
    assert time.monotonic() - begun < 3
    assert await nothing_is_stored()


@pytest.mark.parametrize("query", QUERIES)
async def test_absurd_query_is_a_400_problem(query, as_, cast):
    answer = await as_("mia").get(f"/api/v1/participants/{cast.leo.id}/changes?{query}")

    assert is_problem(answer, 400, "parameter.invalid"), (query, answer.status_code, answer.text)


@pytest.mark.parametrize("cursor", ["x" * 10_000, "%00", "%FF", "e30", "bnVsbA", "WzFd", "W10", "IiI", "💥"])
async def test_absurd_cursor_is_a_problem(cursor, as_, cast):
    formed = cursor != "%00" and len(cursor) < 500
    for url in ("/api/v1/worklist", "/api/v1/quarantined-items", f"/api/v1/participants/{cast.leo.id}/audit-events"):
        if cursor == "WzFd" and url.endswith("audit-events"):
            continue  # [1] is one of ours
        answer = await as_("max").get(f"{url}?cursor={cursor}")

        assert is_problem(answer, 422, "cursor.unknown") or (
            not formed and is_problem(answer, 400, "parameter.invalid")), (url, answer.status_code, answer.text)


@pytest.mark.parametrize("path", [
    "/api/v1/participants/%00/changes", "/api/v1/participants/%FF/changes", "/api/v1/participants/../changes",
    "/api/v1/participants/5/changes", "/api/v1/%F0%9F%92%A5", "/api/v1/participants/" + "9" * 5000 + "/changes",
    "/%2e%2e",
])
async def test_absurd_path_is_a_404_problem(path, as_):
    answer = await as_("mia").get(path)

    assert is_problem(answer, 404, "not_found"), (answer.status_code, answer.text)


@pytest.mark.parametrize("tag", ["v1", '"v1', '"s1"', '"v-1"', '"v' + "9" * 40 + '"', '"v1", "v2"', "*", 'W/"v1"',
                                 '"v١"'])
async def test_odd_etag_is_a_problem(tag, as_, cast):
    url = f"/api/v1/participants/{cast.leo.id}/entries/{new_id()}"

    answer = await as_("mia").put(url, json={"data": FRACTURE}, headers={"If-Match": tag.encode()})

    assert is_problem(answer, 400, "parameter.invalid"), (answer.status_code, answer.text)


RAW = {
    "both lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                    b"0\r\n\r\nGET / X",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "negative length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
    "control in a header": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: a\x00b\r\n\r\n",
    "newline in a header": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: a\nb c\r\n\r\n",
    "space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "no protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n",
    "bad chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
}


def test_server_refuses_broken_http_once_and_closes(settings, database_url):
    if not database_url.startswith("sqlite"):
        pytest.skip("no database is asked")
    with serving(settings) as (process, port):
        for name, words in RAW.items():
            answer = said_by(port, words)
            assert answer.startswith(b"HTTP/1.1 4"), (name, answer[:100])
            assert answer.count(b"HTTP/1.1 ") == 1, name
            assert httpx.get(f"http://127.0.0.1:{port}/health/live").status_code == 200
        assert process.poll() is None
