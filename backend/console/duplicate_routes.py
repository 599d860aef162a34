"""The entry page's forms about reports of the same fracture: link, unlink, tell apart."""

from typing import Any

from litestar import Controller, Response, post
from litestar.di import Provide

from backend.console.entry_page import CurrentEntry, provide_entry
from backend.console.pages import REFUSALS
from backend.console.typed import Typed, wanted
from backend.review.duplicates_links import mark_duplicate, unlink
from backend.review.duplicates_told import tell_apart
from backend.review.schemas import DuplicateLink, ToldApart, Unlinking
from models.actions import Action


class DuplicatePages(Controller):
    path = "/console/entries/{entry_id:uuid}"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_entry)}

    @post("/duplicate-link", action=Action.ENTRY_MARK_DUPLICATE)
    async def link(self, opened: CurrentEntry) -> Response[Any]:
        """Link it to another entry that tells of the same event, and go on."""

        async def act(typed: Typed, seen: int) -> None:
            said = wanted(typed, DuplicateLink)
            await mark_duplicate(opened.actor, opened.id, seen, said.duplicate_of, said.reason, opened.now)

        return await opened.decide(act, done="duplicate-link")

    @post("/duplicate-unlinking", action=Action.ENTRY_UNLINK)
    async def unlink(self, opened: CurrentEntry) -> Response[Any]:
        """Take the link back."""

        async def act(typed: Typed, seen: int) -> None:
            await unlink(opened.actor, opened.id, seen, wanted(typed, Unlinking).reason, opened.now)

        return await opened.decide(act, done="duplicate-unlinking", stays=True)

    @post("/told-apart", action=Action.ENTRY_TELL_APART)
    async def tell_apart(self, opened: CurrentEntry) -> Response[Any]:
        """They tell of two fractures."""

        async def act(typed: Typed, seen: int) -> None:
            said = wanted(typed, ToldApart)
            await tell_apart(opened.actor, opened.id, seen, (said.other_id, said.other_version), opened.now)

        return await opened.decide(act, done="told-apart", stays=True)
