"""Quarantine: what was sent and could not become an entry, kept word for word where the site's staff see it."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.access import scope
from backend.access.actor import SYSTEM, Actor
from backend.access.limits import count_bytes
from backend.audit import record
from backend.diary.quarantine_release import release_waiting
from backend.diary.uploads import Sender
from backend.errors import NotFound
from backend.failpoints import reach
from models import Participant, QuarantinedItem
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import Collection, QuarantineState

LARGEST_FILLING = 4 * 1024 * 1024
"""Characters that one account may put here in a quarter of an hour: four of the largest requests."""


@atomic
async def keep(sender: Sender, refused: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Keep (item, problem) pairs; the same item sent again is counted, not stored again.

    Raises TooManyAttempts, having kept nothing, when the account fills the quarantine: its phone tries again later.
    """
    participant = await scope.locked_participant(sender.actor, sender.participant_id)
    for item, problem in refused:
        body = msgspec.json.encode(item, order="deterministic").decode()
        item_hash = hashlib.sha256(body.encode()).hexdigest()
        known = await QuarantinedItem.get_or_none(participant_id=participant.id, item_hash=item_hash)
        if known:
            known.times_sent += 1
            await known.save(update_fields=["times_sent"])
            continue
        await count_bytes("quarantine", sender.actor.account, len(body), LARGEST_FILLING, sender.now)
        kept = await QuarantinedItem.create(
            participant_id=participant.id, account_id=sender.actor.account, item_hash=item_hash, body=body,
            problem=problem, session_id=sender.actor.session_id, replica_id=sender.replica_id,
            clock_skew=sender.clock_skew, app_version=sender.app_version, form_schema=sender.schema,
            received_at=sender.now,
        )
        await record(sender.actor, Action.QUARANTINE_KEEP, kept, sender.now, participant=participant,
                     reason=problem["code"])
    await _release_what_came_too_late(sender, participant)
    reach("quarantine.before_commit")


async def _release_what_came_too_late(sender: Sender, participant: Participant) -> None:
    """The consent may have come between the refusal and this: nobody would look at these items again."""
    if participant.collection is Collection.OPEN:
        await release_waiting(SYSTEM.acting(Action.QUARANTINE_RELEASE), sender.protocol, participant, sender.now)


@atomic
async def dismiss(actor: Actor, item_id: UUID, reason: str, now: datetime) -> None:
    """Staff have dealt with it (for instance by phone). Raises NotFound."""
    found = await QuarantinedItem.get_or_none(id=item_id)
    if found is None:
        raise NotFound
    participant = await scope.locked_participant(actor, found.participant_id)
    found.state = QuarantineState.DISMISSED
    await found.save(update_fields=["state"])
    await record(actor, Action.QUARANTINE_DISMISS, found, now, participant=participant, reason=reason)
