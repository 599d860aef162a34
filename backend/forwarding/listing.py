"""What stands in the queues, as far as the actor's sites reach."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q
from tortoise.functions import Count, Min

from backend.access.actor import Actor
from backend.access.scope import messages_of
from backend.errors import NotFound
from backend.forwarding.breaker import FAILURES
from backend.forwarding.interventions import UNSENT
from backend.forwarding.schemas import AttemptView, DestinationView, MessageDetail, MessageView
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from models import DeliveryAttempt, Destination
from models.vocabulary import DeliveryState


@dataclass(frozen=True)
class Selection:
    """Which messages are listed; None = all."""

    destination: str | None = None
    state: DeliveryState | None = None
    entry: UUID | None = None

    def conditions(self) -> Q:
        wanted: dict[str, Any] = {"destination": self.destination, "state": self.state, "entry_id": self.entry}
        return Q(**{name: value for name, value in wanted.items() if value is not None})


async def list_destinations(actor: Actor, served: Collection[str], now: datetime) -> list[DestinationView]:
    """Every destination and how it fares; `served` are the codes that the settings name."""
    unfinished = messages_of(actor).filter(state__in=UNSENT)
    groups = unfinished.annotate(many=Count("id"), oldest=Min("created_at")).group_by("destination", "state")
    figures = {(g["destination"], g["state"]): g for g in await groups.values("destination", "state", "many", "oldest")}
    views = []
    for row in await Destination.all().order_by("code"):
        waiting = figures.get((row.code, DeliveryState.QUEUED))
        held = figures.get((row.code, DeliveryState.HELD))
        dead = figures.get((row.code, DeliveryState.DEAD))
        views.append(DestinationView(
            code=row.code, state=_state(row, served), paused_at=row.paused_at, broken_until=row.broken_until,
            failures_in_a_row=row.failures_in_a_row, waiting=waiting["many"] if waiting else 0,
            held=held["many"] if held else 0, dead=dead["many"] if dead else 0,
            oldest_waiting_seconds=(now - waiting["oldest"]).total_seconds() if waiting else None,
        ))
    return views


def _state(destination: Destination, served: Collection[str]) -> str:
    if destination.code not in served:
        return "unserved"
    if destination.paused_at:
        return "paused"
    return "broken" if destination.failures_in_a_row >= FAILURES else "working"


async def list_messages(
    actor: Actor, selection: Selection, *, limit: int, cursor: str | None
) -> Page[MessageView]:
    """Messages about participants of the actor's sites, newest first."""
    limit = page_limit(limit)
    chosen = messages_of(actor).filter(selection.conditions())
    after = decode_cursor(cursor, datetime, UUID)
    if after:
        chosen = chosen.filter(Q(created_at__lt=after[0]) | Q(created_at=after[0], id__lt=after[1]))
    found = await chosen.order_by("-created_at", "-id").limit(limit + 1).select_related("entry__participant__site")
    views = [MessageView.of(message, message.entry.participant) for message in found]
    return page_of(views, limit, lambda last: encode_cursor(last.created_at, last.id))


async def message_detail(actor: Actor, message_id: UUID) -> MessageDetail:
    """One message with every try. Raises NotFound."""
    message = await messages_of(actor).filter(id=message_id).select_related("entry__participant__site").first()
    if message is None:
        raise NotFound
    tries = await DeliveryAttempt.filter(message_id=message_id).order_by("started_at", "id")
    return MessageDetail(
        message=MessageView.of(message, message.entry.participant), tries=[AttemptView.of(t) for t in tries]
    )
