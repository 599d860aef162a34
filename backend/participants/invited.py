"""By whose invitation somebody speaks for a participant; whoever staff decided on came by nobody's."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from models import Guardianship, Participant

Inviters = dict[UUID, UUID | None]
"""account → the account that invited it (None = staff decided)"""


def is_over(link: Guardianship, now: datetime) -> bool:
    return link.ends_at is not None and link.ends_at <= now


async def guardianships(participant: Participant) -> list[Guardianship]:
    """All there ever were, in the order in which they were made."""
    return await Guardianship.filter(participant_id=participant.id).order_by("id")


def inviters_in(links: Iterable[Guardianship]) -> Inviters:
    """The newest guardianship of an account says by whose invitation it came."""
    return {link.account_id: link.invited_by_id for link in links}


def came_by(inviters: Inviters, account: UUID, inviter: UUID) -> bool:
    """Whether `inviter` invited the account, or somebody who then invited it."""
    seen: set[UUID] = set()
    above = inviters.get(account)
    while above is not None and above not in seen:
        if above == inviter:
            return True
        seen.add(above)
        above = inviters.get(above)
    return False
