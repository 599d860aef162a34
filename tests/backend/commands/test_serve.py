"""`serve` as a real process: starts, refuses, listens strictly and stops."""

import signal
import socket
import sqlite3

import httpx
import msgspec
import pytest

from backend.commands.serve import server_config
from tests.processes import command, serving, stop, typed

SMUGGLED = (
    b"POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
)


def everything_said(port: int, words: bytes) -> bytes:
    """All that the server answers on this connection until it closes it."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(words)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def test_server_answers_ready_and_stops_in_time_with_code_0(settings):
    with serving(settings) as (process, port):
        ready = httpx.get(f"http://127.0.0.1:{port}/health/ready")

        code, seconds = stop(process)

    assert ready.status_code == 200
    assert "server" not in ready.headers
    assert "date" in ready.headers
    assert (code, seconds < 10) == (0, True)


def test_server_refuses_both_length_headers_and_closes(settings):
    with serving(settings) as (process, port):
        answer = everything_said(port, SMUGGLED)
        alive = httpx.get(f"http://127.0.0.1:{port}/health/live")
        stop(process, signal.SIGINT)

    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"content-type: application/problem+json" in answer
    assert b'"code":"request.malformed"' in answer
    assert alive.status_code == 200


def client_seen(settings, peer: str) -> str:
    """The client's address as the app sees it when `peer` sends X-Forwarded-For."""
    import asyncio

    seen = []

    async def app(scope, receive, send):
        seen.append(scope["client"][0])

    config = server_config(app, settings)
    config.load()
    scope = {
        "type": "http", "client": (peer, 1234), "scheme": "http", "headers": [(b"x-forwarded-for", b"203.0.113.9")],
    }
    asyncio.run(config.loaded_app(scope, None, None))
    return seen[0]


@pytest.mark.parametrize(("trusted", "peer", "believed"), [
    pytest.param("", "127.0.0.1", False, id="nobody is trusted by default, not even this machine"),
    pytest.param("10.0.0.7", "127.0.0.1", False, id="another proxy is trusted"),
    pytest.param("10.0.0.7, 10.0.0.8", "10.0.0.8", True, id="this proxy is trusted"),
])
def test_forwarded_for_is_believed_from_named_proxies_only(trusted, peer, believed, tmp_path):
    from backend.settings import Settings

    settings = Settings(secret_key="another key that is used in tests only", trusted_proxies=trusted)

    assert client_seen(settings, peer) == ("203.0.113.9" if believed else peer)


@pytest.mark.parametrize(("setting", "value"), [
    ("SECRET_KEY", "short-secret-value"),
    ("APP_NAME", "Fracture Diary"),
    ("DATABASE_URL", "mysql://me:hunter2@db/study"),
    ("PUBLIC_URL", "http://diary.example.org"),
    ("TRUSTED_PROXIES", "*"),
    ("DATABASE_POOL", "many"),
])
def test_server_refuses_an_unsafe_setting_by_name_without_its_value(setting, value, tmp_path):
    from backend.settings import Settings

    settings = Settings(secret_key="another key that is used in tests only", database_url=f"sqlite:///{tmp_path}/a.db")

    ended = typed(settings, "serve", **{setting: value})

    assert ended.returncode == 1
    assert setting in ended.stderr
    assert value not in ended.stderr + ended.stdout


def test_server_refuses_an_unmigrated_database_and_says_what_to_do(tmp_path):
    from backend.settings import Settings

    settings = Settings(secret_key="another key that is used in tests only", database_url=f"sqlite:///{tmp_path}/new/a.db")

    refused = typed(settings, "serve")
    migrated = typed(settings, "migrate")

    assert refused.returncode == 1
    assert "run `fracture-diary migrate`" in refused.stderr
    assert migrated.returncode == 0
    assert "0001_first_tables: done" in migrated.stdout
    assert sqlite3.connect(tmp_path / "new" / "a.db").execute("SELECT count(*) FROM study").fetchone() == (0,)


def test_server_refuses_a_postgresql_that_may_lose_entries(settings, database_url, postgres):
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite's pragmas are set by ourselves on every connection")
    name = database_url.partition("?")[0].rpartition("/")[2]
    postgres._run(f"ALTER DATABASE {name} SET synchronous_commit = off")

    ended = typed(msgspec.structs.replace(settings), "serve")

    assert ended.returncode == 1
    assert "synchronous_commit=off" in ended.stderr


@pytest.mark.parametrize("words", [("serve",), ("demo",)], ids=["serve", "demo"])
def test_taken_port_is_said_in_a_sentence(settings, tmp_path, words):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        more = ("--folder", str(tmp_path / "demo")) if words == ("demo",) else ()
        ended = command(settings, *words, "--port", port, *more)

    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert f"port {port}" in ended.stderr
