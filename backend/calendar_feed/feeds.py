"""One feed per person: making a new one revokes the old, and only the hash of its secret is kept."""

from datetime import datetime

from backend import audit
from backend.access import scope
from backend.access.actor import Actor
from backend.access.seal import new_secret, secret_hash
from models import CalendarFeed
from models.actions import Action
from models.transaction import atomic


async def own_feed(actor: Actor) -> CalendarFeed | None:
    """The one that can be read now, if any."""
    return await CalendarFeed.filter(account_id=actor.account, revoked_at=None).first()


@atomic
async def make_feed(actor: Actor, shows_details: bool, now: datetime) -> tuple[CalendarFeed, str]:
    """The feed and its secret, which nobody learns again. The one before can't be read any more."""
    await scope.locked_account(actor.account)
    await _revoke_all(actor, now)
    secret = new_secret()
    feed = await CalendarFeed.create(
        account_id=actor.account, secret_hash=secret_hash(secret), shows_details=shows_details, created_at=now
    )
    await audit.record(actor, Action.FEED_MAKE, feed, now, changes={"shows_details": [None, shows_details]})
    return feed, secret


@atomic
async def revoke_feed(actor: Actor, now: datetime) -> None:
    """From now on its address leads nowhere; done again it does nothing."""
    await scope.locked_account(actor.account)
    await _revoke_all(actor, now)


async def _revoke_all(actor: Actor, now: datetime) -> None:
    for feed in await CalendarFeed.filter(account_id=actor.account, revoked_at=None):
        feed.revoked_at = now
        await feed.save(update_fields=["revoked_at"])
        await audit.record(actor, Action.FEED_REVOKE, feed, now)
