"""HTTP in and out of deciding on one guardianship: less, an end, a court order."""

from uuid import UUID

from litestar import Controller, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from backend.access.actor import Actor, CurrentActor
from backend.clock import Now
from backend.participants.court_order import lock_guardianship, unlock_guardianship
from backend.participants.guardianship import end_guardianship, inviting, knows_families, limit_guardianship
from backend.participants.schemas import GuardianshipLimit, GuardianshipLock, GuardianshipUnlock, GuardianshipView
from models import Guardianship
from models.actions import Action


class GuardianshipController(Controller):
    path = "/api/v1/guardianships"
    tags = ["participants"]

    @patch("/{guardianship_id:uuid}", operation_id="LimitGuardianship", action=Action.INVITED_LIMIT)
    async def limit(
        self, actor: CurrentActor, guardianship_id: FromPath[UUID], data: JSONBody[GuardianshipLimit], now: Now
    ) -> GuardianshipView:
        """Allow less or end it earlier: families those who came by their invitation, staff everybody."""
        return await _shown(actor, await limit_guardianship(actor, guardianship_id, data, now))

    @post(
        "/{guardianship_id:uuid}/end", operation_id="EndGuardianship", action=Action.INVITED_END, status_code=200
    )
    async def end(
        self, actor: CurrentActor, guardianship_id: FromPath[UUID], now: Now, keep_invited: FromQuery[bool] = False
    ) -> GuardianshipView:
        """End it, also one's own that came by an invitation; access of whom they invited is gone with it at once.

        `keep_invited`: for staff, who decide that those stay.
        """
        return await _shown(actor, await end_guardianship(actor, guardianship_id, now, keep_invited=keep_invited))

    @post(
        "/{guardianship_id:uuid}/lock", operation_id="LockGuardianship", action=Action.GUARDIANSHIP_LOCK,
        status_code=200, step_up=True,
    )
    async def lock(
        self, actor: CurrentActor, guardianship_id: FromPath[UUID], data: JSONBody[GuardianshipLock], now: Now
    ) -> GuardianshipView:
        """Note a court order: no access for this person and for whoever came by their invitation."""
        return await _shown(actor, await lock_guardianship(actor, guardianship_id, data.reason, now))

    @post(
        "/{guardianship_id:uuid}/unlock", operation_id="UnlockGuardianship", action=Action.GUARDIANSHIP_UNLOCK,
        status_code=200, step_up=True,
    )
    async def unlock(
        self, actor: CurrentActor, guardianship_id: FromPath[UUID], data: JSONBody[GuardianshipUnlock], now: Now
    ) -> GuardianshipView:
        """Lift a court order; access is as before."""
        return await _shown(actor, await unlock_guardianship(actor, guardianship_id, data.reason, now))


async def _shown(actor: Actor, link: Guardianship) -> GuardianshipView:
    by = await inviting(link.participant_id)
    return GuardianshipView.of(link, actor, by, for_site=knows_families(actor, link.participant))
