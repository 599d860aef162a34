"""Clients that talk to a real server process over TCP."""

import socket
from contextlib import suppress

import httpx

from tests.cast import Person


def client_at(port: int, person: Person | None = None, **more: object) -> httpx.AsyncClient:
    """An HTTP client of the server on this port, signed in as that person (or nobody). The caller closes it."""
    headers = {"Authorization": f"Bearer {person.token}"} if person else {}
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30, **more)


def said_by(port: int, words: bytes, seconds: float = 10) -> bytes:
    """All that the server answers to these bytes until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), seconds) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent
            connection.sendall(words)
        answer = b""
        with suppress(TimeoutError, ConnectionResetError):
            while piece := connection.recv(65536):
                answer += piece
        return answer
