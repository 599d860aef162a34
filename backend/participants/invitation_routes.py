"""HTTP in and out of a guardian's own invitations."""

from uuid import UUID

from litestar import Controller, Response, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from backend.access.actor import CurrentActor
from backend.access.sign_in_answer import NO_STORE
from backend.clock import Now
from backend.paging import DEFAULT_LIMIT, Page
from backend.participants.invitations import invitations_of, invite, revoke_invitation
from backend.participants.schemas import IssuedCode, LinkingCodeView, NewInvitation
from backend.wiring import CurrentWiring
from models.actions import Action


class InvitationController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}/invitations"
    tags = ["participants"]

    @post("/", operation_id="IssueInvitation", action=Action.INVITATION_ISSUE)
    async def issue(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID],
        data: JSONBody[NewInvitation], now: Now,
    ) -> Response[IssuedCode]:
        """Invite a guardian or carer with a one-time code; it is shown this once."""
        issued = await invite(actor, wiring, participant_id, data, now=now)
        return Response(issued.shown(), headers=NO_STORE)

    @get("/", operation_id="ListInvitations", action=Action.INVITATION_READ)
    async def show_all(
        self, actor: CurrentActor, participant_id: FromPath[UUID], now: Now, cursor: FromQuery[str | None] = None,
        limit: FromQuery[int] = DEFAULT_LIMIT,
    ) -> Page[LinkingCodeView]:
        """List one's own invitations with their state."""
        page = await invitations_of(actor, participant_id, cursor, limit)
        return Page([LinkingCodeView.of(code, now) for code in page.items], page.next_cursor)

    @delete("/{invitation_id:uuid}", operation_id="RevokeInvitation", action=Action.INVITATION_REVOKE)
    async def revoke(
        self, actor: CurrentActor, participant_id: FromPath[UUID], invitation_id: FromPath[UUID], now: Now
    ) -> None:
        """Revoke an invitation of one's own that nobody has redeemed."""
        await revoke_invitation(actor, participant_id, invitation_id, now)
