"""The worklist: entries that wait for the site's staff, oldest first, the same speed however much is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.access.actor import Actor
from backend.access.scope import sites_chosen
from backend.paging import Page, decode_cursor, encode_cursor, page_of
from backend.review.duplicates import suggested_among
from backend.review.schemas import WorklistItem
from models.protocol import Protocol
from models.statement import identifier, instant, is_postgres, rows
from models.vocabulary import EntryKind, EntryState

WAITING = "e.state IN ('received','in_review','answered')"
"""Word for word the condition of the index diary_entry_waiting."""
COLUMNS = """e.id, e.participant_id, p.code, e.kind, e.state, e.version, e.seq, e.received_at, e.open_queries,
  e.open_conflicts, e.relation, e.source, e.assignee_id, s.code AS site_code, {count}(e.findings) AS findings"""
OF_SITE = """SELECT * FROM diary_entry e {hint} WHERE e.site_id = {site} AND {conditions}
  ORDER BY e.received_at, e.id LIMIT $1"""
OF_SITES = """SELECT of_site.* FROM unnest({sites}::uuid[]) AS chosen(id), LATERAL ({of_site}) AS of_site
  ORDER BY of_site.received_at, of_site.id LIMIT $1"""
LISTED = """SELECT {columns} FROM ({waiting}) AS e JOIN participant p ON p.id = e.participant_id
  JOIN site s ON s.id = e.site_id ORDER BY e.received_at, e.id LIMIT $1"""


@dataclass(frozen=True)
class WorklistFilter:
    site: str | None = None
    state: EntryState | None = None
    kind: EntryKind | None = None
    assignee: UUID | None = None
    cursor: str | None = None
    limit: int = 50


async def worklist(actor: Actor, wanted: WorklistFilter, now: datetime) -> Page[WorklistItem]:
    """Without a state: what waits for staff. Raises NotFound for a site outside the actor's sight."""
    sites = [site.id for site in await sites_chosen(actor, wanted.site)]
    if not sites:
        return Page([])
    sql, values = _statement(sites, wanted)
    found = [_item(row, now) for row in await rows(sql, *values)]
    return page_of(found, wanted.limit, lambda last: encode_cursor(last.received_at, last.entry_id))


async def with_suggestions(page: Page[WorklistItem], protocol: Protocol) -> Page[WorklistItem]:
    """The same page; reports that may tell of the same fracture as another are marked."""
    fractures = {item.entry_id: item.participant_id for item in page.items if item.kind is EntryKind.FRACTURE}
    suggested = await suggested_among(fractures, protocol)
    items = [msgspec.structs.replace(i, may_be_duplicate=i.entry_id in suggested) for i in page.items]
    return Page(items, page.next_cursor)


def _statement(sites: list[UUID], wanted: WorklistFilter) -> tuple[str, list[Any]]:
    """One bounded look into the index per site, then the oldest of those: no sort over what is stored."""
    values: list[Any] = [wanted.limit + 1]
    conditions = [WAITING]

    def value(content: Any) -> str:
        values.append(content)
        return f"${len(values)}"

    if wanted.state:
        conditions = [f"e.state = {value(wanted.state)}"]
    if wanted.kind:
        conditions.append(f"e.kind = {value(wanted.kind)}")
    if wanted.assignee:
        conditions.append(f"e.assignee_id = {value(wanted.assignee)}")
    if after := decode_cursor(wanted.cursor, datetime, UUID):
        conditions.append(f"(e.received_at, e.id) > ({value(after[0])}, {value(after[1])})")
    together = " AND ".join(conditions)
    if is_postgres():
        # One part for all sites: a hundred of them would take longer to plan than to run.
        of_site = OF_SITE.format(hint="", site="chosen.id", conditions=together)
        waiting = OF_SITES.format(sites=value(sites), of_site=of_site)
        return LISTED.format(columns=COLUMNS.format(count="jsonb_array_length"), waiting=waiting), values
    # SQLite takes another index and sorts all that waits, when it was analysed while little did.
    hint = "" if wanted.state else "INDEXED BY diary_entry_waiting"
    parts = [OF_SITE.format(hint=hint, site=value(site), conditions=together) for site in sites]
    waiting = " UNION ALL ".join(f"SELECT * FROM ({part})" for part in parts)  # noqa: S608 - our own words
    return LISTED.format(columns=COLUMNS.format(count="json_array_length"), waiting=waiting), values


def _item(row: dict[str, Any], now: datetime) -> WorklistItem:
    received_at = instant(row["received_at"])
    assert received_at  # noqa: S101 - NOT NULL
    return WorklistItem(
        identifier(row["id"]), identifier(row["participant_id"]), row["code"], row["site_code"],
        EntryKind(row["kind"]), EntryState(row["state"]), row["version"], row["seq"], received_at,
        round((now - received_at).total_seconds() / 3600, 1), row["findings"], row["open_queries"],
        row["open_conflicts"], row["relation"], row["source"],
        identifier(row["assignee_id"]) if row["assignee_id"] else None,
    )
