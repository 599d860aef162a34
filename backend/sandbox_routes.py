"""The sandbox's clock over HTTP; in every other installation the address does not exist."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from litestar import Controller, get, put
from litestar.params import JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now, machine_now, utc_now
from backend.errors import NotFound
from backend.sandbox import follow_clock, move_clock
from backend.wiring import CurrentWiring
from models.actions import Action


class ClockMove(msgspec.Struct, forbid_unknown_fields=True):
    """One of the two."""

    advance: timedelta | None = None
    """ISO 8601, days to seconds, such as `P3D` or `PT90M`."""
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class ClockView(msgspec.Struct):
    now: datetime
    """The study's time."""
    ahead_seconds: int
    """Of the real clock."""


class SandboxController(Controller):
    path = "/api/v1/sandbox/clock"
    tags = ["sandbox"]

    @get("/", operation_id="ReadSandboxClock", action=Action.CLOCK_MOVE)
    async def read(self, wiring: CurrentWiring, actor: CurrentActor, now: Now) -> ClockView:
        """The sandbox's time, and how far it is ahead."""
        del actor
        _require_sandbox(wiring)
        return ClockView(now, round((now - machine_now()).total_seconds()))

    @put("/", operation_id="MoveSandboxClock", action=Action.CLOCK_MOVE)
    async def move(self, wiring: CurrentWiring, actor: CurrentActor, data: JSONBody[ClockMove], now: Now) -> ClockView:
        """Move the sandbox's clock forward, for all processes; reminders and tokens become due as in real time."""
        _require_sandbox(wiring)
        await move_clock(actor, data.advance, data.at, now)
        await follow_clock()
        return ClockView(utc_now(), round((utc_now() - machine_now()).total_seconds()))


def _require_sandbox(wiring: CurrentWiring) -> None:
    """Raises NotFound."""
    if not wiring.settings.sandbox:
        raise NotFound
