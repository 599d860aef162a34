"""Quarantine: what was sent and could not become an entry, kept word for word where the site's staff see it."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.access import scope
from backend.access.actor import Actor
from backend.access.limits import count_bytes
from backend.audit import record
from backend.errors import NotFound
from backend.failpoints import reach
from models import QuarantinedItem
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import QuarantineState

LARGEST_FILLING = 4 * 1024 * 1024
"""Characters that one account may put here in a quarter of an hour: four of the largest requests."""


@atomic
async def keep(
    actor: Actor, participant_id: UUID, refused: list[tuple[dict[str, Any], dict[str, Any]]], now: datetime
) -> None:
    """Keep (item, problem) pairs; the same item sent again is counted, not stored again.

    Raises TooManyAttempts, having kept nothing, when the account fills the quarantine: its phone tries again later.
    """
    participant = await scope.locked_participant(actor, participant_id)
    for item, problem in refused:
        body = msgspec.json.encode(item, order="deterministic").decode()
        item_hash = hashlib.sha256(body.encode()).hexdigest()
        known = await QuarantinedItem.get_or_none(participant_id=participant_id, item_hash=item_hash)
        if known:
            known.times_sent += 1
            await known.save(update_fields=["times_sent"])
            continue
        await count_bytes("quarantine", actor.account, len(body), LARGEST_FILLING, now)
        kept = await QuarantinedItem.create(
            participant_id=participant_id, account_id=actor.account, item_hash=item_hash, body=body,
            problem=problem, received_at=now,
        )
        await record(actor, Action.QUARANTINE_KEEP, kept, now, participant=participant, reason=problem["code"])
    reach("quarantine.before_commit")


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
