"""The phones of the bench: a process of its own that keeps connections busy with as little work as possible.

It reads one JSON plan from stdin and prints one JSON result. HTTP/1.1 by hand, because a real client would eat the
processor that the server needs.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Generator
from typing import Any

import uuid_utils
import uvloop

from tests.bench.processor import used_by

Requests = Generator[bytes, bytes, None]
"""Yields the next request and is sent the answer's body."""
DATA = {"occurred": "2026-11-20T14:30", "sites": [{"bone": "femur", "side": "left"}], "cause": "fall", "pain": 7,
        "note": "Fell from the sofa while reaching for the cat, cried at once, leg looked bent"}
# A fracture may open a safety case and is written under the lock; what a phone mostly sends is not one.
ENTRY = json.dumps({"kind": "symptom", "data": DATA, "recorded_at": "2026-11-20T14:35:00+01:00",
                    "timezone": "Europe/Stockholm", "confirmed": []}).encode()
ITEM = json.dumps({"collection": "entries", "id": "@", "op": "upsert", "kind": "symptom", "client_seq": 0,
                   "recorded_at": "2026-11-20T14:35:00+01:00", "timezone": "Europe/Stockholm", "data": DATA})


def request(method: str, path: str, token: str, body: bytes = b"", headers: str = "") -> bytes:
    who = f"Authorization: Bearer {token}\r\n" if token else ""
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else "Content-Length: 0\r\n"
    return f"{method} {path} HTTP/1.1\r\nHost: localhost:8000\r\n{who}{headers}{kind}\r\n".encode() + body


def submits(participant: str, token: str) -> Requests:
    """New entries, one per request."""
    template = request("PUT", f"/api/v1/participants/{participant}/entries/@", token, ENTRY, "If-None-Match: *\r\n")
    before, after = template.split(b"@", 1)
    for day in itertools.cycle(range(10, 29)):
        yield before + str(uuid_utils.uuid7()).encode() + after.replace(b"2026-11-20T", b"2026-10-%dT" % day)


def pushes(participant: str, token: str, items: int) -> Requests:
    """Batches of new entries from one phone."""
    before, after = ITEM.split("@")
    after, rest = after.split('"client_seq": 0')
    start = json.dumps({"replica_id": str(uuid_utils.uuid4()), "schema": 1})[:-1]
    number = 0
    while True:
        batch = ",".join(f'{before}{uuid_utils.uuid7()}{after}"client_seq": {number + n}{rest}' for n in range(items))
        number += items
        yield request("POST", f"/api/v1/participants/{participant}/changes", token,
                      f'{start}, "items": [{batch}]}}'.encode())


def gets(path: str, token: str) -> Requests:
    """The same page again and again."""
    same = request("GET", path, token)
    while True:
        yield same


def validations(acts: list[tuple[str, int]], token: str) -> Requests:
    """Each of these (entry, change seen) once."""
    for entry, seen in acts:
        yield request("POST", f"/api/v1/review/entries/{entry}/validation", token, headers=f'If-Match: "s{seen}"\r\n')


def refreshes(token: str) -> Requests:
    """Each with the token that the one before gave."""
    while True:
        answer = yield request("POST", "/api/v1/sessions/refresh", "", json.dumps({"refresh_token": token}).encode())
        token = json.loads(answer)["refresh_token"]


def sign_ins(emails: list[str], password: str) -> Requests:
    """Each of these accounts once."""
    for email in emails:
        yield request("POST", "/api/v1/sessions", "", json.dumps({"email": email, "password": password}).encode())


KINDS: dict[str, Any] = {"sign_ins": sign_ins, "submits": submits, "pushes": pushes, "gets": gets,
                         "validations": validations,
                         "refreshes": refreshes}


class Phone(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends the next."""

    def __init__(self, requests: Requests, result: "Result") -> None:
        self.requests, self.result = requests, result
        self.done = asyncio.get_running_loop().create_future()
        self.buffer, self.missing, self.sent_at = bytearray(), 0, 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.send(next(self.requests))

    def send(self, content: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(content)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.missing:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.buffer[:end]).lower()
            self.missing = end + 4 + int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(self.buffer) >= self.missing:
            self.answered(bytes(self.buffer))

    def answered(self, answer: bytes) -> None:
        self.result.note(int(answer[9:12]), time.perf_counter() - self.sent_at)
        self.buffer, self.missing = bytearray(), 0
        if self.result.is_over():
            self.end()
            return
        try:
            following = self.requests.send(answer.partition(b"\r\n\r\n")[2])
        except StopIteration:
            self.end()
        else:
            self.send(following)

    def end(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()

    def connection_lost(self, _failure: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed a connection"))


class Result:
    def __init__(self, seconds: float, at_most: int) -> None:
        self.seconds, self.at_most = seconds, at_most
        self.took: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.begun = time.perf_counter()

    def note(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.took.append(seconds)

    def is_over(self) -> bool:
        return len(self.took) >= self.at_most or time.perf_counter() - self.begun >= self.seconds

    def told(self) -> dict[str, Any]:
        elapsed, took = time.perf_counter() - self.begun, sorted(self.took)
        return {"requests": len(took), "seconds": elapsed, "rate": len(took) / elapsed, "statuses": self.statuses,
                "p50": took[len(took) // 2], "p99": took[len(took) * 99 // 100]}


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    result = Result(plan["seconds"], plan["at_most"])
    phones = []
    for (kind, values), port in zip(plan["connections"], itertools.cycle(plan["ports"]), strict=False):
        requests: Requests = KINDS[kind](*values)
        _, phone = await loop.create_connection(lambda r=requests: Phone(r, result), "127.0.0.1", port)
        phones.append(phone)
    with used_by(plan["api"]) as usage:
        await asyncio.gather(*(phone.done for phone in phones))
    return {**result.told(), "usage": vars(usage)}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(json.load(sys.stdin)))))
