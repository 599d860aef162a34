"""HTTP in and out of verified e-mail addresses and forgotten passwords."""

from typing import Any

from litestar import Controller, Request, Response, post
from litestar.params import JSONBody

from backend.access.actor import CurrentActor
from backend.access.authentication import refuse_foreign_page
from backend.access.sign_in_answer import NO_STORE, device_cookie
from backend.accounts.email_address import ask_again, ask_for_change, prove_address
from backend.accounts.email_schemas import EmailChange, EmailProof, NewPassword, ResetRequest
from backend.accounts.password_reset import ask_for_reset, reset_password
from backend.accounts.schemas import PasswordChanged
from backend.border.address import address_of
from backend.border.strict_body import SMALL_BODY
from backend.clock import Now
from backend.wiring import CurrentWiring
from models.actions import Action
from models.vocabulary import SessionKind

AnyRequest = Request[Any, Any, Any]


class EmailController(Controller):
    path = "/api/v1"
    tags = ["accounts"]

    @post(
        "/email-verifications", operation_id="VerifyEmail", public=True, status_code=204,
        request_max_body_size=SMALL_BODY,
    )
    async def verify(self, request: AnyRequest, wiring: CurrentWiring, data: JSONBody[EmailProof], now: Now) -> None:
        """Prove an e-mail address, the present one or a new one, with the link that was mailed to it."""
        await prove_address(wiring, data.token, address_of(request), now)

    @post(
        "/me/email/verification", operation_id="ResendEmailVerification", action=Action.EMAIL_VERIFY, status_code=202
    )
    async def resend(self, wiring: CurrentWiring, actor: CurrentActor, now: Now) -> None:
        """Get another mail to verify one's own e-mail address."""
        await ask_again(actor, wiring, now)

    @post(
        "/me/email", operation_id="ChangeEmail", action=Action.EMAIL_CHANGE, step_up=True, status_code=202,
        request_max_body_size=SMALL_BODY,
    )
    async def change(self, wiring: CurrentWiring, actor: CurrentActor, data: JSONBody[EmailChange], now: Now) -> None:
        """Ask for another e-mail address; it counts once the link mailed to it was opened."""
        await ask_for_change(actor, wiring, data.email, now)


class PasswordResetController(Controller):
    path = "/api/v1/password-resets"
    tags = ["accounts"]

    @post("/", operation_id="RequestPasswordReset", public=True, status_code=202, request_max_body_size=SMALL_BODY)
    async def ask(self, request: AnyRequest, wiring: CurrentWiring, data: JSONBody[ResetRequest], now: Now) -> None:
        """Ask for a mail with which a forgotten password can be replaced; the answer is the same for every address."""
        await ask_for_reset(wiring, data.email, address_of(request), now)

    @post(
        "/completion", operation_id="ResetPassword", public=True, status_code=200, request_max_body_size=SMALL_BODY
    )
    async def complete(
        self, request: AnyRequest, wiring: CurrentWiring, data: JSONBody[NewPassword], now: Now
    ) -> Response[PasswordChanged]:
        """Choose a new password with the link from the mail; every device is signed out."""
        if data.kind == SessionKind.BROWSER:
            refuse_foreign_page(request)
        token = await reset_password(wiring, data.token, data.password, address_of(request), now)
        if data.kind == SessionKind.APP:
            return Response(PasswordChanged(token), headers=NO_STORE)
        cookies = [device_cookie(wiring.settings.public_url, token)]
        return Response(PasswordChanged(None), cookies=cookies, headers=NO_STORE)
