"""One statement for all that a ledger is made from: the versions of entries that tell of days."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from models.statement import identifier, instant, rows
from models.zones import known_zone

TELLING_VERSIONS = """SELECT e.participant_id, e.id, e.kind, e.state, e.occurred_from, e.occurred_to,
  e.received_at AS first_received_at, CAST(r.data AS TEXT) AS data, r.device_time, r.clock_skew, r.received_at,
  r.timezone, r.source, r.relation, r.author_id, r.originator_id
FROM diary_entry e JOIN entry_revision r ON r.entry_id = e.id AND r.version IS NOT NULL AND NOT r.retracts
WHERE e.participant_id IN ({whose}) AND e.state NOT IN ('retracted', 'rejected') AND {which}
ORDER BY e.id, r.version"""
"""Entries that were retracted or rejected vouch for nothing."""
TELLING = """(e.kind IN ('check_in', 'fracture') OR CAST(e.data AS TEXT) LIKE '%"nothing_else_since"%')"""
CHECK_INS_SINCE = "e.kind = 'check_in' AND e.received_at >= ${number}"


class Content(msgspec.Struct, rename={"from_": "from"}):
    """Of an entry's answers only what is about days; what stands there was never promised to fit."""

    from_: Any = None
    to: Any = None
    answer: Any = None
    nothing_else_since: Any = None
    epoch: Any = None

    @property
    def about_days(self) -> tuple[Any, ...]:
        return self.from_, self.to, self.answer, self.nothing_else_since


_READ = msgspec.json.Decoder(Content)


class VersionRow(msgspec.Struct, frozen=True):
    id: UUID
    kind: str
    state: str
    occurred_from: datetime | None
    occurred_to: datetime | None
    first_received_at: datetime
    content: Content
    device_time: str | None
    clock_skew: int | None
    received_at: datetime
    timezone: str | None
    source: str
    relation: str
    teller: UUID
    """Their account; where they have none, that of who wrote it down."""

    def zone(self, site_zone: ZoneInfo) -> ZoneInfo:
        """The phone's; the site's where none was told that we know."""
        return known_zone(self.timezone) or site_zone


async def telling_versions(
    participants: Collection[UUID], check_ins_since: datetime | None = None
) -> dict[UUID, list[list[VersionRow]]]:
    """Participant → entries → versions, oldest first; with a time only check-ins that were received from then on."""
    if not participants:
        return {}
    found: dict[UUID, dict[UUID, list[VersionRow]]] = defaultdict(lambda: defaultdict(list))
    since = [check_ins_since] if check_ins_since else []
    for row in await rows(telling_statement(len(participants), recent=bool(since)), *participants, *since):
        version = _version(row)
        found[_known(row["participant_id"])][version.id].append(version)
    return {participant_id: list(entries.values()) for participant_id, entries in found.items()}


def telling_statement(participants: int, *, recent: bool) -> str:
    """For so many participants; `recent`: the value after theirs is the time from which on."""
    whose = ", ".join(f"${number + 1}" for number in range(participants))
    which = CHECK_INS_SINCE.format(number=participants + 1) if recent else TELLING
    return TELLING_VERSIONS.format(whose=whose, which=which)


def _version(row: dict[str, Any]) -> VersionRow:
    first_received_at, received_at = instant(row["first_received_at"]), instant(row["received_at"])
    assert first_received_at is not None  # noqa: S101 - NOT NULL
    assert received_at is not None  # noqa: S101 - NOT NULL
    return VersionRow(
        identifier(row["id"]), row["kind"], row["state"], instant(row["occurred_from"]), instant(row["occurred_to"]),
        first_received_at, _READ.decode(row["data"]), row["device_time"], row["clock_skew"], received_at,
        row["timezone"], row["source"], row["relation"], _known(row["originator_id"] or row["author_id"]),
    )


@lru_cache(maxsize=10_000)
def _known(value: Any) -> UUID:
    """The same few people stand in all of a diary's rows."""
    return identifier(value)
