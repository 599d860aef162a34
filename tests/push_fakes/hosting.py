"""A real server on this machine: TLS with a certificate of our own, HTTP/1.1 and HTTP/2."""

import asyncio
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from hypercorn.asyncio import serve
from hypercorn.config import Config

CA = trustme.CA()
HOST = "localhost"


@dataclass(frozen=True)
class Asked:
    """One request, read to its end."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    version: str
    peer: Any
    """Host and port of the connection it came on."""


@dataclass(frozen=True)
class Said:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Handle = Callable[[Asked], Awaitable[Said]]


def trusting() -> ssl.SSLContext:
    """A client's context that knows our certificate."""
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


@asynccontextmanager
async def hosted(handle: Handle, port: int = 0) -> AsyncIterator[int]:
    """The port at which it answers on localhost; at the end all connections are ended."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(200)
    port, stop = int(listener.getsockname()[1]), asyncio.Event()
    with tempfile.TemporaryDirectory() as folder:
        config = _config(listener, Path(folder))
        server = asyncio.create_task(serve(_app(handle), config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
        try:
            yield port
        finally:
            stop.set()
            await server


def _config(listener: socket.socket, folder: Path) -> Config:
    certificate = CA.issue_cert(HOST)
    (folder / "chain.pem").write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.certfile, config.keyfile = str(folder / "chain.pem"), str(folder / "key.pem")
    config.graceful_timeout = 0.2
    config.errorlog = config.accesslog = None
    return config


def _app(handle: Handle) -> Callable[..., Awaitable[None]]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        said = await handle(await _read(scope, receive))
        headers = [(name.lower().encode(), value.encode()) for name, value in said.headers]
        await send({"type": "http.response.start", "status": said.status, "headers": headers})
        await send({"type": "http.response.body", "body": said.body})

    return app


async def _read(scope: Any, receive: Any) -> Asked:
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    return Asked(scope["method"], scope["path"], headers, body, scope["http_version"], tuple(scope["client"]))
