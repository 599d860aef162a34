"""HTTP in and out of the doses."""

from uuid import UUID

from litestar import Controller, get, put
from litestar.params import FromPath, JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.visits.doses import doses_of, note_dose, plan_from
from backend.visits.schemas import DoseNote, Doses, DoseView
from backend.wiring import CurrentWiring
from models.actions import Action


class DoseController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}/doses"
    tags = ["visits"]

    @get("/", operation_id="ListDoses", action=Action.DOSE_READ)
    async def show(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID], now: Now
    ) -> Doses:
        """List a participant's doses, and those from which the visits are counted."""
        doses = await doses_of(actor, participant_id, now)
        return Doses([DoseView.of(dose) for dose in doses], plan_from(doses, wiring.protocol))

    @put("/{number:int}", operation_id="NoteDose", action=Action.DOSE_NOTE)
    async def note(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID], number: FromPath[int],
        data: JSONBody[DoseNote], now: Now,
    ) -> DoseView:
        """Note on which day a dose was given, or correct it with a reason; the visits counted from it follow."""
        return DoseView.of(await note_dose(actor, participant_id, number, data, wiring.protocol, now))
