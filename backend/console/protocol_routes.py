"""The study protocol in words, as this installation runs it: forms, rules, ladder, scales, and what is unset."""

from typing import Any

from litestar import Controller, Response, get

from backend.access.actor import CurrentActor
from backend.console.pages import REFUSALS, page
from backend.console.protocol_page import code_of, question_of, rules_of, steps_of, told_if, when_of
from backend.console.typed import Asked
from backend.errors import RoleMayNot
from backend.wiring import CurrentWiring
from models.actions import Action
from models.protocol import not_published


class ProtocolPages(Controller):
    path = "/console/protocol"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.PROTOCOL_READ)
    async def show(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring) -> Response[Any]:
        """The whole of it, for staff; families are shown what they are asked, not the plan behind it."""
        if not actor.is_staff:
            raise RoleMayNot
        protocol = wiring.protocol
        return page(
            request, "protocol.html", protocol=protocol.file, hash=protocol.hash,
            unset=not_published(protocol.file), question_of=question_of, told_if=told_if, when_of=when_of,
            code_of=code_of, steps=steps_of(protocol.file.safety), rules=rules_of(protocol.file),
        )
