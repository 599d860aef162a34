"""Log lines: nobody forges one, none quotes anybody, and each request leaves one without ids."""

import json
import logging
import re

import msgspec
import pytest

from backend.app import create_app
from backend.logs import JsonLines, TextLines
from backend.wiring import wire
from tests.cast import client_for

FORGERY = "ok\r\n2026-11-22T12:00:00.000Z INFO backend forged\u2028\u2029\x85\x1b[2Jgone\x00\x7f\ud800"
SECRET = "Leo broke his femur"
BEGINS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ [\w.]+ |    ")


def record(message: str, *values: object, name: str = "backend", failure: Exception | None = None):
    about = (type(failure), failure, failure.__traceback__) if failure else None
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, about)


def test_nobody_forges_a_json_line():
    line = JsonLines().format(record("said %s", FORGERY))

    assert line.splitlines() == [line]
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"].startswith("said ok")


def test_nobody_forges_a_text_line():
    lines = TextLines().format(record("said %s", FORGERY))

    assert all(BEGINS.match(line) for line in lines.split("\n"))
    assert all(line.isprintable() for line in lines.split("\n"))
    assert not lines.split("\n")[1].startswith("2026")


@pytest.mark.parametrize("form", [JsonLines(), TextLines()], ids=["json", "text"])
def test_exception_shows_where_and_not_what(form):
    try:
        raise ValueError(SECRET)
    except ValueError as failure:
        line = form.format(record("failed", failure=failure))

    assert SECRET not in line
    assert "ValueError" in line
    assert "test_exception_shows_where_and_not_what" in line


@pytest.mark.parametrize(("message", "values"), [(f"never seen: ValueError({SECRET!r})", ()), ("row %s", (SECRET,))])
def test_what_a_library_says_is_not_quoted(message, values):
    line = JsonLines().format(record(message, *values, name="asyncio"))

    assert SECRET not in line
    assert json.loads(line)["logger"] == "asyncio"


@pytest.fixture
async def client(study, cast):
    app = create_app(study, opens_database=False)
    app.state.traffic.log_as("json")
    async with client_for(app, cast.mia) as mia:
        yield mia


async def test_request_leaves_one_line_without_ids_or_query(client, cast, capsys):
    answer = await client.get(f"/api/v1/participants/{cast.leo.id}/changes?since=0&secret=canary")
    nowhere = await client.get("/canary/of/somebody")

    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first.keys() == {"time", "level", "logger", "message", "method", "route", "status", "ms", "request_id"}
    assert first["route"] == "/api/v1/participants/{participant_id}/changes"
    assert (first["method"], first["status"]) == ("GET", answer.status_code)
    assert first["request_id"] == answer.headers["x-request-id"]
    assert (second["route"], second["status"]) == ("(none)", nowhere.status_code)


async def test_text_line_says_the_same(client, capsys):
    client._transport.app.state.traffic.log_as("text")

    await client.get("/health/live")

    assert re.fullmatch(
        r"\S+Z info backend\.traffic GET /health/live 200 \d+\.\d ms request_id=[0-9a-f]{16}\n",
        capsys.readouterr().err,
    )


@pytest.mark.parametrize(("proxy", "given", "taken"), [
    ("10.0.0.7", "0af7651916cd43dd-8448eb211c80319c", True),
    ("", "0af7651916cd43dd-8448eb211c80319c", False),
    ("10.0.0.7", "leo-broke-his-femur", False),
    ("10.0.0.7", "abc", False),
    ("10.0.0.7", "a" * 65, False),
    ("10.0.0.7", '0af7651916cd43dd", "level": "info', False),
], ids=["of a proxy", "of a stranger", "words", "too short", "too long", "forged"])
async def test_request_id_is_taken_from_a_proxy_only_and_only_if_well_formed(study, proxy, given, taken):
    behind = wire(msgspec.structs.replace(study.settings, trusted_proxies=proxy))

    async with client_for(create_app(behind, opens_database=False)) as client:
        answer = await client.get("/health/live", headers={"X-Request-Id": given})

    assert (answer.headers["x-request-id"] == given) is taken
    assert re.fullmatch(r"[0-9a-f-]{16,64}", answer.headers["x-request-id"])
