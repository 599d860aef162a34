"""When a participant's state changes: what was queued and is told no more is cancelled with it, in its transaction.

What a sender has in hand at that moment is left to it: it asks `relevance.judge` again or is sending already.
"""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from models import Notice
from models.participation import effect_of
from models.vocabulary import DeliveryState, NoticeKind, ParticipantState

SILENCED = "silenced"


async def silence(participant_id: UUID, state: ParticipantState, now: datetime) -> int:
    """Cancel the queued notices that this state silences; the caller's transaction has changed it. How many."""
    silent = frozenset(NoticeKind) - effect_of(state).told
    if not silent:
        return 0
    idle = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    queued = Notice.filter(idle, participant_id=participant_id, state=DeliveryState.QUEUED, kind__in=list(silent))
    # without its fence, a sender that overslept its lease can't record anything any more
    return await queued.update(state=DeliveryState.CANCELLED, last_error=SILENCED, leased_until=None, fence=None)
