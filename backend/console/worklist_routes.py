"""The worklist page, and the console's front door."""

from typing import Any

from litestar import Controller, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from backend.access.actor import CurrentActor
from backend.access.permissions import may, sites_for
from backend.clock import Now
from backend.console.listing import Listing
from backend.console.pages import NAVIGATION, REFUSALS, onward, page
from backend.console.typed import Asked
from backend.errors import NotFound, RoleMayNot
from backend.review.worklist import worklist
from models import Site
from models.actions import Action
from models.vocabulary import EntryKind, EntryState

PAGE = 50


class WorklistPages(Controller):
    path = "/console"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.ACCOUNT_READ)
    async def front(self, request: Asked, actor: CurrentActor) -> Redirect:
        """On to the first page that one's role opens."""
        for address, _, action in NAVIGATION:
            if may(actor, action):
                return onward(request, address)
        raise RoleMayNot

    @get("/worklist", action=Action.WORKLIST_READ)
    async def show(self, request: Asked, actor: CurrentActor, now: Now) -> Response[Any]:
        """Entries that wait for the staff of one's sites, oldest first."""
        listing = Listing.asked_for(request)
        cursor = request.query_params.get("cursor")
        found = await worklist(actor, listing.filter(actor, cursor, PAGE), now)
        own = sites_for(actor)
        return page(
            request, "worklist.html", listing=listing, found=found, is_first=cursor is None, me=actor.account,
            sites=[site.code for site in await Site.all().order_by("code") if own is None or site.id in own],
            states=list(EntryState), kinds=list(EntryKind),
        )

    @get("/{elsewhere:path}", public=True)
    async def nothing(self, elsewhere: FromPath[str]) -> None:
        """No such page."""
        raise NotFound
