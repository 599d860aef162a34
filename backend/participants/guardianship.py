"""Who may speak for a participant, and the end of it: access is gone with the next request."""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.access.permissions import allows
from backend.access.scope import locked_participant, participant_for
from backend.audit import record
from backend.errors import IllegalState, NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from models import Guardianship, Participant
from models.actions import Action
from models.transaction import atomic


async def guardianships_of(
    actor: Actor, participant_id: UUID, cursor: str | None, limit: int
) -> tuple[Page[Guardianship], bool]:
    """Present and past, oldest first, with their accounts; and whether the actor may see names.

    Raises NotFound.
    """
    participant = await participant_for(actor, participant_id)
    chosen = Guardianship.filter(participant_id=participant.id)
    if after := decode_cursor(cursor, UUID):
        chosen = chosen.filter(id__gt=after[0])
    found = await chosen.order_by("id").limit(page_limit(limit) + 1).select_related("account")
    return page_of(found, limit, lambda last: encode_cursor(last.id)), knows_families(actor, participant)


def knows_families(actor: Actor, participant: Participant) -> bool:
    """Names are for those of the very site who work with its families; all others see pseudonyms."""
    site: UUID = participant.site_id
    return any(site_id == site and allows(role, Action.PARTICIPANT_ENROL) for role, site_id in actor.staff_roles)


@atomic
async def end_guardianship(actor: Actor, guardianship_id: UUID, now: datetime) -> Guardianship:
    """Raises NotFound, or IllegalState when it is over."""
    found = await Guardianship.get_or_none(id=guardianship_id)
    if found is None:
        raise NotFound
    participant = await locked_participant(actor, found.participant_id)
    link = await Guardianship.get(id=guardianship_id).select_related("account")
    if link.ends_at is not None and link.ends_at <= now:
        raise IllegalState(state="ended")
    before = link.ends_at.isoformat() if link.ends_at else None
    link.ends_at = now
    await link.save(update_fields=["ends_at"])
    await record(
        actor, actor.action, link, now, participant=participant, changes={"ends_at": [before, now.isoformat()]}
    )
    return link
