"""HTTP in and out of work items."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.access.actor import Actor, CurrentActor
from backend.adherence import acts
from backend.adherence.reading import ItemFilter, work_item_view, work_items
from backend.adherence.schemas import NewContact, WorkItemEnd, WorkItemLine, WorkItemView
from backend.border.etags import IfMatch, change_tag, number_in
from backend.clock import Now
from backend.paging import DEFAULT_LIMIT, Page, page_limit
from models.actions import Action


class WorkItemController(Controller):
    path = "/api/v1/work-items"
    tags = ["work items"]

    @get("/", operation_id="ListWorkItems", action=Action.WORK_ITEM_READ)
    async def show_all(
        self, actor: CurrentActor, now: Now,
        site: Annotated[str | None, QueryParameter(max_length=10)] = None,
        closed: Annotated[bool, QueryParameter()] = False,
        mine: Annotated[bool, QueryParameter()] = False,
        cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
        limit: Annotated[int, QueryParameter()] = DEFAULT_LIMIT,
    ) -> Page[WorkItemLine]:
        """Families that are not heard from at my sites: what is open, the first due first; `closed`: what is not."""
        return await work_items(actor, ItemFilter(site, closed, mine, cursor, page_limit(limit)), now)

    @get("/{work_item_id:uuid}", operation_id="ReadWorkItem", action=Action.WORK_ITEM_READ)
    async def read(self, actor: CurrentActor, work_item_id: FromPath[UUID], now: Now) -> Response[WorkItemView]:
        """One work item with everything that was tried; the ETag is what an act must carry."""
        return await _tagged(actor, work_item_id, now)

    @post("/{work_item_id:uuid}/owner", operation_id="TakeWorkItem", action=Action.WORK_ITEM_TAKE, status_code=200)
    async def take(
        self, actor: CurrentActor, work_item_id: FromPath[UUID], now: Now, if_match: IfMatch = None
    ) -> Response[WorkItemView]:
        """It is mine from now on, also when it was a colleague's."""
        await acts.take(actor, work_item_id, number_in(if_match, "s"), now)
        return await _tagged(actor, work_item_id, now)

    @post("/{work_item_id:uuid}/contacts", operation_id="NoteContact", action=Action.WORK_ITEM_CONTACT)
    async def note_contact(
        self, actor: CurrentActor, work_item_id: FromPath[UUID], data: JSONBody[NewContact], now: Now,
        if_match: IfMatch = None,
    ) -> Response[WorkItemView]:
        """Note one try to reach the family; it stays as it is written."""
        await acts.note_contact(actor, work_item_id, number_in(if_match, "s"), data, now)
        return await _tagged(actor, work_item_id, now)

    @post("/{work_item_id:uuid}/closing", operation_id="CloseWorkItem", action=Action.WORK_ITEM_CLOSE, status_code=200)
    async def close(
        self, actor: CurrentActor, work_item_id: FromPath[UUID], data: JSONBody[WorkItemEnd], now: Now,
        if_match: IfMatch = None,
    ) -> Response[WorkItemView]:
        """Nothing is left to do about it, and why."""
        await acts.close(actor, work_item_id, number_in(if_match, "s"), data, now)
        return await _tagged(actor, work_item_id, now)


async def _tagged(actor: Actor, work_item_id: UUID, now: Now) -> Response[WorkItemView]:
    view = await work_item_view(actor.acting(Action.WORK_ITEM_READ), work_item_id, now)
    return Response(view, headers={"ETag": change_tag(view.item.seq)})
