"""No spelling of a private address is ever connected to; the address checked is the one connected to."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.forwarding.destinations.rules import WEBHOOK, DestinationRule
from backend.forwarding.destinations.webhook import webhook_sender
from notifications.public_addresses import is_public
from tests.receiver import SECRET

connected: list[Any] | None = None


def _watch(event: str, details: tuple[Any, ...]) -> None:
    if event == "socket.connect" and connected is not None:
        connected.append(details[1])


sys.addaudithook(_watch)  # hooks can't be taken away; without a list it notes nothing


@dataclass
class Message:
    payload: str = "{}"
    id: UUID = field(default_factory=uuid4)


@pytest.fixture
def connections() -> Iterator[list[Any]]:
    """Every address to which this process tries to connect."""
    global connected
    connected = []
    yield connected
    connected = None


async def deliver(url: str) -> str | None:
    rule = DestinationRule("study", WEBHOOK, url=url, secrets=(SECRET,))
    async with webhook_sender(rule, deadline=5) as send:
        return (await send(Message(), datetime.now(UTC))).error  # type: ignore[arg-type]


SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "017700000001", "0177.0.0.1", "0x7f000001",
    "0x7f.0.0.1", "0x7f.1", "0", "0.0.0.0", "00000000", "localhost", "LOCALHOST", "localhost.", "[::]", "[::1]",
    "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::169.254.169.254]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "[fe80::1]", "[fec0::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "169.254.169.254",
    "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:a9fe:a9fe]", "10.0.0.1", "10.1", "172.16.0.1",
    "172.31.255.254", "192.168.0.1", "192.168.1", "100.64.0.1", "100.127.255.254", "192.0.0.1", "192.0.2.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "[2001:db8::1]", "[100::1]", "user@127.0.0.1", "user:password@[::1]", "example.org@127.0.0.1",
]


@pytest.mark.parametrize("host", SPELLINGS)
async def test_private_address_is_never_connected_to(host: str, connections: list[Any]) -> None:
    error = await deliver(f"https://{host}:8443/hook")
    assert error in ("address_refused", "name_unknown")
    assert connections == []


def test_there_are_enough_spellings() -> None:
    assert len(set(SPELLINGS)) >= 40


async def test_plain_http_is_not_spoken_to_the_world(connections: list[Any]) -> None:
    assert await deliver("http://93.184.215.14/hook") == "address_refused"
    assert connections == []


def resolving_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The network's name server: each question gets the next answer."""
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
                for a in found]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("addresses", [
    ["10.0.0.5"], ["::1"], ["93.184.215.14", "127.0.0.1"], ["::ffff:10.0.0.5"], ["fe80::1%lo"], [],
])
async def test_name_that_resolves_to_a_private_address_is_refused(
    addresses: list[str], connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving_to(monkeypatch, addresses)
    assert await deliver("https://edc.example.org/hook") == "address_refused"
    assert connections == []


async def test_name_that_changes_its_mind_is_asked_once(
    connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving_to(monkeypatch, ["192.0.2.1"], ["127.0.0.1"])
    monkeypatch.setattr("notifications.public_addresses.is_public", lambda text: text != "127.0.0.1")
    rule = DestinationRule("study", WEBHOOK, url="https://edc.example.org/hook", secrets=(SECRET,))
    async with webhook_sender(rule, deadline=0.5) as send:
        await send(Message(), datetime.now(UTC))  # type: ignore[arg-type]
    assert asked == ["edc.example.org"]
    assert {address[0] for address in connections} == {"192.0.2.1"}


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_address_is_allowed(address: str) -> None:
    assert is_public(address)
