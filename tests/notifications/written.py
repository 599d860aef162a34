"""Rows of Leo's diary and plan, as their rooms would write them, and what became of notices."""

from datetime import date, datetime
from uuid import uuid4

from tortoise.expressions import F

from models import DiaryEntry, Notice, Participant, Visit
from models.fields import new_id
from models.vocabulary import EntryKind, EntryState, NoticeKind, Relation
from tests.cast import Cast


async def told(cast: Cast, slot: str, kind: NoticeKind = NoticeKind.CHECK_IN_DUE) -> list[str]:
    """Whose notices of this slot wait or were told."""
    names = {person.id: name for name, person in cast.people.items()}
    return sorted(names[n.account_id] for n in await Notice.filter(kind=kind, slot=slot).exclude(state="cancelled"))


async def slots_of(cast: Cast, name: str, kind: NoticeKind = NoticeKind.CHECK_IN_DUE) -> set[str]:
    found = Notice.filter(kind=kind, account_id=cast.people[name].id).exclude(state="cancelled")
    return set(await found.values_list("slot", flat=True))


async def changed(participant: Participant) -> None:
    """Every change about a participant has a number of its own."""
    await Participant.filter(id=participant.id).update(seq=F("seq") + 1)


async def entry(cast: Cast, kind: EntryKind, data: dict, now: datetime, by: str = "mia", **values) -> DiaryEntry:
    await changed(cast.leo)
    return await DiaryEntry.create(**{
        "id": uuid4(), "participant": cast.leo, "site_id": cast.leo.site_id, "kind": kind, "version": 1, "seq": 1,
        "state": EntryState.RECEIVED, "data": data, "findings": [], "recorded_by": cast.people[by].account,
        "relation": Relation.MOTHER, "received_at": now, "changed_at": now, **values,
    })


async def check_in(
    cast: Cast, first: str, last: str, now: datetime, state: EntryState = EntryState.RECEIVED, by: str = "mia"
) -> DiaryEntry:
    data = {"from": first, "to": last, "answer": "nothing_happened"}
    return await entry(cast, EntryKind.CHECK_IN, data, now, by, state=state)


async def visit(cast: Cast, **changes) -> Visit:
    await changed(cast.leo)
    values = {"participant": cast.leo, "seq": 1, "plan_code": f"V{new_id().hex[-6:]}", "target_on": date(2026, 5, 20),
              "timezone": "Europe/Stockholm"}
    return await Visit.create(**{**values, **changes})
