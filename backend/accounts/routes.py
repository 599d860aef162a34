"""HTTP in and out of signing in, devices, one's own account and staff."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from backend.access.actor import CurrentActor
from backend.access.authentication import refuse_foreign_page
from backend.access.sign_in_answer import NO_STORE, SignedIn, answer, session_cookie
from backend.accounts.devices import own_sessions, sign_out, sign_out_everywhere
from backend.accounts.first_sign_in import first_sign_in
from backend.accounts.own_account import change_account, own_account
from backend.accounts.refresh import refresh
from backend.accounts.schemas import (
    AccountChange,
    AuthenticatorSetup,
    Credentials,
    FirstSignIn,
    Me,
    NewStaff,
    RecoveryCodes,
    Refresh,
    SessionView,
    StaffAdded,
)
from backend.accounts.sign_in import sign_in
from backend.accounts.staff import add_staff, reset_staff
from backend.border.address import address_of
from backend.border.strict_body import SMALL_BODY
from backend.clock import Now
from backend.paging import DEFAULT_LIMIT, Page
from backend.wiring import CurrentWiring, Wiring
from models.actions import Action
from models.vocabulary import SessionKind

AnyRequest = Request[Any, Any, Any]


class SessionController(Controller):
    path = "/api/v1/sessions"
    tags = ["accounts"]

    @post("/", operation_id="SignIn", public=True, request_max_body_size=SMALL_BODY)
    async def start(
        self, request: AnyRequest, wiring: CurrentWiring, data: JSONBody[Credentials], now: Now
    ) -> Response[SignedIn]:
        """Sign in with e-mail, password and, for staff, a code."""
        if data.kind == SessionKind.BROWSER:
            refuse_foreign_page(request)  # only browsers can be led here by a foreign page, and only they get a cookie
        started = await sign_in(wiring, data, address_of(request), now)
        return await answer(wiring.tokens, started, now)

    @post(
        "/refresh", operation_id="RefreshSession", public=True, status_code=200, request_max_body_size=SMALL_BODY
    )
    async def refresh(self, wiring: CurrentWiring, data: JSONBody[Refresh], now: Now) -> Response[SignedIn]:
        """Exchange a refresh token for the next one and a new access token."""
        started = await refresh(wiring, data.refresh_token, now)
        return await answer(wiring.tokens, started, now, status=200)

    @get("/", operation_id="ListSessions", action=Action.SESSION_LIST)
    async def show_own(
        self, actor: CurrentActor, now: Now, cursor: FromQuery[str | None] = None,
        limit: FromQuery[int] = DEFAULT_LIMIT,
    ) -> Page[SessionView]:
        """List the signed-in devices of one's own account."""
        page = await own_sessions(actor, cursor, limit, now)
        return Page([SessionView.of(session, actor.session_id) for session in page.items], page.next_cursor)

    @delete("/current", operation_id="SignOut", action=Action.SESSION_END)
    async def end_current(self, wiring: CurrentWiring, actor: CurrentActor, now: Now) -> Response[None]:
        """Sign this device out."""
        if actor.session_id is not None:
            await sign_out(actor, actor.session_id, now)
        return _forget_cookie(wiring)

    @delete("/{session_id:uuid}", operation_id="EndSession", action=Action.SESSION_END)
    async def end(self, actor: CurrentActor, session_id: FromPath[UUID], now: Now) -> None:
        """Sign one of one's own devices out."""
        await sign_out(actor, session_id, now)

    @delete("/", operation_id="SignOutEverywhere", action=Action.SESSION_END)
    async def end_all(self, wiring: CurrentWiring, actor: CurrentActor, now: Now) -> Response[None]:
        """Sign all of one's own devices out."""
        await sign_out_everywhere(actor, now)
        return _forget_cookie(wiring)


def _forget_cookie(wiring: Wiring) -> Response[None]:
    gone = session_cookie(wiring.settings.public_url, "", 0)
    return Response(None, status_code=204, cookies=[gone])


class OwnAccountController(Controller):
    path = "/api/v1/me"
    tags = ["accounts"]

    @get("/", operation_id="GetOwnAccount", action=Action.ACCOUNT_READ)
    async def read(self, wiring: CurrentWiring, actor: CurrentActor, now: Now) -> Me:
        """Who am I, for whom may I speak, and which versions does this server speak?"""
        return await own_account(actor, wiring, now)

    @patch("/", operation_id="ChangeOwnAccount", action=Action.ACCOUNT_CHANGE)
    async def change(
        self, wiring: CurrentWiring, actor: CurrentActor, data: JSONBody[AccountChange], now: Now
    ) -> Me:
        """Change display name, language or time zone."""
        await change_account(actor, data, now)
        return await own_account(actor, wiring, now)


class StaffController(Controller):
    path = "/api/v1"
    tags = ["accounts"]

    @post("/staff", operation_id="AddStaff", action=Action.STAFF_ADD)
    async def add(
        self, wiring: CurrentWiring, actor: CurrentActor, data: JSONBody[NewStaff], now: Now
    ) -> Response[StaffAdded]:
        """Add a member of staff and get the link for the first sign-in."""
        added = await add_staff(
            actor, wiring, email=data.email, display_name=data.display_name,
            roles=[(given.role, given.site) for given in data.roles], now=now,
        )
        return Response(StaffAdded(added.account_id, added.link, added.expires_at), headers=NO_STORE)

    @post("/staff/{account_id:uuid}/reset", operation_id="ResetStaff", action=Action.STAFF_RESET)
    async def reset(
        self, wiring: CurrentWiring, actor: CurrentActor, account_id: FromPath[UUID], now: Now
    ) -> Response[StaffAdded]:
        """End a lost authenticator, password and all sessions, and get a link for a new first sign-in."""
        made = await reset_staff(actor, wiring, account_id, now)
        return Response(StaffAdded(made.account_id, made.link, made.expires_at), headers=NO_STORE)

    @post(
        "/first-sign-ins", operation_id="FirstSignIn", public=True, status_code=200, request_max_body_size=SMALL_BODY
    )
    async def first_sign_in(
        self, request: AnyRequest, wiring: CurrentWiring, data: JSONBody[FirstSignIn], now: Now
    ) -> Response[AuthenticatorSetup | RecoveryCodes]:
        """Use a one-time link: first with a password, then with the authenticator's first code."""
        return Response(await first_sign_in(wiring, data, address_of(request), now), headers=NO_STORE)


@get("/.well-known/jwks.json", operation_id="GetPublicKeys", public=True, tags=["accounts"])
async def public_keys(wiring: CurrentWiring, now: Now) -> Response[dict[str, Any]]:
    """The public keys that verify our access tokens (RFC 7517)."""
    keys = await wiring.tokens.keyring.jwks(now)
    return Response(keys, headers={"Cache-Control": "public, max-age=300"})
