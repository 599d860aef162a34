"""In whose name a file is brought in: a member of staff, with those of their roles that may do so."""

from datetime import datetime

from backend.access.actor import Actor
from backend.access.credentials import sign_in_name
from backend.access.permissions import allows
from backend.errors import NotFound, RoleMayNot
from models import Account, StaffRole
from models.actions import Action
from models.spans import holds


async def staff_actor(email: str, now: datetime) -> Actor:
    """No session stands behind it: the trail shows by that that an operator acted for them.

    Raises NotFound (no such account) or RoleMayNot.
    """
    account = await Account.get_or_none(email=sign_in_name(email), disabled_at=None)
    if account is None:
        raise NotFound
    held = await StaffRole.filter(holds(now), account_id=account.id).order_by("id")
    roles = tuple((one.role, one.site_id) for one in held if allows(one.role, Action.RECORDS_IMPORT))
    if not roles:
        raise RoleMayNot
    return Actor(account.id, None, Action.RECORDS_IMPORT, staff_roles=roles, timezone=account.timezone)
