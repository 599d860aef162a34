"""HTTP in and out of adherence, and of how reminders reach one family."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath, QueryParameter

from backend.access.actor import CurrentActor
from backend.adherence.figures import Wanted, adherence
from backend.adherence.reach import family_reach
from backend.adherence.schemas import AdherenceBy, AdherenceTable, FamilyReach
from backend.clock import Now
from backend.paging import DEFAULT_LIMIT
from backend.wiring import CurrentWiring
from models.actions import Action


class AdherenceController(Controller):
    path = "/api/v1"
    tags = ["adherence"]

    @get("/adherence", operation_id="ReadAdherence", action=Action.ADHERENCE_READ)
    async def show(
        self, actor: CurrentActor, wiring: CurrentWiring, now: Now,
        by: Annotated[AdherenceBy, QueryParameter()] = "child",
        first: Annotated[date | None, QueryParameter(name="from")] = None,
        last: Annotated[date | None, QueryParameter(name="to")] = None,
        site: Annotated[str | None, QueryParameter(max_length=10)] = None,
        cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
        limit: Annotated[int, QueryParameter()] = DEFAULT_LIMIT,
    ) -> AdherenceTable:
        """How many check-ins were expected, told of and answered between two days, at most a year; the last twelve
        weeks unless said.
        """
        return await adherence(actor, Wanted(by, first, last, site, cursor, limit), wiring.protocol, now)

    @get("/participants/{participant_id:uuid}/reach", operation_id="ReadFamilyReach", action=Action.ADHERENCE_READ)
    async def reach(self, actor: CurrentActor, participant_id: FromPath[UUID], now: Now) -> FamilyReach:
        """By which channels each guardian is reached, when it last worked, and what went wrong."""
        return await family_reach(actor, participant_id, now)
