"""Getting in and out: the sign-in page, a member of staff's first sign-in, signing out."""

from typing import Any

import msgspec
from litestar import Controller, Response, get, post
from litestar.response import Redirect
from markupsafe import Markup

from backend.access.actor import CurrentActor
from backend.access.sign_in_answer import answer, device_shown, session_cookie
from backend.accounts.devices import sign_out
from backend.accounts.first_sign_in import first_sign_in
from backend.accounts.schemas import Credentials
from backend.accounts.sign_in import sign_in
from backend.accounts.staff_schemas import AuthenticatorSetup, FirstSignIn
from backend.border.address import address_of
from backend.clock import Now
from backend.console.pages import REFUSALS, SIGN_IN, local_path, onward, page
from backend.console.typed import Asked, typed_in
from backend.errors import (
    EmailUnverified,
    InvalidBody,
    LinkRefused,
    PasswordExposed,
    SignInFailed,
    TooManyAttempts,
    TotpRequired,
    WeakPassword,
)
from backend.wiring import CurrentWiring
from models.actions import Action
from models.vocabulary import SessionKind


class SignInPages(Controller):
    path = "/console"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/sign-in", public=True)
    async def ask(self, request: Asked) -> Response[Any]:
        """E-mail, password and code."""
        back = local_path(request.query_params.get("return_to"))
        return page(request, "sign_in.html", return_to=back, email="", problem="")

    @post("/sign-in", public=True, sets_cookie=True)
    async def enter(self, request: Asked, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """Sign in as a browser; what was wrong is said on the same page."""
        typed = await typed_in(request)
        back = local_path(typed.get("return_to"))
        # word for word: blanks belong to a password
        shown = {"email": typed.get("email", ""), "password": typed.get("password", ""),
                 "code": typed.get("code", "").strip() or None, "kind": SessionKind.BROWSER,
                 "device_token": device_shown(request)}
        try:
            credentials = msgspec.convert(shown, Credentials)
            started = await sign_in(wiring, credentials, address_of(request), now)
        except (SignInFailed, EmailUnverified, PasswordExposed, TotpRequired, TooManyAttempts) as refusal:
            said = page(request, "sign_in.html", status=refusal.status, return_to=back, email=shown["email"],
                        problem=refusal.detail)
            said.headers.update(refusal.headers)
            return said
        except msgspec.ValidationError as fault:
            raise InvalidBody from fault
        cookies = (await answer(wiring.tokens, started, now)).cookies
        entered = onward(request, back)
        entered.cookies = cookies
        return entered

    @post("/sign-out", action=Action.SESSION_END)
    async def leave(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring, now: Now) -> Redirect:
        """End this session; the browser forgets its cookie."""
        if actor.session_id is not None:
            await sign_out(actor, actor.session_id, now)
        left = onward(request, SIGN_IN)
        left.cookies = [session_cookie(wiring.settings.public_url, "", 0)]
        return left


class FirstSignInPages(Controller):
    path = "/first-sign-in"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", public=True)
    async def begin(self, request: Asked) -> Response[Any]:
        """Choose a password; the secret after the # is put into the form by the page's script."""
        return page(request, "first_sign_in.html", token="", problem="")

    @post("/", public=True)
    async def go_on(self, request: Asked, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """First the password, then a code of the authenticator; recovery codes are shown once."""
        typed = await typed_in(request)
        shown = FirstSignIn(typed.get("token", ""), typed.get("password"), typed.get("code"))
        if shown.password is not None and shown.password != typed.get("again"):
            return self._again(request, shown.token, "The two passwords are not the same")
        try:
            outcome = await first_sign_in(wiring, shown, address_of(request), now)
        except LinkRefused as refusal:
            return page(request, "link_refused.html", status=refusal.status, problem=refusal.detail)
        except WeakPassword as refusal:
            return self._again(request, shown.token, refusal.detail, refusal.status)
        except SignInFailed as refusal:
            return page(request, "first_code_wrong.html", status=refusal.status, token=shown.token)
        if isinstance(outcome, AuthenticatorSetup):
            return page(request, "authenticator.html", token=shown.token, secret=outcome.totp_secret,
                        qr_svg=Markup(outcome.qr_svg))  # noqa: S704 - drawn by us, holds no text of anybody
        return page(request, "recovery_codes.html", codes=outcome.recovery_codes)

    @staticmethod
    def _again(request: Asked, token: str, problem: str, status: int = 422) -> Response[Any]:
        return page(request, "first_sign_in.html", status=status, token=token, problem=problem)
