"""The wire: whatever a receiver does, the worker keeps its time, its memory and its secrets."""

import asyncio
import gzip
import resource
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backend.forwarding.destinations.answers import Answer, Verdict
from backend.forwarding.destinations.rules import WEBHOOK, DestinationRule
from backend.forwarding.destinations.webhook import judged, webhook_sender
from tests.forwarded import rule_for
from tests.receiver import OLD_SECRET, SECRET, Plan, Receiver, fail, receiving, reset

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Message:
    payload: str = '{"name":"Åsa"}'
    id: UUID = field(default_factory=uuid4)


async def deliver(rule: DestinationRule, deadline: float = 5, **options: Any) -> Answer:
    async with webhook_sender(rule, deadline=deadline, **options) as send:
        return await send(Message(), datetime.now(UTC))  # type: ignore[arg-type]


async def test_message_is_signed_as_the_standard_says(receiver: Receiver) -> None:
    answer = await deliver(rule_for(receiver))
    assert (answer.verdict, answer.status, receiver.faults) == (Verdict.TAKEN, 204, [])
    assert receiver.headers[0]["content-type"] == "application/json"
    assert list(receiver.effects.values()) == ['{"name":"Åsa"}'.encode()]


@pytest.mark.parametrize("known", [SECRET, OLD_SECRET])
async def test_receiver_with_the_old_or_the_new_secret_takes_it(known: str) -> None:
    async with receiving(Receiver(secret=known)) as receiver:
        answer = await deliver(rule_for(receiver, secrets=(SECRET, OLD_SECRET)))
    assert (answer.verdict, receiver.faults) == (Verdict.TAKEN, [])
    assert len(receiver.headers[0]["webhook-signature"].split()) == 2


async def test_receiver_with_another_secret_refuses(receiver: Receiver) -> None:
    receiver.secret = OLD_SECRET
    assert (await deliver(rule_for(receiver))).verdict is Verdict.REFUSED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_a_failure_and_not_followed(status: int, receiver: Receiver) -> None:
    async with receiving() as elsewhere:
        receiver.plan = lambda _id, _nth: fail(status, Location=elsewhere.url)
        answer = await deliver(rule_for(receiver))
    assert (answer.verdict, answer.error) == (Verdict.TEMPORARY, "redirect")
    assert elsewhere.connections == 0


@pytest.mark.parametrize(("status", "verdict"), [
    (200, Verdict.TAKEN), (202, Verdict.TAKEN), (299, Verdict.TAKEN), (304, Verdict.TEMPORARY),
    (400, Verdict.REFUSED), (413, Verdict.REFUSED), (422, Verdict.REFUSED), (410, Verdict.GONE),
    (401, Verdict.TEMPORARY), (404, Verdict.TEMPORARY), (408, Verdict.TEMPORARY), (409, Verdict.TEMPORARY),
    (425, Verdict.TEMPORARY), (429, Verdict.TEMPORARY), (500, Verdict.TEMPORARY), (503, Verdict.TEMPORARY),
])
def test_status_says_whose_fault_it_is(status: int, verdict: Verdict) -> None:
    assert judged(status, None, NOW).verdict is verdict


@pytest.mark.parametrize(("header", "seconds"), [
    ("30", 30), ("Sun, 22 Nov 2026 12:01:00 GMT", 60), ("99999999999999999999", 6 * 3600), ("0", None),
    ("-5", None), ("soon", None), ("Sun, 22 Nov 2026 11:00:00 GMT", None), ("", None), ("１２", None),
])
def test_retry_after_is_read_in_both_forms_and_bounded(header: str, seconds: int | None) -> None:
    assert judged(503, header, NOW).not_before == (NOW + timedelta(seconds=seconds) if seconds else None)


written: list[int] = []


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await writer.drain()
        written.append(65536)


async def gigabyte(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 x\r\ncontent-length: 1073741824\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()
        written.append(65536)


async def bomb(writer: asyncio.StreamWriter) -> None:
    packed = gzip.compress(bytes(60 * 1024 * 1024))  # 60 kB that would become 60 MB
    writer.write(b"HTTP/1.1 200 x\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed) + packed)
    await writer.drain()


@pytest.mark.parametrize("wire", [endless, gigabyte, bomb])
async def test_long_answer_is_read_no_further_than_64_kilobytes(wire: Any, receiver: Receiver) -> None:
    receiver.plan = lambda _id, _nth: Plan(wire=wire)
    if wire is bomb:
        gzip.compress(bytes(60 * 1024 * 1024))  # our own packing counts in the peak, so let it count before
    written.clear()
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    answer = await deliver(rule_for(receiver))
    assert answer.verdict is Verdict.TAKEN
    assert time.monotonic() - begun < 3
    assert sum(written) < 32 * 1024 * 1024  # what fits into the sockets' buffers on the way
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


async def drip(writer: asyncio.StreamWriter) -> None:
    for letter in b"HTTP/1.1 200 x\r\n" * 50:
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def silence(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def only_informational(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 x\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("wire", [drip, silence, only_informational])
async def test_slow_answer_ends_at_the_deadline(wire: Any, receiver: Receiver) -> None:
    receiver.plan = lambda _id, _nth: Plan(wire=wire)
    begun = time.monotonic()
    answer = await deliver(rule_for(receiver), deadline=0.4)
    assert (answer.verdict, answer.error) == (Verdict.TEMPORARY, "deadline")
    assert time.monotonic() - begun < 1.5


async def half(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 20")
    await writer.drain()
    writer.close()


async def garbage(writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\xff\x16\x03 not http at all\r\n\r\n")


async def huge_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 x\r\n")
    while True:
        writer.write(b"a: " + b"b" * 60000 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize("wire", [half, garbage, huge_headers, reset])
async def test_broken_answer_is_a_failure_of_the_moment(wire: Any, receiver: Receiver) -> None:
    receiver.plan = lambda _id, _nth: Plan(wire=wire)
    answer = await deliver(rule_for(receiver))
    assert answer.verdict is Verdict.TEMPORARY
    assert answer.error in ("half_an_answer", "connection_lost")


async def test_nothing_of_the_secrets_stands_in_a_rule_as_text(receiver: Receiver) -> None:
    assert SECRET not in repr(rule_for(receiver))


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS for that name, and the TLS of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(NOW - timedelta(days=9999)).not_valid_after(NOW + timedelta(days=9999))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


@asynccontextmanager
async def tls_receiver(server: ssl.SSLContext) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    listening = await asyncio.start_server(receiver.handle, "127.0.0.1", 0, ssl=server)
    receiver.port = listening.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        listening.close()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(("name", "error"), [("edc.example.org", None), ("other.example.org", "tls")])
async def test_tls_verifies_the_name_although_we_connect_to_the_checked_address(
    name: str, error: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def getaddrinfo(_host: str, port: int, **_options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    server, client = certificate(tmp_path, name)
    async with tls_receiver(server) as receiver:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
        rule = DestinationRule(
            "study", WEBHOOK, url=f"https://edc.example.org:{receiver.port}/hook", secrets=(SECRET,),
            allow_private=True,
        )
        answer = await deliver(rule, tls=client)
    assert answer.error == error
    assert len(receiver.effects) == (0 if error else 1)
    assert [h["host"] for h in receiver.headers] == ([] if error else [f"edc.example.org:{receiver.port}"])
