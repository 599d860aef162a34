"""HTTP in and out of the calendar feed: its owner's page, and the address that calendars fetch."""

import hashlib
from typing import Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.params import FromPath, JSONBody

from backend.access.actor import CurrentActor
from backend.border.address import address_of
from backend.calendar_feed.feeds import make_feed, own_feed, revoke_feed
from backend.calendar_feed.reading import read_feed
from backend.calendar_feed.schemas import CalendarFeedView, CalendarLink, NewCalendarFeed, OwnCalendarFeed
from backend.clock import Now
from backend.errors import NotFound
from backend.wiring import CurrentWiring
from models.actions import Action

ENDING = ".ics"
HEADERS = {
    "Cache-Control": "private, max-age=900",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class CalendarFeedController(Controller):
    path = "/api/v1/me/calendar-feed"
    tags = ["inbox"]

    @get("/", operation_id="ReadCalendarFeed", action=Action.FEED_MAKE)
    async def show(self, actor: CurrentActor) -> OwnCalendarFeed:
        """Read whether one's visits can be read by a calendar, and since when."""
        feed = await own_feed(actor)
        return OwnCalendarFeed(CalendarFeedView.of(feed) if feed else None)

    @post("/", operation_id="MakeCalendarFeed", action=Action.FEED_MAKE)
    async def make(
        self, actor: CurrentActor, wiring: CurrentWiring, data: JSONBody[NewCalendarFeed], now: Now
    ) -> CalendarLink:
        """Make a secret address under which a calendar reads one's visits; the one before leads nowhere."""
        feed, secret = await make_feed(actor, data.shows_details, now)
        address = f"{wiring.settings.public_url.rstrip('/')}/calendar/{secret}{ENDING}"
        return CalendarLink(address, f"webcal:{address.partition(':')[2]}", CalendarFeedView.of(feed))

    @delete("/", operation_id="RevokeCalendarFeed", action=Action.FEED_REVOKE)
    async def revoke(self, actor: CurrentActor, now: Now) -> None:
        """Let the secret address lead nowhere."""
        await revoke_feed(actor, now)


@get("/calendar/{file:str}", public=True, include_in_schema=False)
async def calendar(
    request: Request[Any, Any, Any], wiring: CurrentWiring, file: FromPath[str], now: Now
) -> Response[Any]:
    """One person's visits, for whoever has the secret address: calendars can't sign in."""
    if not file.endswith(ENDING):
        raise NotFound
    content = await read_feed(wiring, file.removesuffix(ENDING), address_of(request), now)
    headers = {**HEADERS, "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'}
    if _has_it(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(None, status_code=304, headers=headers)
    return Response(content, media_type="text/calendar", headers=headers)


def _has_it(said: str, tag: str) -> bool:
    """A proxy that packs the answer calls the tag weak."""
    return tag in [one.strip().removeprefix("W/") for one in said.split(",")]
