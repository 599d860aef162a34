"""What a secret address leads to: the visits of those whom its owner may see at this moment."""

from datetime import datetime, timedelta

from tortoise.expressions import Q

from backend.access import scope
from backend.access.limits import count_attempt
from backend.access.seal import secret_hash
from backend.access.without_session import family_actor
from backend.calendar_feed.entries import Reader, calendar_of
from backend.errors import NotFound
from backend.wiring import Wiring
from models import CalendarFeed, Participant, Visit
from models.actions import Action
from models.participation import effect_of
from models.vocabulary import VisitState

GUESSES_PER_ADDRESS = 30
"""Wrong ones only: calendar services fetch for many people from few addresses."""
NOTED_EVERY = timedelta(minutes=15)


async def read_feed(wiring: Wiring, secret: str, address: str, now: datetime) -> bytes:
    """The calendar as it is now. Raises NotFound, or TooManyAttempts for who guesses."""
    feed = await _feed_of(secret)
    if feed is None:
        await count_attempt(wiring.seal, "calendar_feed_address", address, GUESSES_PER_ADDRESS, now)
        raise NotFound
    await _note_reading(feed, now)
    owner = feed.account
    reader = Reader(owner.language, owner.timezone, wiring.settings.app_name, feed.shows_details)
    return calendar_of(await _visits(feed, now), reader, now)


async def _feed_of(secret: str) -> CalendarFeed | None:
    """Of an account that is not closed."""
    living = CalendarFeed.filter(secret_hash=secret_hash(secret), revoked_at=None, account__disabled_at=None)
    return await living.select_related("account").first()


async def _visits(feed: CalendarFeed, now: datetime) -> list[Visit]:
    """After an ending only cancellations are left: a calendar must learn that nothing comes any more."""
    actor = await family_actor(feed.account, Action.VISIT_READ, now)
    children = await scope.participants_of(actor) if actor.guardians else []
    planned = [child.id for child in children if _has_visits(child)]
    ended = [child.id for child in children if not _has_visits(child)]
    chosen = Q(participant_id__in=planned) | Q(participant_id__in=ended, state=VisitState.CANCELLED)
    return await Visit.filter(chosen).order_by("target_on", "id") if children else []


def _has_visits(child: Participant) -> bool:
    return effect_of(child.state).has_visits


async def _note_reading(feed: CalendarFeed, now: datetime) -> None:
    """So that its owner sees whether a calendar uses it; some fetch every few minutes."""
    if feed.last_read_at is None or now - feed.last_read_at >= NOTED_EVERY:
        await CalendarFeed.filter(id=feed.id).update(last_read_at=now)
