"""The one way in which a visit is written: numbered, audited, and such that calendars follow. The caller holds the
participant's lock; each visit is a synced row and takes a number of its own.
"""

from datetime import date, datetime
from typing import Any

from backend import audit
from backend.access.actor import Actor
from models import Participant, Visit
from models.actions import Action
from models.visit_plan import Window

WINDOW_FIELDS = ("target_on", "opens_on", "closes_on")
ON_A_CALENDAR = frozenset({*WINDOW_FIELDS, "agreed_at", "timezone", "state"})
"""Whoever shows the visit in a calendar has to follow these."""


def new_visit(participant: Participant, code: str, window: Window, **more: Any) -> Visit:
    """Not stored yet; its participant was read with the site."""
    return Visit(participant_id=participant.id, plan_code=code, timezone=participant.site.timezone,
                 **days_of(window), **more)


def days_of(window: Window) -> dict[str, date | None]:
    return {name: getattr(window, name) for name in WINDOW_FIELDS}


async def add_visit(
    actor: Actor, participant: Participant, visit: Visit, now: datetime, *, action: Action
) -> Visit:
    visit.seq = await audit.next_seq(participant)
    await visit.save(force_create=True)
    told = {name: getattr(visit, name) for name in (*WINDOW_FIELDS, "agreed_at", "protocol_hash")}
    changes: audit.Changes = {name: [None, _plain(value)] for name, value in told.items() if value is not None}
    await audit.record(actor, action, visit, now, participant=participant, seq=visit.seq, changes=changes)
    return visit


async def change_visit(
    actor: Actor, participant: Participant, visit: Visit, now: datetime, *, action: Action, new: dict[str, Any]
) -> Visit:
    """Write what differs; nothing when nothing differs."""
    changes = audit.difference({name: _plain(getattr(visit, name)) for name in new}, {k: _plain(new[k]) for k in new})
    if not changes:
        return visit
    written = {**new, "seq": await audit.next_seq(participant)}
    if ON_A_CALENDAR & changes.keys():
        written |= {"sequence": visit.sequence + 1, "changed_at": now}
    await visit.update_from_dict(written).save(update_fields=list(written))
    await audit.record(actor, action, visit, now, participant=participant, seq=visit.seq, changes=changes)
    return visit


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
