"""The cards that ask how a fracture goes on, as they stand today."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.access import scope
from backend.access.actor import Actor
from backend.diary.schemas import FollowUpCard
from models import DiaryEntry, Participant, Site
from models.follow_ups import TOLD_NO_LONGER, Card, open_cards
from models.participation import Words, words_for
from models.protocol import Protocol
from models.vocabulary import EntryKind


async def follow_ups_of(actor: Actor, participant_id: UUID, protocol: Protocol, now: datetime) -> list[FollowUpCard]:
    """Open cards by the site's day, the longest due first. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    return [FollowUpCard(card.fracture_id, card.day, card.due_on, card.last_healed)
            for card in await cards_of(participant, protocol, now)]


async def cards_of(participant: Participant, protocol: Protocol, now: datetime) -> list[Card]:
    """None for somebody who is spoken to quietly: nothing asks them."""
    if words_for(participant.state) is Words.QUIET:
        return []
    site = await Site.get(id=participant.site_id)
    zone = ZoneInfo(site.timezone)
    kinds = [EntryKind.FRACTURE, EntryKind.FOLLOW_UP]
    told = DiaryEntry.filter(participant_id=participant.id, kind__in=kinds).exclude(state__in=list(TOLD_NO_LONGER))
    return open_cards(protocol.file.follow_up, await told, zone, now.astimezone(zone).date())
