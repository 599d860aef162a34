"""Linking codes: issuing one, showing it this once, revoking it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.console.pages import REFUSALS, onward, page
from backend.console.participant_page import SAID_ON_THE_PAGE, OpenParticipant
from backend.console.shown_once import forget, keep_until_shown, kept_for
from backend.console.typed import Asked, Typed, typed_in, wanted
from backend.errors import InvalidBody, NotFound
from backend.participants.linking_codes import Issued, issue_linking_code, issued_code, revoke_linking_code
from backend.participants.schemas import NewLinkingCode
from models.actions import Action
from notifications.local_time import to_utc, zone_named


class LinkingCodePages(Controller):
    path = "/console/participants/{participant_id:uuid}/linking-codes"
    include_in_schema = False
    exception_handlers = REFUSALS

    @post("/", action=Action.LINKING_CODE_ISSUE)
    async def issue(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """Issue a code and go on to the page that shows it: reloading that issues no other."""
        opened = OpenParticipant(request, actor, participant_id, now)
        typed = await typed_in(request)
        try:
            told = wanted(typed, NewLinkingCode, ends_at=end_of_day(typed, actor.timezone))
            issued = await issue_linking_code(actor, opened.wiring, participant_id, told, now=now)
        except SAID_ON_THE_PAGE as refusal:
            return await opened.show(form=_form(typed), typed=typed, refusal=refusal)
        there = f"{opened.address}/linking-codes/{issued.row.id}"
        led = onward(request, there)
        led.cookies = [keep_until_shown(opened.wiring, there, issued.code.replace("-", ""))]
        return led

    @get("/{code_id:uuid}", action=Action.LINKING_CODE_ISSUE)
    async def show(
        self, request: Asked, participant_id: FromPath[UUID], code_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """The code, this once and nowhere else ever; afterwards only that it was shown."""
        opened = OpenParticipant(request, actor, participant_id, now)
        participant, code = await opened.record(), kept_for(opened.wiring, request)
        issued: Issued | None = None
        if code is not None:
            try:
                issued = await issued_code(actor, opened.wiring, participant_id, code_id, code)
            except NotFound:  # used or revoked meanwhile
                issued = None
        shown = page(request, "linking_code.html", issued=issued, participant=participant,
                     qr_svg=Markup(issued.qr_svg) if issued else "")  # noqa: S704 - drawn by us, holds no one's text
        shown.cookies = [forget(opened.wiring, request.url.path)]
        return shown

    @post("/{code_id:uuid}/revocation", action=Action.LINKING_CODE_REVOKE)
    async def revoke(
        self, request: Asked, participant_id: FromPath[UUID], code_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Redirect:
        """From now on nobody can use the code."""
        await revoke_linking_code(actor, participant_id, code_id, now)
        return onward(request, f"/console/participants/{participant_id}", done="revoked")


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
