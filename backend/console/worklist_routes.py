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
from backend.console.safety_page import without_duty
from backend.console.typed import Asked
from backend.errors import NotFound, RoleMayNot
from backend.review.worklist import with_suggestions, worklist
from backend.safety.reading import open_cases
from models import Site
from models.actions import Action
from models.protocol import Protocol
from models.vocabulary import EntryKind, EntryState

PAGE = 50


class WorklistPages(Controller):
    path = "/console"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.ACCOUNT_READ)
    async def front(self, request: Asked, actor: CurrentActor) -> Redirect:
        """On to the first page that one's role opens; a family has its own app."""
        first = next((address for address, _, action in NAVIGATION if actor.is_staff and may(actor, action)), None)
        if first is None:
            raise RoleMayNot
        return onward(request, first)

    @get("/worklist", action=Action.WORKLIST_READ)
    async def show(self, request: Asked, actor: CurrentActor, now: Now) -> Response[Any]:
        """Entries that wait for the staff of one's sites, oldest first."""
        listing = Listing.asked_for(request)
        cursor = request.query_params.get("cursor")
        protocol: Protocol = request.app.state.wiring.protocol
        found = await with_suggestions(await worklist(actor, listing.filter(actor, cursor, PAGE), now), protocol)
        own = sites_for(actor)
        reads_cases = may(actor, Action.SAFETY_READ)
        return page(
            request, "worklist.html", listing=listing, found=found, is_first=cursor is None, me=actor.account,
            sites=[site.code for site in await Site.all().order_by("code") if own is None or site.id in own],
            states=list(EntryState), kinds=list(EntryKind),
            open_cases=await open_cases(actor.acting(Action.SAFETY_READ)) if reads_cases else 0,
            without_duty=await without_duty(actor, now) if reads_cases else [],
        )

    @get("/{elsewhere:path}", public=True)
    async def nothing(self, elsewhere: FromPath[str]) -> None:
        """No such page."""
        raise NotFound
