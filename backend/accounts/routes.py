"""HTTP in and out of signing in, devices, one's own account and staff."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec.structs import replace

from backend.access.actor import CurrentActor
from backend.access.authentication import refuse_foreign_page
from backend.access.sign_in_answer import (
    NO_STORE,
    SignedIn,
    answer,
    device_cookie,
    device_shown,
    session_cookie,
)
from backend.accounts.devices import own_sessions, sign_out, sign_out_everywhere, signed_in_with
from backend.accounts.own_account import change_account, own_account
from backend.accounts.own_password import change_password
from backend.accounts.proof import prove_again
from backend.accounts.refresh import refresh
from backend.accounts.schemas import (
    AccountChange,
    Credentials,
    Me,
    PasswordChange,
    PasswordChanged,
    Proved,
    Refresh,
    SessionView,
    StepUp,
)
from backend.accounts.sign_in import sign_in
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
        data = replace(data, device_token=data.device_token or device_shown(request))
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

    @put("/password", operation_id="ChangePassword", action=Action.PASSWORD_CHANGE)
    async def change_password(
        self, wiring: CurrentWiring, actor: CurrentActor, data: JSONBody[PasswordChange], now: Now
    ) -> Response[PasswordChanged]:
        """Choose a new password; all other devices are signed out at once."""
        token = await change_password(actor, wiring, data.current, data.new, now)
        if await signed_in_with(actor) == SessionKind.APP:
            return Response(PasswordChanged(token), headers=NO_STORE)
        cookies = [device_cookie(wiring.settings.public_url, token)]
        return Response(PasswordChanged(None), cookies=cookies, headers=NO_STORE)

    @post("/step-up", operation_id="StepUp", action=Action.STEP_UP, status_code=200)
    async def step_up(
        self, wiring: CurrentWiring, actor: CurrentActor, data: JSONBody[StepUp], now: Now
    ) -> Proved:
        """Prove once more who one is, after `step_up.required`."""
        return Proved(await prove_again(actor, wiring, data.password, data.code, now))

    @patch("/", operation_id="ChangeOwnAccount", action=Action.ACCOUNT_CHANGE)
    async def change(
        self, wiring: CurrentWiring, actor: CurrentActor, data: JSONBody[AccountChange], now: Now
    ) -> Me:
        """Change display name, language or time zone."""
        await change_account(actor, data, now)
        return await own_account(actor, wiring, now)


@get("/.well-known/jwks.json", operation_id="GetPublicKeys", public=True, tags=["accounts"])
async def public_keys(wiring: CurrentWiring, now: Now) -> Response[dict[str, Any]]:
    """The public keys that verify our access tokens (RFC 7517)."""
    keys = await wiring.tokens.keyring.jwks(now)
    return Response(keys, headers={"Cache-Control": "public, max-age=300"})
