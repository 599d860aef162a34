"""What could not be stored, as staff see it: within their sites, oldest first."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from tortoise.expressions import Subquery
from tortoise.functions import Length

from backend.access import scope
from backend.access.actor import Actor
from backend.audit import note_read
from backend.errors import CollectionClosed
from backend.paging import Page, decode_cursor, encode_cursor, page_limit
from models import Participant, QuarantinedItem
from models.statement import rows
from models.vocabulary import QuarantineState

HOW_MANY_WAIT = """SELECT count(*) AS waiting FROM quarantined_item
WHERE participant_id = $1 AND state = 'open' AND problem ->> 'code' = $2"""
LARGEST_PAGE = 1024 * 1024
"""Characters. A request may be as large, so one item always fits."""


class QuarantineView(msgspec.Struct):
    id: UUID
    participant_code: str
    site: str
    """Where the participant is now."""
    item: dict[str, Any]
    """Word for word what was sent."""
    problem: dict[str, Any]
    times_sent: int
    received_at: datetime


async def quarantined(actor: Actor, cursor: str | None, limit: int, now: datetime) -> Page[QuarantineView]:
    """What nobody has dismissed yet; looking at it is looking at those participants' records."""
    visible = scope.participants_of(actor).only("id")
    chosen = QuarantinedItem.filter(state=QuarantineState.OPEN, participant_id__in=Subquery(visible))
    if after := decode_cursor(cursor, UUID):
        chosen = chosen.filter(id__gt=after[0])
    sized = await chosen.order_by("id").limit(page_limit(limit) + 1).annotate(size=Length("body")).values("id", "size")
    found = await QuarantinedItem.filter(id__in=_fitting(sized[:limit])).order_by("id")
    of = Participant.filter(id__in=[item.participant_id for item in found])
    codes = {row["id"]: (row["code"], row["site__code"]) for row in await of.values("id", "code", "site__code")}
    for participant_id in codes:
        await note_read(actor, participant_id, now)
    views = [
        QuarantineView(i.id, *codes[i.participant_id], msgspec.json.decode(i.body), i.problem, i.times_sent,
                       i.received_at)
        for i in found
    ]
    return Page(views, encode_cursor(views[-1].id) if len(sized) > len(views) else None)


async def waiting_for_consent(actor: Actor, participant_id: UUID) -> int:
    """How many entries become entries by themselves once a valid consent is there. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    counted = await rows(HOW_MANY_WAIT, participant.id, CollectionClosed.code)
    return int(counted[0]["waiting"])


def _fitting(sized: list[dict[str, Any]]) -> list[UUID]:
    """The items of a page that a browser can show: at least one, however large."""
    fitting: list[UUID] = []
    total = 0
    for row in sized:
        total += row["size"]
        if fitting and total > LARGEST_PAGE:
            break
        fitting.append(row["id"])
    return fitting
