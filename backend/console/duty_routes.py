"""The duty roster: who answers for each site, planning and ending shifts on the site's own clock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import Actor, CurrentActor
from backend.access.permissions import sites_for
from backend.clock import Now
from backend.console.pages import REFUSALS, onward, page
from backend.console.remarks import remarks_in
from backend.console.typed import Asked, Typed, typed_in, wanted
from backend.errors import DoesNotFit, IllegalState, InvalidBody, StudyError
from backend.safety.duty import end_shift, plan_shift, rosters
from backend.safety.schemas import NewShift
from models import Site
from models.actions import Action
from notifications.local_time import to_utc, zone_named

HERE = "/console/duty"
SAID_ON_THE_PAGE = (DoesNotFit, IllegalState, InvalidBody)
QUESTIONS = ("account_id", "starts_at", "ends_at", "phone")


class DutyPages(Controller):
    path = HERE
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.DUTY_READ)
    async def show(self, request: Asked, actor: CurrentActor, now: Now) -> Response[Any]:
        """Each site: on duty now, shifts to come, and when nobody answers."""
        return await _duty(request, actor, now)

    @post("/", action=Action.DUTY_PLAN)
    async def plan(self, request: Asked, actor: CurrentActor, now: Now) -> Response[Any]:
        """Plan a shift."""
        typed = await typed_in(request)
        try:
            zone = await _zone(typed.get("site", ""))
            times = {name: _instant(typed, name, zone) for name in ("starts_at", "ends_at")}
            await plan_shift(actor, wanted({**typed, **times}, NewShift), now)
        except SAID_ON_THE_PAGE as refusal:
            return await _duty(request, actor, now, typed=typed, refusal=refusal)
        return onward(request, HERE, done="shift")

    @post("/{shift_id:uuid}/ending", action=Action.DUTY_END)
    async def end(self, request: Asked, shift_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """End a shift, or let one to come never begin."""
        try:
            await end_shift(actor, shift_id, now)
        except SAID_ON_THE_PAGE as refusal:
            return await _duty(request, actor, now, refusal=refusal)
        return onward(request, HERE, done="shift-end")


async def _duty(
    request: Asked, actor: Actor, now: datetime, *, typed: Typed | None = None, refusal: StudyError | None = None
) -> Response[Any]:
    found = await rosters(actor.acting(Action.DUTY_READ), now)
    planned, ended = sites_for(actor.acting(Action.DUTY_PLAN)), sites_for(actor.acting(Action.DUTY_END))
    sites = {site.code: site for site in await Site.all()}
    return page(
        request, "duty.html", status=refusal.status if refusal else 200, rosters=found, now=now,
        zones={code: site.timezone for code, site in sites.items()},
        may_plan={code for code, site in sites.items() if planned is None or site.id in planned},
        may_end={code for code, site in sites.items() if ended is None or site.id in ended},
        typed=typed or {}, refusal=refusal, remarks=remarks_in(refusal, typed or {}, QUESTIONS),
    )


async def _zone(code: str) -> str:
    """A site outside one's sight is refused by the use case."""
    site = await Site.get_or_none(code=code)
    return site.timezone if site else "UTC"


def _instant(typed: Typed, name: str, zone: str) -> str:
    """What was typed on the clock of the site, as an instant; anything odd stays as it is and is refused."""
    try:
        local = datetime.fromisoformat(typed.get(name, "").strip())
    except ValueError:
        return typed.get(name, "")
    return (to_utc(local, zone_named(zone)) if local.tzinfo is None else local).isoformat()
