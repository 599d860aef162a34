"""Schemathesis asks a real server everything its OpenAPI document describes, as three people, with every check on.

Quick: SQLite, the coordinator through all phases, guardian and administrator without the thousands of "coverage".
`--full`: all three through all phases, both databases, many examples.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from hypothesis import strategies
from schemathesis.auths import AuthContext
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case

from backend.access.seal import new_secret, secret_hash
from backend.clock import utc_now
from models import Session
from tests.cast import Cast
from tests.phones import Phone
from tests.processes import serving
from tests.wire import client_at

PHASES = ("examples", "coverage", "fuzzing", "stateful")
# Accepted as described, and still refused: a document can't say what the study holds (409, 410, 412, 422), that one
# of two headers is needed (428), which app is too old (426), or how often somebody has tried (429).
WELL_FORMED = ["2xx", "3xx", "401", "403", "404", "409", "410", "412", "422", "426", "428", "429"]
# What isn't as described is refused, never 2xx and never 5xx; 410 and 412 where something else was wrong besides.
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "410", "412", "413", "415", "422", "428", "429"]
CHECKS = {
    "positive_data_acceptance": {"expected-statuses": WELL_FORMED},
    "negative_data_rejection": {"expected-statuses": REFUSED},
    # 428 is the status made for a missing If-Match (RFC 6585)
    "missing_required_header": {"expected-statuses": ["400", "401", "403", "406", "415", "422", "428"]},
}
# Schemathesis makes no header with a quotation mark by itself, and fills in a wrong one where it finds none.
schemathesis.openapi.format("etag", strategies.from_regex(r'"[sv][0-9]{1,18}"', fullmatch=True))


@dataclass
class Seen:
    """What a run came upon."""

    statuses: Counter[int] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


async def sign_in_anew(cast: Cast, name: str) -> str:
    """A token of a fresh session: what one case signs out, the next one does not need."""
    person, now = cast.people[name], utc_now()
    session = await Session.create(
        account=person.account, kind=person.session.kind, token_hash=secret_hash(new_secret()), created_at=now,
        last_seen_at=now, proved_at=now, expires_at=person.session.expires_at, device_name="Schemathesis",
    )
    return await cast.wiring.tokens.issue(person.id, session.id, now)


async def diary_of_leo(cast: Cast, port: int) -> list[str]:
    """Ids of entries that are there to be read, changed and decided about."""
    async with client_at(port, cast.mia) as client:
        phone = Phone(client, cast.leo.id)
        items = [phone.item() for _ in range(5)]
        await phone.push(*items)
    return [str(item["id"]) for item in items]


def configuration(cast: Cast, entries: list[str], phases: tuple[str, ...], examples: int) -> SchemathesisConfig:
    def mostly(*values: str) -> dict[str, Any]:
        return {"values": list(values)}

    return SchemathesisConfig.from_dict({
        "seed": 20261120, "continue-on-failure": True, "request-timeout": 20,
        "max-stream-events": 1,  # a poke is enough: the stream itself never ends
        "generation": {"max-examples": examples, "deterministic": True, "no-shrink": True, "database": "none"},
        "phases": {phase: {"enabled": phase in phases} for phase in PHASES},
        "checks": CHECKS,
        "dictionaries": {"participants": mostly(str(cast.leo.id)), "entries": mostly(*entries)},
        "parameters": {
            "path.participant_id": {"dictionary": "participants", "probability": 0.8},
            "path.entry_id": {"dictionary": "entries", "probability": 0.8},
        },
    })


def run(schema: Any) -> Seen:
    seen = Seen()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            seen.faults.append(f"{event}")
        elif isinstance(event, events.ScenarioFinished):
            seen.operations.add(event.label or "")
            seen.statuses.update(i.response.status_code for i in event.recorder.interactions.values() if i.response)
            seen.faults += faults(event)
    return seen


def faults(scenario: events.ScenarioFinished) -> Iterator[str]:
    for case_id, checks in scenario.recorder.checks.items():
        interaction = scenario.recorder.interactions.get(case_id)
        answered = interaction.response.content[:300] if interaction and interaction.response else b""
        for check in checks:
            if told := check.failure_info:
                yield f"{check.name}: {told.failure.message}\n{told.code_sample[-800:]}\n{answered!r}"


async def explore(cast: Cast, name: str, phases: tuple[str, ...], examples: int) -> Seen:
    loop = asyncio.get_running_loop()

    def in_a_thread(port: int, entries: list[str]) -> Seen:
        schema = schemathesis.openapi.from_url(
            f"http://127.0.0.1:{port}/api/openapi.json", config=configuration(cast, entries, phases, examples))

        @schema.auth(refresh_interval=None)
        class FreshSession:
            def get(self, _case: Case, _context: AuthContext) -> str:
                return asyncio.run_coroutine_threadsafe(sign_in_anew(cast, name), loop).result()

            def set(self, case: Case, data: str, _context: AuthContext) -> None:
                case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

        return run(schema)

    with serving(cast.wiring.settings) as (process, port):
        seen = await asyncio.to_thread(in_a_thread, port, await diary_of_leo(cast, port))
        assert process.poll() is None
    return seen


def require_sound(seen: Seen, app: Any) -> None:
    assert not seen.faults, f"{len(seen.faults)} faults\n\n" + "\n\n".join(seen.faults[:10])
    described = app.openapi_schema.to_schema()["paths"]
    assert {f"{method.upper()} {path}" for path, item in described.items() for method in item} <= seen.operations
    assert sum(seen.statuses[status] for status in (200, 201, 204)) > 20, seen.statuses  # not just refusals


@pytest.mark.parametrize(("name", "phases"), [
    ("nora", PHASES), ("mia", ("examples", "fuzzing", "stateful")), ("alma", ("examples", "fuzzing", "stateful")),
])
async def test_document_and_server_agree(name, phases, cast, app):
    seen = await explore(cast, name, phases, examples=2)

    require_sound(seen, app)


@pytest.mark.full
@pytest.mark.parametrize("name", ["mia", "nora", "alma"])
async def test_document_and_server_agree_on_many_examples(name, cast, app):
    seen = await explore(cast, name, PHASES, examples=40)

    require_sound(seen, app)
