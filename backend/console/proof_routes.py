"""Entering the password once more before what weighs most, and back to the page that asked for it."""

from typing import Any

import msgspec
from litestar import Controller, Response, get, post

from backend.access.actor import CurrentActor
from backend.accounts.proof import prove_again
from backend.accounts.schemas import StepUp
from backend.clock import Now
from backend.console.pages import REFUSALS, STEP_UP, local_path, onward, page
from backend.console.typed import Asked, typed_in
from backend.errors import InvalidBody, PasswordExposed, SignInFailed, TooManyAttempts, TotpRequired
from backend.wiring import CurrentWiring
from models.actions import Action


class ProofPages(Controller):
    path = STEP_UP
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.STEP_UP)
    async def ask(self, request: Asked) -> Response[Any]:
        """Password and code, once more."""
        return page(request, "step_up.html", then=local_path(request.query_params.get("then")), problem="")

    @post("/", action=Action.STEP_UP)
    async def prove(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """What was asked for is not done by itself: the page it stood on is shown again."""
        typed = await typed_in(request)
        then = local_path(typed.get("then"))
        # word for word: blanks belong to a password
        given = {"password": typed.get("password", ""), "code": typed.get("code", "").strip() or None}
        try:
            shown = msgspec.convert(given, StepUp)
            await prove_again(actor, wiring, shown.password, shown.code, now)
        except (SignInFailed, PasswordExposed, TotpRequired, TooManyAttempts) as refusal:
            # the error's own words speak of an e-mail address, which nobody typed here
            problem = "Password or code is not right" if isinstance(refusal, SignInFailed) else refusal.detail
            said = page(request, "step_up.html", status=refusal.status, then=then, problem=problem)
            said.headers.update(refusal.headers)
            return said
        except msgspec.ValidationError as fault:
            raise InvalidBody from fault
        return onward(request, then)
