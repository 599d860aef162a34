"""A study with a visit plan of its own, and the days on which its doses were given."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest

from backend.wiring import prepare_study
from models.protocol import BOOSTB4, Protocol
from models.protocol.loading import read_protocol
from notifications.local_time import local_date, zone_named

PLAN = """
[[visit]]
code = "DOSE-1"
anchor = "first_dose"
offset = "P0D"
dose = 1

[[visit]]
code = "M3"
phase = "early"
anchor = "first_dose"
offset = "P3M"
window_before = 7
window_after = 14
bring = ["earlier_images"]

[[visit]]
code = "AFTER-M3"
anchor = "visit:M3"
offset = "P4W"
window_before = 3
window_after = 3

[[visit]]
code = "OP-{n}"
anchor = "surgery"
offset = "P1M"
every = "P1M"
until = "P3M"
"""
Run = Callable[..., Awaitable[Protocol]]


def protocol_with(visits: str, version: str = "own") -> Protocol:
    before, _, _ = BOOSTB4.read_text("utf-8").partition("# --- the visit plan:")
    return read_protocol(before.replace('version = "4"', f'version = "{version}"') + visits, "own.toml")


@pytest.fixture
def run_with(study, app, now) -> Run:
    """`await run_with(visits, version)` starts the installation with this visit plan."""
    async def restart(visits: str = PLAN, version: str = "own") -> Protocol:
        app.state.wiring = replace(study, protocol=protocol_with(visits, version))
        await prepare_study(app.state.wiring, now)
        return app.state.wiring.protocol

    return restart


@pytest.fixture
def today(now) -> date:
    return local_date(now, zone_named("Europe/Stockholm"))


@pytest.fixture
def nora(as_):
    return as_("nora")


@pytest.fixture
def leo_url(cast) -> str:
    return f"/api/v1/participants/{cast.leo.id}"


@pytest.fixture
def schedule(nora, leo_url):
    """`(await schedule())["M3"]`"""
    async def read():
        return {visit["plan_code"]: visit for visit in (await nora.get(f"{leo_url}/visits")).json()["visits"]}

    return read


@pytest.fixture
def gives(nora, leo_url):
    """`await gives(1, day)` notes a dose; again with another day corrects it."""
    async def note(number, day):
        answer = await nora.put(f"{leo_url}/doses/{number}", json={"given_on": f"{day}", "reason": "mistyped"})
        assert answer.is_success, answer.text

    return note
