"""Consent texts: which there are, each word for word, and adding another. What was added is never changed."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import Actor, CurrentActor
from backend.access.permissions import may, sites_for
from backend.clock import Now
from backend.consent.adding import add_document, document_of, documents_of, site_codes
from backend.consent.languages import missing_languages
from backend.consent.schemas import DocumentView, NewConsentDocument
from backend.console.pages import REFUSALS, onward, page
from backend.console.remarks import remarks_in
from backend.console.typed import Asked, Typed, typed_in, wanted, with_site
from backend.errors import AlreadyExists, FindingsRefused, InvalidBody, NotFound, StudyError
from backend.wiring import CurrentWiring, Wiring
from models import Site
from models.actions import Action
from models.vocabulary import Arm, ConsentAudience
from notifications.local_time import to_utc, zone_named

HERE = "/console/documents"
PAGE = 50
SAID_ON_THE_PAGE = (AlreadyExists, FindingsRefused, InvalidBody, NotFound)
QUESTIONS = [field.name for field in msgspec.structs.fields(NewConsentDocument)]


class DocumentPages(Controller):
    path = HERE
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.CONSENT_DOCUMENT_READ)
    async def show_all(self, request: Asked, actor: CurrentActor, now: Now) -> Response[Any]:
        """All versions of the texts of one's sites."""
        cursor = request.query_params.get("cursor")
        found, sites = await documents_of(actor, cursor, PAGE)
        return page(
            request, "documents.html", found=found, is_first=cursor is None, sites=sites, now=now,
            missing=await missing_languages(found.items, now),
            may_add=may(actor, Action.CONSENT_DOCUMENT_ADD),
        )

    @get("/new", action=Action.CONSENT_DOCUMENT_ADD)
    async def ask(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring) -> Response[Any]:
        """An empty form."""
        return await _form(request, actor, wiring, {})

    @post("/new", action=Action.CONSENT_DOCUMENT_ADD)
    async def add(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """Add it; what is wrong with the form is said on it."""
        typed = await typed_in(request)
        try:
            document, _ = await add_document(actor, wiring.protocol, _new(typed, actor), now)
        except SAID_ON_THE_PAGE as refusal:
            return await _form(request, actor, wiring, typed, refusal)
        return onward(request, f"{HERE}/{document.id}", done="document")

    @get("/{document_id:uuid}", action=Action.CONSENT_DOCUMENT_READ)
    async def show(
        self, request: Asked, document_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """One text, word for word."""
        found = await document_of(actor, document_id)
        site = (await site_codes()).get(found.site_id) if found.site_id else None
        missing = (await missing_languages([found], now))[found.id]
        return page(request, "document.html", document=DocumentView.whole(found, site), missing=missing,
                    may_add=may(actor, Action.CONSENT_DOCUMENT_ADD))


async def _form(
    request: Asked, actor: Actor, wiring: Wiring, typed: Typed, refusal: StudyError | None = None
) -> Response[Any]:
    own = sites_for(actor)
    return page(
        request, "document_new.html", status=refusal.status if refusal else 200, typed=typed, refusal=refusal,
        remarks=remarks_in(refusal, typed, QUESTIONS), audiences=list(ConsentAudience), for_all_sites=own is None,
        sites=[site.code for site in await Site.all().order_by("code") if own is None or site.id in own],
        arms=[Arm(arm) for arm in wiring.protocol.file.consent.arms],
    )


def _new(typed: Typed, actor: Actor) -> NewConsentDocument:
    """Its days begin at midnight where the writer is; its text stays as it was typed. Raises InvalidBody."""
    days = {name: _midnight(typed.get(name, ""), actor.timezone) for name in ("valid_from", "required_from")}
    asked = wanted({**with_site(typed), **days}, NewConsentDocument)
    return msgspec.structs.replace(asked, body=typed["body"])


def _midnight(text: str, zone: str) -> str:
    """What is no day stays as it is, and is refused as such."""
    try:
        return to_utc(datetime.combine(date.fromisoformat(text.strip()), time()), zone_named(zone)).isoformat()
    except (ValueError, OverflowError):
        return text
