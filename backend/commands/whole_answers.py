"""How answers leave: head and body in one packet, and what is not HTTP is refused with a problem too.

uvicorn writes them one after the other and uvloop sends each at once: a second system call here and a second awakening
at the other end, together a seventh of what a submit costs. Answers that stream are not held back: what is not
followed by a body in the same turn of the loop leaves at its end.
"""

import asyncio
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backend.border.problems import MEDIA_TYPE, as_problem
from backend.errors import MalformedRequest


class GatheringTransport:
    """The connection's transport, which writes once per turn of the loop."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._gathered: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, content: bytes) -> None:
        if not self._gathered:
            self._loop.call_soon(self._flush)
        self._gathered.append(content)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        content, self._gathered = b"".join(self._gathered), []
        if content and not self._transport.is_closing():
            self._transport.write(content)


class WholeAnswers(HttpToolsProtocol):
    patience = 60.0
    """Seconds in which a request must have come whole; a phone on the worst network sends its MiB in less."""
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(GatheringTransport(transport, self.loop))  # type: ignore[arg-type]
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_longer()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait()

    def on_message_complete(self) -> None:
        self._wait_no_longer()
        super().on_message_complete()

    def _wait(self) -> None:
        """uvicorn alone keeps a connection for ever whose request never ends."""
        self._wait_no_longer()
        self._waiting = self.loop.call_later(self.patience, lambda: self.transport.close())

    def _wait_no_longer(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def send_400_response(self, msg: str) -> None:
        """Two length headers, a broken chunk, no HTTP at all: refused before any route, and the connection closed."""
        del msg  # the parser's words, in whatever form it has them
        body = msgspec.json.encode(as_problem(MalformedRequest()))
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"cache-control: no-store\r\nconnection: close\r\n\r\n" + body)
        self.transport.close()
