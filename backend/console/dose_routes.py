"""The doses of a participant, as the page takes them: noting and correcting."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import Provide

from backend.console.dose_page import attempt, show_doses
from backend.console.pages import REFUSALS
from backend.console.participant_page import CurrentParticipant, provide_participant
from backend.console.typed import Typed, wanted
from backend.errors import InvalidParameter
from backend.visits.doses import note_dose
from backend.visits.schemas import DoseNote
from models.actions import Action


class DosePages(Controller):
    path = "/console/participants/{participant_id:uuid}/doses"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_participant)}

    @get("/", action=Action.DOSE_READ)
    async def show(self, opened: CurrentParticipant) -> Response[Any]:
        """In order of their numbers, with the visits counted from them."""
        return await show_doses(opened)

    @post("/", action=Action.DOSE_NOTE)
    async def note(self, opened: CurrentParticipant) -> Response[Any]:
        """Note one, or correct it with a reason."""

        async def act(typed: Typed) -> None:
            noted = wanted(typed, DoseNote)
            protocol = opened.wiring.protocol
            await note_dose(opened.actor, opened.id, _number(typed), noted, protocol, opened.now)

        return await attempt(opened, act, form="dose", done="dose")


def _number(typed: Typed) -> int:
    text = typed.get("number", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 3):
        raise InvalidParameter("There is no such dose")
    return int(text)
