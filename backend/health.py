"""Liveness and readiness. A dead worker never takes the API from parents; it shows in the figures."""

from typing import Any

import msgspec
from litestar import Controller, Response, get

from backend.clock import Now
from backend.wiring import CurrentWiring
from models import Heartbeat
from models.migrator import pending_here
from models.statement import rows

_migrated: set[str] = set()
"""Databases that this process has seen migrated: the graph of migrations is not read again at every probe."""


class Readiness(msgspec.Struct):
    ready: bool
    migrated: bool
    worker_seconds: float | None = None
    """Since the last sign of life of any worker."""


class HealthController(Controller):
    path = "/health"
    tags = ["health"]

    @get("/live", operation_id="IsAlive", public=True)
    async def live(self) -> dict[str, bool]:
        """This process answers."""
        return {"alive": True}

    @get("/ready", operation_id="IsReady", public=True)
    async def ready(self, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """The database is reachable and migrated."""
        await rows("SELECT 1 AS one")
        migrated = not await migrations_pending(wiring.settings.database_url)
        beat = await Heartbeat.all().order_by("-beat_at").first() if migrated else None
        age = (now - beat.beat_at).total_seconds() if beat else None
        return Response(Readiness(migrated, migrated, age), status_code=200 if migrated else 503)


async def migrations_pending(database_url: str) -> int:
    """How many have not run on the open database."""
    if database_url in _migrated:
        return 0
    missing = len(await pending_here())
    if not missing:
        _migrated.add(database_url)
    return missing
