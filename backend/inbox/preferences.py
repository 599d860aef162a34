"""How one wants to be told, and when not to be disturbed."""

from datetime import datetime

import msgspec

from backend import audit
from backend.access.actor import Actor
from backend.inbox.schemas import Preferences
from models import NoticePreference
from models.actions import Action
from models.transaction import atomic


async def own_preferences(actor: Actor) -> Preferences:
    """As chosen, or the defaults."""
    chosen = await NoticePreference.get_or_none(account_id=actor.account)
    return Preferences.of(chosen or NoticePreference(account_id=actor.account))


@atomic
async def change_preferences(actor: Actor, wanted: Preferences, now: datetime) -> Preferences:
    """Replace one's preferences; they hold from the next notice on."""
    new = msgspec.structs.asdict(wanted)
    before = msgspec.structs.asdict(await own_preferences(actor))
    if changes := audit.difference(before, new):
        row, _ = await NoticePreference.update_or_create(account_id=actor.account, defaults=new)
        await audit.record(actor, Action.PREFERENCES_CHANGE, row, now, changes=changes)
    return wanted
