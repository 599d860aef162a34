"""Who opened the record: shown to the family, by role and site or by how they stand to the child, never by name."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from tortoise.expressions import Q

from backend.access.actor import Actor
from backend.access.scope import participant_for
from backend.audit import READ_SLOT
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from backend.participants.schemas import ReaderView
from models import Guardianship, Participant, RecordRead, Site, StaffRole

T = TypeVar("T", Guardianship, StaffRole)


async def readers_of(actor: Actor, participant_id: UUID, cursor: str | None, limit: int) -> Page[ReaderView]:
    """Newest first; one row per person and 15 minutes. Raises NotFound."""
    participant = await participant_for(actor, participant_id)
    chosen = RecordRead.filter(participant_id=participant.id)
    if after := decode_cursor(cursor, datetime, int):
        at, last = after
        chosen = chosen.filter(Q(slot_at__lt=at) | Q(slot_at=at, id__lt=last))
    found = await chosen.order_by("-slot_at", "-id").limit(page_limit(limit) + 1)
    page = page_of(found, limit, lambda last: encode_cursor(last.slot_at, last.id))
    return Page(await _told(actor, participant, page.items), page.next_cursor)


async def _told(actor: Actor, participant: Participant, reads: list[RecordRead]) -> list[ReaderView]:
    accounts = {read.account_id for read in reads}
    family = await Guardianship.filter(participant_id=participant.id, account_id__in=accounts).order_by("-id")
    staff = await StaffRole.filter(account_id__in=accounts).order_by("-id").select_related("site")
    views = []
    for read in reads:
        link = _at_that_time([link for link in family if link.account_id == read.account_id], read.slot_at)
        roles = [role for role in staff if role.account_id == read.account_id]
        held = _at_that_time(_nearest(roles, participant), read.slot_at)
        views.append(_view(actor, read, link, None if link else held))
    return views


def _view(actor: Actor, read: RecordRead, link: Guardianship | None, held: StaffRole | None) -> ReaderView:
    site: Site | None = held.site if held else None
    found = link or held
    return ReaderView(
        read.slot_at, found.role if found else "account", site.code if site else None,
        link.relation if link else None, read.account_id == actor.account_id,
    )


def _nearest(roles: list[StaffRole], participant: Participant) -> list[StaffRole]:
    """Those at the participant's site first, then those for the whole study, then those elsewhere (a transfer)."""
    return sorted(roles, key=lambda role: (role.site_id != participant.site_id, role.site_id is not None))


def _at_that_time(rows: Sequence[T], slot_at: datetime) -> T | None:
    """The first that held within the 15 minutes."""
    until = slot_at + READ_SLOT
    return next((row for row in rows if row.starts_at < until and (row.ends_at is None or row.ends_at > slot_at)), None)
