"""The actor behind something that speaks for a family without a session, such as a calendar's secret address."""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor, Guardian
from models import Account, Guardianship
from models.actions import Action
from models.spans import speaks
from models.vocabulary import Capability


async def family_actor(account: Account, action: Action, now: datetime) -> Actor:
    """With the guardianships that hold now, as each request reads them; never with what somebody may do as staff."""
    held = Guardianship.filter(speaks(now), account_id=account.id)
    links = await held.order_by("starts_at", "id").select_related("participant")
    guardians = dict(_guardian(link) for link in links)
    return Actor(account.id, None, action, guardians=guardians, timezone=account.timezone)


def _guardian(link: Guardianship) -> tuple[UUID, Guardian]:
    child = link.participant
    return child.id, Guardian(
        link.role, link.relation, frozenset(Capability(word) for word in link.capabilities), child.site_id,
        child.birth_month, child.collection, child.gestational_days, child.enrolled_at, child.observer_rated,
    )
