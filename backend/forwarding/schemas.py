"""Forwarding on the wire. A payload is never shown: it is clinical, and staff read it where it was written."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.border.text_types import SiteCode
from models import DeliveryAttempt, OutboxMessage, Participant
from models.vocabulary import DeliveryState, MessageKind


class DestinationView(msgspec.Struct, kw_only=True):
    code: str
    state: str
    """working, paused (by a person, or because it said 410), broken (tried again by itself) or unserved (no longer
    in the settings)."""
    paused_at: datetime | None
    broken_until: datetime | None
    failures_in_a_row: int
    waiting: int
    """Messages you may see that are due or will be."""
    held: int
    """Messages that stay because their participants have withdrawn."""
    dead: int
    """Messages nobody tries any more until they are replayed or cancelled."""
    oldest_waiting_seconds: float | None


class MessageView(msgspec.Struct, kw_only=True):
    id: UUID
    destination: str
    participant: str
    """Participant code."""
    site: SiteCode
    """Where the participant is looked after now."""
    entry_id: UUID
    entry_version: int
    number: int
    """1, 2, 3 … of this entry at this destination; they leave in this order."""
    kind: MessageKind
    state: DeliveryState
    attempts: int
    due_at: datetime
    leased_until: datetime | None
    """While a worker is sending it."""
    delivered_at: datetime | None
    last_error: str | None
    created_at: datetime

    @classmethod
    def of(cls, message: OutboxMessage, participant: Participant) -> "MessageView":
        """The participant's site was read with it."""
        return cls(participant=participant.code, site=participant.site.code, **_shared(message, cls))


class AttemptView(msgspec.Struct, kw_only=True):
    number: int
    worker: str
    started_at: datetime
    milliseconds: int
    outcome: str
    """delivered, failed, dead, or late (the worker had lost its lease; nothing else was recorded)"""
    status: int | None
    error: str | None

    @classmethod
    def of(cls, attempt: DeliveryAttempt) -> "AttemptView":
        return cls(**_shared(attempt, cls))


class MessageDetail(msgspec.Struct, kw_only=True):
    message: MessageView
    tries: list[AttemptView]


class Replayed(msgspec.Struct):
    messages: int


def _shared(row: Any, view: type[msgspec.Struct]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in view.__struct_fields__ if name not in ("participant", "site")}
