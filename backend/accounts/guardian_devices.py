"""A parent's phone is lost and they ring the site: staff sign all devices of that account out."""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.access.scope import locked_account, locked_participant
from backend.access.sessions import end_sessions
from backend.accounts.mailed_links import take_back_change
from backend.audit import record
from backend.errors import IllegalState, NotFound
from models import Guardianship
from models.spans import not_over
from models.transaction import atomic

BY_SITE = "ended_by_site"


@atomic
async def end_guardian_devices(actor: Actor, guardianship_id: UUID, now: datetime) -> int:
    """How many sessions ended. Raises NotFound, or IllegalState when the guardianship is over.

    The account's children at other sites are cut off on those devices too: the phone is the same.
    """
    found = await Guardianship.get_or_none(id=guardianship_id)
    if found is None:
        raise NotFound
    participant = await locked_participant(actor, found.participant_id)
    if not await Guardianship.filter(not_over(now), id=guardianship_id).exists():
        raise IllegalState(state="ended")
    account = await locked_account(found.account_id)
    if account is None:
        raise NotFound
    await take_back_change(account, now)
    ended = await end_sessions(found.account_id, BY_SITE, now)
    await record(
        actor, actor.action, found, now, participant=participant, reason=BY_SITE, changes={"sessions": [ended, 0]}
    )
    return ended
