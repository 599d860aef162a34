"""HTTP in and out of a mail's unsubscribe link: RFC 8058's one click, and a page with a button for people."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from backend.access.actor import Actor
from backend.border.page_headers import page_headers
from backend.border.strict_body import SMALL_BODY
from backend.clock import Now
from backend.errors import MalformedBody, NotFound
from backend.reach.unsubscribe_address import account_named
from backend.reach.unsubscribe_page import done_page, question_page
from backend.reach.unsubscribing import turn_off
from backend.wiring import CurrentWiring, Wiring
from models import Account
from models.actions import Action

AnyRequest = Request[Any, Any, Any]


class UnsubscribeController(Controller):
    path = "/u"
    include_in_schema = False

    @get("/{token:str}", public=True)
    async def ask(self, wiring: CurrentWiring, token: FromPath[str]) -> Response[str]:
        """Show the button; nothing changes yet."""
        account = await _account(wiring, token)
        return _page(wiring, question_page(account.language, wiring.settings.app_name))

    @post("/{token:str}", public=True, status_code=200, request_max_body_size=SMALL_BODY)
    async def unsubscribe(
        self, request: AnyRequest, wiring: CurrentWiring, token: FromPath[str], now: Now
    ) -> Response[str]:
        """Turn reminder mails off, for a mailbox provider or for who pressed the button."""
        account = await _account(wiring, token)
        if not _is_one_click(await request.body()):
            raise MalformedBody("The body is not the form of one click")
        reader = Actor(account.id, None, Action.PREFERENCES_CHANGE)
        await turn_off(reader, "email_on", "unsubscribed_in_mail", now)
        return _page(wiring, done_page(account.language, wiring.settings.app_name))


async def _account(wiring: Wiring, token: str) -> Account:
    """Raises NotFound, for a made-up token as for an account that is no more."""
    account_id = account_named(wiring.seal, token)
    account = await Account.get_or_none(id=account_id) if account_id else None
    if account is None:
        raise NotFound
    return account


def _is_one_click(body: bytes) -> bool:
    """As a form of either kind; providers write both."""
    name = body.find(b"List-Unsubscribe")
    return name >= 0 and body.find(b"One-Click", name) > name


def _page(wiring: Wiring, text: str) -> Response[str]:
    headers = {**page_headers(wiring.settings.public_url), "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
    return Response(text, media_type="text/html", headers=headers)
