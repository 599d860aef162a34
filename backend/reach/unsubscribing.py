"""Whoever wants nothing more on one channel says so where it reached them: in the mail, or by STOP in an SMS."""

from datetime import datetime
from typing import Literal

from backend import audit
from backend.access.actor import Actor
from backend.access.scope import locked_account
from backend.errors import NotFound
from models import NoticePreference
from models.actions import Action
from models.transaction import atomic

Switch = Literal["email_on", "sms_on"]


@atomic
async def turn_off(actor: Actor, switch: Switch, reason: str, now: datetime) -> None:
    """No more reminders on this channel; the inbox and the other channels stay. A second time changes nothing.

    Raises NotFound.
    """
    if await locked_account(actor.account) is None:
        raise NotFound
    chosen = await NoticePreference.get_or_none(account_id=actor.account)
    if not getattr(chosen or NoticePreference(account_id=actor.account), switch):
        return
    row, _ = await NoticePreference.update_or_create(
        account_id=actor.account, defaults={switch: False, "changed_at": now}
    )
    await audit.record(actor, Action.PREFERENCES_CHANGE, row, now, reason=reason, changes={switch: [True, False]})
