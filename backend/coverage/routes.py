"""HTTP in and out of attested time."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath, QueryParameter

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.coverage.reading import coverage_listing, coverage_of
from backend.coverage.schemas import CoverageLine, CoverageView
from backend.paging import DEFAULT_LIMIT, Page
from backend.wiring import CurrentWiring
from models.actions import Action


class CoverageController(Controller):
    path = "/api/v1"
    tags = ["coverage"]

    @get("/participants/{participant_id:uuid}/coverage", operation_id="ReadCoverage", action=Action.COVERAGE_READ)
    async def show(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID], now: Now,
        first: Annotated[date | None, QueryParameter(name="from")] = None,
        last: Annotated[date | None, QueryParameter(name="to")] = None,
    ) -> CoverageView:
        """Which days somebody vouched for and how late, where nobody did, and what happened in either."""
        return await coverage_of(actor, participant_id, (first, last), wiring.protocol, now)

    @get("/coverage", operation_id="ListCoverage", action=Action.COVERAGE_READ)
    async def listing(
        self, actor: CurrentActor, wiring: CurrentWiring, now: Now,
        site: Annotated[str | None, QueryParameter(max_length=10)] = None,
        cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
        limit: Annotated[int, QueryParameter()] = DEFAULT_LIMIT,
    ) -> Page[CoverageLine]:
        """The participants I may look on, by code: how much of their time is attested, and the longest gap."""
        return await coverage_listing(actor, site, wiring.protocol, now, cursor=cursor, limit=limit)
