"""HTTP in and out of a participant's state, withdrawal and transfer."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.participants.status import change_status, status_of
from backend.participants.status_effects import StateChange
from backend.participants.status_schemas import (
    NewStatus,
    NewTransfer,
    NewWithdrawal,
    StatusHistory,
    Transferred,
    Withdrawn,
)
from backend.participants.stillness import until_still
from backend.participants.transfer import transfer
from backend.participants.withdrawal import withdraw
from backend.wiring import CurrentWiring
from models.actions import Action
from models.vocabulary import ParticipantState, StatusReason


class StatusController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}"
    tags = ["participants"]

    @get("/status", operation_id="ReadParticipantStatus", action=Action.STATUS_READ)
    async def show(self, actor: CurrentActor, participant_id: FromPath[UUID], now: Now) -> StatusHistory:
        """Read a participant's state, and every change of it with its day and reason."""
        return await status_of(actor, participant_id, now)

    @post("/status", operation_id="ChangeParticipantStatus", action=Action.STATUS_CHANGE, status_code=200)
    async def change(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID], data: JSONBody[NewStatus],
        now: Now,
    ) -> StatusHistory:
        """Put a participant into another state; reminders, forwarding and visits follow at once."""
        new = StateChange(ParticipantState(data.state), data.effective_on, data.reason)
        await change_status(actor, wiring.protocol, participant_id, new, now)
        await until_still(participant_id)
        return await status_of(actor, participant_id, now)

    @post(
        "/withdrawal", operation_id="WithdrawFromStudy", action=Action.CONSENT_WITHDRAW, step_up=True,
        status_code=200,
    )
    async def withdraw(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID],
        data: JSONBody[NewWithdrawal], now: Now,
    ) -> Withdrawn:
        """Withdraw for a child as one of its custodians, or for oneself; what was collected so far is kept."""
        participant, since = await withdraw(actor, wiring.protocol, participant_id, StatusReason(data.reason), now)
        await until_still(participant_id)
        return Withdrawn(participant.id, "withdrawn", since, participant.collection)

    @post(
        "/transfer", operation_id="TransferParticipant", action=Action.PARTICIPANT_TRANSFER, step_up=True,
        status_code=200,
    )
    async def transfer(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID],
        data: JSONBody[NewTransfer], now: Now,
    ) -> Transferred:
        """Hand a participant over to another site; one's own site sees nothing of them from then on."""
        return await transfer(actor, wiring.protocol, participant_id, data, now)
