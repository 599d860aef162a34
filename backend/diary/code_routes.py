"""What our words are called elsewhere: the pinned table of codes, for whoever receives or reads entries."""

from litestar import Controller, get

from models.actions import Action
from models.codes import Code, codes


class CodeController(Controller):
    path = "/api/v1/codes"
    tags = ["sync"]

    @get("/", operation_id="ListCodes", action=Action.PROTOCOL_READ)
    async def read(self) -> list[Code]:
        """Every bound word with its code, display text, source and the day it was verified (null: not yet)."""
        return list(codes())
