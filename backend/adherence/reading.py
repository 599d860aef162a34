"""Work items as staff see them: the list, and one with everything that was tried."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from backend.access import scope
from backend.access.actor import Actor
from backend.adherence.schemas import StaffNamed, WorkItemContactView, WorkItemLine, WorkItemView
from backend.adherence.work_items import since_day, whom
from backend.audit import note_read
from backend.errors import NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_of
from models import Account, Guardianship, WorkItem, WorkItemContact
from models.vocabulary import Relation, WorkItemKind

Names = dict[UUID, StaffNamed]


@dataclass(frozen=True)
class ItemFilter:
    site: str | None = None
    closed: bool = False
    mine: bool = False
    cursor: str | None = None
    limit: int = 50


async def work_items(actor: Actor, wanted: ItemFilter, now: datetime) -> Page[WorkItemLine]:
    """Open ones by the day they are due; closed ones, the newest first. Raises NotFound for a site outside."""
    chosen = scope.work_items_of(actor).filter(closed_at__isnull=not wanted.closed)
    if wanted.site:
        chosen = chosen.filter(site_id=(await scope.site_for(actor, wanted.site)).id)
    if wanted.mine:
        chosen = chosen.filter(owner_id=actor.account)
    if after := decode_cursor(wanted.cursor, datetime, UUID):
        at, last = after
        chosen = chosen.filter(Q(closed_at__lt=at) | Q(closed_at=at, id__lt=last) if wanted.closed
                               else Q(due_at__gt=at) | Q(due_at=at, id__gt=last))
    ordered = chosen.order_by(*(("-closed_at", "-id") if wanted.closed else ("due_at", "id")))
    found = await ordered.limit(wanted.limit + 1).select_related("participant", "site")
    page = page_of(found, wanted.limit, lambda last: encode_cursor(last.closed_at or last.due_at, last.id))
    names = await names_of(item.owner_id for item in page.items)
    relations = await _relations(page.items)
    return Page([_line(item, names, relations, now) for item in page.items], page.next_cursor)


async def work_item_view(actor: Actor, item_id: UUID, now: datetime) -> WorkItemView:
    """Raises NotFound."""
    item = await scope.work_items_of(actor).filter(id=item_id).select_related("participant", "site").first()
    if item is None:
        raise NotFound
    await note_read(actor, item.participant_id, now)
    contacts = await WorkItemContact.filter(work_item_id=item.id).order_by("at", "id")
    names = await names_of([item.owner_id, item.closed_by_id, *(contact.by_id for contact in contacts)])
    return WorkItemView(
        _line(item, names, await _relations([item]), now),
        [WorkItemContactView(one.id, one.way, one.reached, one.note, names[one.by_id], one.at) for one in contacts],
        names[item.closed_by_id] if item.closed_by_id else None,
    )


async def names_of(account_ids: Iterable[UUID | None]) -> Names:
    found = await Account.filter(id__in={one for one in account_ids if one}).only("id", "display_name")
    return {account.id: StaffNamed(account.id, account.display_name) for account in found}


async def _relations(items: Collection[WorkItem]) -> dict[UUID, Relation]:
    """Of the guardianships that items about somebody unreachable name."""
    links = {whom(item) for item in items if item.kind is WorkItemKind.UNREACHABLE}
    return dict(await Guardianship.filter(id__in=links).values_list("id", "relation")) if links else {}


def _line(item: WorkItem, names: Names, relations: dict[UUID, Relation], now: datetime) -> WorkItemLine:
    named = relations[whom(item)] if item.kind is WorkItemKind.UNREACHABLE else None
    return WorkItemLine(
        item.id, item.participant_id, item.participant.code, item.site.code, item.kind, since_day(item), named,
        item.opened_at, item.due_at, item.closed_at is None and item.due_at < now,
        names[item.owner_id] if item.owner_id else None, item.closing, item.closed_at, item.seq,
    )
