"""Liveness and readiness. A dead worker never takes the API from parents; it shows in the figures."""

from typing import Any

import msgspec
from litestar import Controller, Response, get

from backend.clock import Now
from models import Heartbeat
from models.migrator import pending_here
from models.statement import rows


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
    async def ready(self, now: Now) -> Response[Any]:
        """The database is reachable and migrated."""
        await rows("SELECT 1 AS one")
        migrated = not await pending_here()
        beat = await Heartbeat.all().order_by("-beat_at").first() if migrated else None
        age = (now - beat.beat_at).total_seconds() if beat else None
        return Response(Readiness(migrated, migrated, age), status_code=200 if migrated else 503)
