"""Head and body of an answer leave together; what streams leaves when it is written."""

import asyncio

import pytest

from backend.commands.whole_answers import GatheringTransport


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
