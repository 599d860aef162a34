"""Linking codes: issuing one, showing it this once, revoking it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import Provide
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup

from backend.console.pages import REFUSALS, onward, page
from backend.console.participant_page import SAID_ON_THE_PAGE, CurrentParticipant, provide_participant
from backend.console.shown_once import forget, keep_until_shown, kept_for
from backend.console.typed import Typed, typed_in, wanted
from backend.errors import InvalidBody, NotFound
from backend.participants.linking_codes import Issued, issue_linking_code, issued_code, revoke_linking_code
from backend.participants.schemas import NewLinkingCode
from models.actions import Action
from notifications.local_time import to_utc, zone_named


class LinkingCodePages(Controller):
    path = "/console/participants/{participant_id:uuid}/linking-codes"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_participant)}

    @post("/", action=Action.LINKING_CODE_ISSUE)
    async def issue(self, opened: CurrentParticipant) -> Response[Any]:
        """Issue a code and go on to the page that shows it: reloading that issues no other."""
        typed = await typed_in(opened.request)
        try:
            told = wanted(typed, NewLinkingCode, ends_at=end_of_day(typed, opened.actor.timezone))
            issued = await issue_linking_code(opened.actor, opened.wiring, opened.id, told, now=opened.now)
        except SAID_ON_THE_PAGE as refusal:
            return await opened.show(form=_form(typed), typed=typed, refusal=refusal)
        there = f"{opened.address}/linking-codes/{issued.row.id}"
        led = onward(opened.request, there)
        led.cookies = [keep_until_shown(opened.wiring, there, issued.code.replace("-", ""))]
        return led

    @get("/{code_id:uuid}", action=Action.LINKING_CODE_ISSUE)
    async def show(self, opened: CurrentParticipant, code_id: FromPath[UUID]) -> Response[Any]:
        """The code, this once and nowhere else ever; afterwards only that it was shown."""
        participant, code = await opened.record(), kept_for(opened.wiring, opened.request)
        issued: Issued | None = None
        if code is not None:
            try:
                issued = await issued_code(opened.actor, opened.wiring, opened.id, code_id, code)
            except NotFound:  # used or revoked meanwhile
                issued = None
        shown = page(opened.request, "linking_code.html", issued=issued, participant=participant,
                     qr_svg=Markup(issued.qr_svg) if issued else "")  # noqa: S704 - drawn by us, holds no one's text
        shown.cookies = [forget(opened.wiring, opened.request.url.path)]
        return shown

    @post("/{code_id:uuid}/revocation", action=Action.LINKING_CODE_REVOKE)
    async def revoke(self, opened: CurrentParticipant, code_id: FromPath[UUID]) -> Redirect:
        """From now on nobody can use the code."""
        await revoke_linking_code(opened.actor, opened.id, code_id, opened.now)
        return onward(opened.request, opened.address, done="revoked")


def end_of_day(typed: Typed, zone: str) -> datetime | None:
    """What ends on a day ends with it, where the writer is. Raises InvalidBody."""
    text = typed.get("ends_at", "").strip()
    try:
        last = date.fromisoformat(text) if text else None
        return to_utc(datetime.combine(last + timedelta(days=1), time()), zone_named(zone)) if last else None
    except (ValueError, OverflowError) as fault:
        raise InvalidBody(errors=[{"pointer": "/ends_at", "detail": "is no day"}]) from fault


def _form(typed: Typed) -> str:
    """Which of the page's forms was sent."""
    return "own-code" if typed.get("role") == "participant" else "code"
