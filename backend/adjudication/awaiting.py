"""Validated fractures that wait for a reader: a place that nobody has judged as it stands now, oldest first."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.access.actor import Actor
from backend.access.scope import sites_chosen
from backend.adjudication.schemas import AwaitingItem
from backend.paging import Page, decode_cursor, encode_cursor, page_of
from backend.review.blinding import is_blinded
from models.statement import identifier, instant, is_postgres, rows

PLACES = {
    True: "CASE WHEN jsonb_typeof(e.data->'sites') = 'array' THEN jsonb_array_length(e.data->'sites') ELSE 0 END",
    False: "COALESCE(json_array_length(e.data->'sites'), 0)",
}
STATEMENT = """SELECT * FROM (
  SELECT e.id, e.site_id, e.version, e.received_at, p.code, s.code AS site_code,
    CASE WHEN {places} < 1 THEN 1 ELSE {places} END AS places,
    EXISTS (SELECT 1 FROM adjudication a WHERE a.entry_id = e.id {mine}) AS judged_before
  FROM diary_entry e JOIN participant p ON p.id = e.participant_id JOIN site s ON s.id = e.site_id
  WHERE e.kind = 'fracture' AND e.state = 'validated' AND ({sites}) {after}
) AS e WHERE (
  SELECT count(DISTINCT a.site_index) FROM adjudication a
  WHERE a.entry_id = e.id AND a.entry_version = e.version AND a.site_index < e.places AND a.status <> 'pending' {mine}
    AND NOT EXISTS (SELECT 1 FROM adjudication n WHERE n.entry_id = a.entry_id AND n.site_index = a.site_index
                    AND n.reader_id = a.reader_id AND n.seq > a.seq)
) < e.places ORDER BY e.received_at, e.id LIMIT $1"""


async def awaiting(
    actor: Actor, site: str | None, cursor: str | None, limit: int, *, by_me: bool = False
) -> Page[AwaitingItem]:
    """`by_me`: also what others have judged, as long as I haven't. A blinded reader reads everything on their own.

    Raises NotFound for a site outside the actor's sight.
    """
    chosen = await sites_chosen(actor, site)
    if not chosen:
        return Page([])
    values: list[Any] = [limit + 1]

    def value(content: Any) -> str:
        values.append(content)
        return f"${len(values)}"

    own = [one.id for one in chosen if by_me or is_blinded(actor, one.id)]
    after = decode_cursor(cursor, datetime, UUID)
    found = await rows(STATEMENT.format(
        places=PLACES[is_postgres()], sites=" OR ".join(f"e.site_id = {value(one.id)}" for one in chosen),
        after=f"AND (e.received_at, e.id) > ({value(after[0])}, {value(after[1])})" if after else "",
        mine=_mine(value(actor.account), [value(site_id) for site_id in own]) if own else "",
    ), *values)
    return page_of([_item(row) for row in found], limit, lambda last: encode_cursor(last.received_at, last.entry_id))


def _mine(reader: str, sites: list[str]) -> str:
    """At these sites only what this reader has signed counts as judged."""
    return f"AND (a.reader_id = {reader} OR e.site_id NOT IN ({', '.join(sites)}))"


def _item(row: dict[str, Any]) -> AwaitingItem:
    received_at = instant(row["received_at"])
    assert received_at  # noqa: S101 - NOT NULL
    return AwaitingItem(
        identifier(row["id"]), row["code"], row["site_code"], row["version"], received_at, row["places"],
        bool(row["judged_before"]),
    )
