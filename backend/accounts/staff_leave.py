"""A nurse on leave: her account is disabled, with all her devices, and enabled again when she is back. Roles stay."""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.access.sessions import end_sessions
from backend.accounts.staff import locked_colleague
from backend.accounts.staff_roles import lock_administration, require_administrator
from backend.audit import record
from backend.errors import IllegalState, OwnAccount
from models import Account
from models.transaction import atomic

DISABLED = "disabled"


@atomic
async def disable_staff(actor: Actor, account_id: UUID, now: datetime) -> Account:
    """Access ends with the next request. Raises NotFound, OwnAccount, LastAdministrator or IllegalState."""
    await lock_administration(now)
    account = await locked_colleague(actor, account_id, now)
    if account_id == actor.account_id:
        raise OwnAccount
    if account.disabled_at is not None:
        raise IllegalState(state=DISABLED)
    account.disabled_at = now
    await account.save(update_fields=["disabled_at"])
    await require_administrator(now)
    ended = await end_sessions(account_id, DISABLED, now)
    await record(
        actor, actor.action, account, now, changes={"disabled_at": [None, now.isoformat()], "sessions": [ended, 0]}
    )
    return account


@atomic
async def enable_staff(actor: Actor, account_id: UUID, now: datetime) -> Account:
    """They sign in anew, with the password and authenticator they had. Raises NotFound or IllegalState."""
    account = await locked_colleague(actor, account_id, now)
    if account.disabled_at is None:
        raise IllegalState(state="enabled")
    before, account.disabled_at = account.disabled_at, None
    await account.save(update_fields=["disabled_at"])
    await record(actor, actor.action, account, now, changes={"disabled_at": [before.isoformat(), None]})
    return account
