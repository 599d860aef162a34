"""Adherence: expected, sent and answered check-ins between two days, by child, site or arm."""

from datetime import date
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

import msgspec
from litestar import Controller, Response, get

from backend.access.actor import CurrentActor
from backend.access.scope import sites_of
from backend.adherence.figures import MOST_DAYS, Wanted, adherence
from backend.adherence.schemas import AdherenceBy
from backend.clock import Now
from backend.console.listing import LONGEST_SITE
from backend.console.pages import REFUSALS, page
from backend.console.remarks import remarks_in
from backend.console.typed import Asked, wanted
from backend.errors import InvalidBody, InvalidParameter
from backend.wiring import CurrentWiring
from models.actions import Action

PAGE = 50
HERE = "/console/adherence"
QUESTIONS = ("first", "last", "by", "site")


class Choice(msgspec.Struct):
    """What the page is asked for."""

    by: AdherenceBy = "child"
    first: date | None = None
    last: date | None = None
    site: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]*$", max_length=LONGEST_SITE)] = ""


class AdherencePages(Controller):
    path = HERE
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.ADHERENCE_READ)
    async def show(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """The last twelve weeks by child, unless asked otherwise."""
        typed = {name: request.query_params.get(name, "") for name in QUESTIONS}
        cursor, refusal = request.query_params.get("cursor"), None
        try:
            asked = _wanted(typed, cursor)
            table = await adherence(actor, asked, wiring.protocol, now)
        except (InvalidBody, InvalidParameter) as fault:
            refusal = fault
            table = await adherence(actor, Wanted(limit=PAGE), wiring.protocol, now)
        chosen = {name: text for name, text in typed.items() if text}
        return page(
            request, "adherence.html", status=refusal.status if refusal else 200, table=table, typed=typed,
            refusal=refusal, remarks=remarks_in(refusal, typed, QUESTIONS), most_days=MOST_DAYS,
            sites=[site.code for site in await sites_of(actor).order_by("code")], kinds=get_args(AdherenceBy),
            is_first=cursor is None, query=f"?{urlencode(chosen)}" if chosen else "", here_url=HERE,
        )


def _wanted(typed: dict[str, str], cursor: str | None) -> Wanted:
    """Raises InvalidBody."""
    choice = wanted(typed, Choice)
    return Wanted(choice.by, choice.first, choice.last, choice.site or None, cursor, PAGE)
