"""Many due in the same minute: two senders drain them side by side, so many at once and no more."""

import asyncio
import json

from models import Notice
from models.vocabulary import DeliveryState
from notifications.sending.hand_over import AT_ONCE
from tests.far_push import providing
from tests.notifications.test_sender_kills import many, sender

__all__ = ["many"]
MANY = 600


async def test_two_senders_share_what_is_due_and_tell_each_once(cast, many, now, database_url):
    """C9, small; the whole of it: `python -m tests.bench --only reminders`."""
    await many(MANY)
    with providing(0.1) as provider:
        pair = [sender(database_url, provider, now) for _ in range(2)]
        said = [await asyncio.to_thread(process.communicate) for process in pair]

    told = [json.loads(out)["accepted"] for out, _ in said]
    assert sum(told) == provider.accepted == len(provider.tags) == MANY
    assert all(told), "both had their share"
    assert AT_ONCE // 2 < provider.most_at_once <= 2 * AT_ONCE
    assert await Notice.filter(state=DeliveryState.DELIVERED).count() == MANY
