"""What staff know about a child besides its birth: whether it can rate its own pain, and the woman who carried it."""

from typing import Any

from litestar import Controller, Response, post
from litestar.di import Provide

from backend.console.pages import REFUSALS
from backend.console.participant_page import CurrentParticipant, provide_participant
from backend.console.typed import Typed, wanted
from backend.participants.facts import change_participant
from backend.participants.schemas import ParticipantChange
from models.actions import Action


class ParticipantFactsPages(Controller):
    path = "/console/participants/{participant_id:uuid}"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_participant)}

    @post("/pain-rating", action=Action.PARTICIPANT_CHANGE)
    async def rate(self, opened: CurrentParticipant) -> Response[Any]:
        """Carers rate the pain of a child that can't, whatever its age."""

        async def act(typed: Typed) -> None:
            asked = {"observer_rated": typed.get("observer_rated", "")}
            await _change(opened, wanted(asked, ParticipantChange))

        return await opened.attempt("observer", act, done="pain-rating")

    @post("/woman", action=Action.PARTICIPANT_CHANGE)
    async def link(self, opened: CurrentParticipant) -> Response[Any]:
        """The woman of the prenatal arm who carries or carried this child; none when the field stays empty."""

        async def act(typed: Typed) -> None:
            code = typed.get("woman_code", "").strip().upper()
            await _change(opened, wanted({}, ParticipantChange, woman_code=code or None))

        return await opened.attempt("woman", act, done="woman")


async def _change(opened: CurrentParticipant, told: ParticipantChange) -> None:
    await change_participant(opened.actor, opened.wiring.protocol, opened.id, told, now=opened.now)
