"""The coverage of one's sites: how much of each participant's time is attested, and where the longest gap is."""

from typing import Any

from litestar import Controller, Response, get

from backend.access.actor import CurrentActor
from backend.access.permissions import sites_for
from backend.clock import Now
from backend.console.listing import LONGEST_SITE
from backend.console.pages import REFUSALS, page
from backend.console.typed import Asked
from backend.coverage.reading import coverage_listing
from backend.errors import InvalidParameter, RoleMayNot
from backend.wiring import CurrentWiring
from models import Site
from models.actions import Action

PAGE = 25


class CoveragePages(Controller):
    path = "/console/coverage"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.COVERAGE_READ)
    async def show(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """By code, each from activation to today; a family sees its own in the app."""
        if not actor.is_staff:
            raise RoleMayNot
        site, cursor = request.query_params.get("site", ""), request.query_params.get("cursor")
        if len(site) > LONGEST_SITE or "\0" in site:
            raise InvalidParameter("There is no such site")
        found = await coverage_listing(actor, site or None, wiring.protocol, now, cursor=cursor, limit=PAGE)
        seen = sites_for(actor)
        sites = [one.code for one in await Site.all().order_by("code") if seen is None or one.id in seen]
        return page(request, "coverage.html", found=found, site=site, sites=sites, is_first=cursor is None)
