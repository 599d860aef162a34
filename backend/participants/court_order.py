"""A court order: staff lock a person out at once, and with them whoever came by their invitation.

While one stands, families decide nothing about who speaks for the participant, and nobody is told why.
"""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.access.open_codes import open_codes, void_codes
from backend.access.scope import guardianship_for
from backend.audit import Changes, record
from backend.errors import CourtOrder, IllegalState
from backend.participants.invited import came_by, guardianships, inviters_in, is_over
from backend.participants.leaving import cut_off
from models import Guardianship, Participant
from models.transaction import atomic
from models.vocabulary import LockReason, UnlockReason


@atomic
async def lock_guardianship(actor: Actor, guardianship_id: UUID, reason: LockReason, now: datetime) -> Guardianship:
    """No access from now on, for this person and whoever came by their invitation; codes not yet redeemed are void.

    Those of the site too: an older one may be in this person's hands, and would let in a new account of theirs.

    Raises NotFound, or IllegalState when it has ended or is locked.
    """
    participant, link = await guardianship_for(actor, guardianship_id)
    if link.court_order_at is not None:
        raise IllegalState(state="locked")
    if is_over(link, now):
        raise IllegalState(state="ended")
    before, link.court_order_at = link.court_order_at, now
    revoked = await void_codes(open_codes(participant), now)
    void: Changes = {"codes": [revoked, 0]} if revoked else {}
    told = _told(before, now, "court_order_at") | void
    return await _ordered(actor, participant, link, reason, now=now, changes=told)


@atomic
async def unlock_guardianship(
    actor: Actor, guardianship_id: UUID, reason: UnlockReason, now: datetime
) -> Guardianship:
    """Access as before, for this person and all who were locked with them. Raises NotFound or IllegalState."""
    participant, link = await guardianship_for(actor, guardianship_id)
    if link.court_order_at is None:
        raise IllegalState(state="unlocked")
    before, link.court_order_at = link.court_order_at, None
    return await _ordered(actor, participant, link, reason, now=now, changes=_told(before, None, "court_order_at"))


async def require_no_court_order(participant: Participant) -> None:
    """Raises CourtOrder while one stands, also against somebody whose guardianship has ended since."""
    if await Guardianship.filter(participant_id=participant.id, court_order_at__isnull=False).exists():
        raise CourtOrder


async def _ordered(
    actor: Actor, participant: Participant, link: Guardianship, reason: str, *, now: datetime, changes: Changes
) -> Guardianship:
    """Write the order down, and make every living guardianship locked or open as the orders that stand have it."""
    await link.save(update_fields=["court_order_at"])
    links = await guardianships(participant)
    inviters = inviters_in(links)
    barred = {other.account_id for other in links if other.court_order_at is not None}
    # Whoever is locked has their account's row taken: in one order, so that two orders never wait in a circle.
    for other in sorted(links, key=lambda one: one.account_id):
        is_locked = other.account_id in barred or any(came_by(inviters, other.account_id, one) for one in barred)
        told = changes if other.id == link.id else {}
        if not is_over(other, now) and is_locked is (other.locked_at is None):
            told = told | await _turn(participant, other, is_locked, now)
        if told:
            await record(actor, actor.action, other, now, participant=participant, reason=reason, changes=told)
    return await Guardianship.get(id=link.id).select_related("account", "participant")


async def _turn(participant: Participant, link: Guardianship, is_locked: bool, now: datetime) -> Changes:
    before, link.locked_at = link.locked_at, now if is_locked else None
    await link.save(update_fields=["locked_at"])
    gone = await cut_off(participant, link.account_id, now) if is_locked else {}
    return _told(before, link.locked_at, "locked_at") | gone


def _told(before: datetime | None, after: datetime | None, name: str) -> Changes:
    return {name: [before and before.isoformat(), after and after.isoformat()]}
