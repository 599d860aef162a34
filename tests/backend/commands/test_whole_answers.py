"""Head and body of an answer leave together; what streams leaves when it is written."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from backend.commands.serve import server_config
from backend.commands.whole_answers import GatheringTransport, WholeAnswers


class Wire:
    """A transport that keeps what was written."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, content: bytes) -> None:
        assert not self.closed
        self.sent.append(content)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


@pytest.fixture
async def wire() -> Wire:
    return Wire()


@pytest.fixture
async def transport(wire) -> GatheringTransport:
    return GatheringTransport(wire, asyncio.get_running_loop())


async def test_head_and_body_are_one_packet(wire, transport):
    transport.write(b"head ")
    transport.write(b"body")
    await asyncio.sleep(0)

    assert wire.sent == [b"head body"]


async def test_pieces_of_a_stream_are_not_held_back(wire, transport):
    for piece in (b"one", b"two"):
        transport.write(piece)
        await asyncio.sleep(0)

    assert wire.sent == [b"one", b"two"]


async def test_answer_leaves_before_its_connection_is_closed(wire, transport):
    transport.write(b"last words")
    transport.close()
    await asyncio.sleep(0)

    assert (wire.sent, wire.closed) == ([b"last words"], True)


async def test_nothing_is_written_to_a_connection_the_phone_has_left(wire, transport):
    transport.write(b"too late")
    wire.closed = True
    await asyncio.sleep(0)

    assert wire.sent == []
    assert transport.is_closing()


@pytest.fixture
async def port(app, settings, monkeypatch) -> AsyncIterator[int]:
    """A server that waits a moment instead of a minute for a request to come whole."""
    monkeypatch.setattr(WholeAnswers, "patience", 0.3)
    server = uvicorn.Server(server_config(app, settings))
    server.config.port = 0
    monkeypatch.setattr(server, "install_signal_handlers", lambda: None, raising=False)
    monkeypatch.setattr(server, "capture_signals", _no_signals)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


@contextmanager
def _no_signals() -> Iterator[None]:
    yield


@pytest.mark.parametrize("begun", [
    b"", b"GET /health/live HT", b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
], ids=["nothing", "half a head", "half a body"])
async def test_request_that_never_ends_is_given_up(port, begun):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(begun)

    async with asyncio.timeout(5):
        await reader.read()
    writer.close()


@pytest.mark.parametrize("many", [200, pytest.param(2_000, marks=pytest.mark.full)])
async def test_connections_that_never_finish_keep_nobody_waiting(port, many, monkeypatch):
    """(trust G3; that they are given up is shown above)"""
    monkeypatch.setattr(WholeAnswers, "patience", 60.0)
    half = b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(many)]
    for _, writer in idle:
        writer.write(half)

    async with asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = await reader.read()

    assert answer.startswith(b"HTTP/1.1 200")
    assert not any(reader.at_eof() for reader, _ in idle), "the others were to be open still"
    for _, opened in [*idle, (reader, writer)]:
        opened.close()


async def test_connection_that_goes_on_asking_is_kept(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(4):
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        await asyncio.sleep(0.2)
    writer.close()
