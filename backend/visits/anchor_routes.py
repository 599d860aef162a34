"""HTTP in and out of the days that staff note so that visits are counted from them."""

from uuid import UUID

from litestar import Controller, get, put
from litestar.params import FromPath, JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.visits.anchor_days import anchor_days_of, note_anchor_day
from backend.visits.schemas import AnchorDayNote, AnchorDays, AnchorDayView
from backend.wiring import CurrentWiring
from models.actions import Action
from models.vocabulary import DayAnchor


class AnchorDayController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}/anchor-days"
    tags = ["visits"]

    @get("/", operation_id="ListAnchorDays", action=Action.VISIT_READ)
    async def show(self, actor: CurrentActor, participant_id: FromPath[UUID], now: Now) -> AnchorDays:
        """List the days from which a participant's visits are counted, besides doses, birth, enrolment and consent."""
        return AnchorDays([AnchorDayView.of(row) for row in await anchor_days_of(actor, participant_id, now)])

    @put("/{anchor:str}", operation_id="NoteAnchorDay", action=Action.ANCHOR_NOTE)
    async def note(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID],
        anchor: FromPath[DayAnchor], data: JSONBody[AnchorDayNote], now: Now,
    ) -> AnchorDayView:
        """Note such a day, or correct it with a reason; the visits counted from it follow."""
        row = await note_anchor_day(
            actor, participant_id, anchor, data.on_day, wiring.protocol, now, reason=data.reason
        )
        return AnchorDayView.of(row)
