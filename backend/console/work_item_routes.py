"""Work items: families that are not heard from, who looks after them, and what was tried."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import CurrentActor
from backend.access.scope import sites_of
from backend.adherence import acts
from backend.adherence.reading import ItemFilter, work_items
from backend.adherence.schemas import NewContact, WorkItemEnd
from backend.clock import Now
from backend.console.listing import LONGEST_SITE
from backend.console.pages import REFUSALS, page
from backend.console.typed import Asked, Typed, wanted
from backend.console.work_item_page import HERE, OpenItem
from backend.errors import InvalidParameter
from models.actions import Action

PAGE = 50
SHOWN = ("open", "mine", "closed")


class WorkItemPages(Controller):
    path = HERE
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.WORK_ITEM_READ)
    async def show_all(self, request: Asked, actor: CurrentActor, now: Now) -> Response[Any]:
        """What is open, the first due first."""
        shown, site = request.query_params.get("show", "open"), request.query_params.get("site", "")
        if shown not in SHOWN or len(site) > LONGEST_SITE or "\0" in site:
            raise InvalidParameter("There is no such choice")
        cursor = request.query_params.get("cursor")
        which = ItemFilter(site or None, shown == "closed", shown == "mine", cursor, PAGE)
        found = await work_items(actor, which, now)
        chosen = {"show": shown} | ({"site": site} if site else {})
        return page(
            request, "work_items.html", found=found, shown=shown, choices=SHOWN, site=site, is_first=cursor is None,
            sites=[one.code for one in await sites_of(actor).order_by("code")], query=f"?{urlencode(chosen)}",
        )

    @get("/{work_item_id:uuid}", action=Action.WORK_ITEM_READ)
    async def show(self, request: Asked, work_item_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """One item with everything that was tried."""
        return await OpenItem(request, actor, work_item_id, now).show()

    @post("/{work_item_id:uuid}/owner", action=Action.WORK_ITEM_TAKE)
    async def take(self, request: Asked, work_item_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """It is mine from now on."""
        async def act(_typed: Typed, seen: int) -> None:
            await acts.take(actor, work_item_id, seen, now)

        return await OpenItem(request, actor, work_item_id, now).attempt(act, done="assignment")

    @post("/{work_item_id:uuid}/contacts", action=Action.WORK_ITEM_CONTACT)
    async def note_contact(
        self, request: Asked, work_item_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """Note one try to reach them."""
        async def act(typed: Typed, seen: int) -> None:
            await acts.note_contact(actor, work_item_id, seen, wanted(typed, NewContact), now)

        return await OpenItem(request, actor, work_item_id, now).attempt(act, done="contact")

    @post("/{work_item_id:uuid}/closing", action=Action.WORK_ITEM_CLOSE)
    async def close(self, request: Asked, work_item_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Nothing is left to do."""
        async def act(typed: Typed, seen: int) -> None:
            await acts.close(actor, work_item_id, seen, wanted(typed, WorkItemEnd), now)

        return await OpenItem(request, actor, work_item_id, now).attempt(act, done="item-closed")
