"""HTTP in and out of one's own phone number."""

from litestar import Controller, delete, get, post, put
from litestar.params import JSONBody

from backend.access.actor import CurrentActor
from backend.border.strict_body import SMALL_BODY
from backend.clock import Now
from backend.reach.phone import ask_for_code, forget_phone, own_phone, prove_phone
from backend.reach.phone_schemas import PhoneChange, PhoneProof, PhoneView
from backend.wiring import CurrentWiring
from models.actions import Action


class PhoneController(Controller):
    path = "/api/v1/me/phone"
    tags = ["reach"]

    @get("/", operation_id="ReadPhone", action=Action.ACCOUNT_READ)
    async def show(self, actor: CurrentActor, now: Now) -> PhoneView:
        """Read the number at which one is told by SMS, and the one that waits to be proved."""
        return await own_phone(actor, now)

    @put(
        "/", operation_id="ChangePhone", action=Action.PHONE_CHANGE, status_code=202, request_max_body_size=SMALL_BODY
    )
    async def change(
        self, actor: CurrentActor, wiring: CurrentWiring, data: JSONBody[PhoneChange], now: Now
    ) -> PhoneView:
        """Get a code by SMS; the number counts once the code was typed."""
        await ask_for_code(actor, wiring, data.phone, now)
        return await own_phone(actor, now)

    @post(
        "/proof", operation_id="ProvePhone", action=Action.PHONE_CHANGE, status_code=200,
        request_max_body_size=SMALL_BODY,
    )
    async def prove(
        self, actor: CurrentActor, wiring: CurrentWiring, data: JSONBody[PhoneProof], now: Now
    ) -> PhoneView:
        """Prove the number with the code that was sent there, within ten minutes and five tries."""
        await prove_phone(actor, wiring, data.code, now)
        return await own_phone(actor, now)

    @delete("/", operation_id="ForgetPhone", action=Action.PHONE_CHANGE, status_code=204)
    async def forget(self, actor: CurrentActor, now: Now) -> None:
        """Be told nothing by SMS any more; the number is not kept."""
        await forget_phone(actor, now)
