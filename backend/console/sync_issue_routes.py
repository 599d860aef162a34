"""Sync issues: what a phone sent and could not become an entry, word for word, until staff have dealt with it."""

import json
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.access.actor import CurrentActor
from backend.access.permissions import sites_for
from backend.clock import Now
from backend.console.pages import REFUSALS, onward, page
from backend.console.typed import Asked, typed_in, wanted
from backend.diary.quarantine import dismiss
from backend.diary.quarantine_listing import quarantined
from backend.diary.quarantine_routes import Dismissal
from models import Site
from models.actions import Action

PAGE = 50
HERE = "/console/sync-issues"


class SyncIssuePages(Controller):
    path = HERE
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.QUARANTINE_READ)
    async def show(self, request: Asked, actor: CurrentActor, now: Now) -> Response[Any]:
        """Oldest first."""
        cursor = request.query_params.get("cursor")
        found = await quarantined(actor, cursor, PAGE, now)
        sites = sites_for(actor.acting(Action.QUARANTINE_DISMISS))
        return page(
            request, "sync_issues.html", found=found, is_first=cursor is None,
            may_dismiss={site.code for site in await Site.all() if sites is None or site.id in sites},
            sent={issue.id: json.dumps(issue.item, ensure_ascii=False, indent=2) for issue in found.items},
        )

    @post("/{item_id:uuid}/dismissal", action=Action.QUARANTINE_DISMISS)
    async def dismiss(self, request: Asked, item_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Redirect:
        """It has been dealt with."""
        reason = wanted(await typed_in(request), Dismissal).reason
        await dismiss(actor, item_id, reason, now)
        return onward(request, HERE, done="dismissed")
