"""Delivery: a row that has to leave, and the one way to claim such rows.

A queue is a table row with a state. A claim writes a lease and a fence: work belongs to whoever holds the
fence, so a worker that slept past its lease can't overwrite what its successor recorded.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from tortoise import fields

from models.fields import UtcDatetimeField, one_of
from models.record import Record
from models.statement import is_postgres, rows
from models.transaction import atomic
from models.vocabulary import DeliveryState

LEASE = timedelta(seconds=45)
"""A killed worker's rows are due again after this; every delivery's total deadline is shorter."""


class Delivery(Record):
    state = one_of(DeliveryState, max_length=10, default=DeliveryState.QUEUED)
    attempts = fields.IntField(default=0)
    due_at = UtcDatetimeField()
    leased_until = UtcDatetimeField(null=True)
    fence = fields.UUIDField(null=True)
    delivered_at = UtcDatetimeField(null=True)
    last_error = fields.CharField(max_length=200, null=True)
    """A code and perhaps a status; never what the other side wrote."""
    created_at = UtcDatetimeField()

    class Meta:
        abstract = True


D = TypeVar("D", bound=Delivery)

_CLAIM = """WITH chosen AS MATERIALIZED (
  SELECT id FROM {table} AS due WHERE state = 'queued' AND due_at <= {now}
    AND (leased_until IS NULL OR leased_until <= {now}) {extra}
  ORDER BY due_at, id LIMIT {limit} {lock}
)
UPDATE {table} SET leased_until = {until}, fence = {fence}, attempts = attempts + 1
WHERE id IN (SELECT id FROM chosen) RETURNING *"""


@atomic
async def claim_due(
    table: type[D], now: datetime, limit: int, *, extra_sql: str = "", values: Sequence[Any] = ()
) -> list[D]:
    """Take up to `limit` due rows, oldest first; until `now + LEASE` nobody else gets them.

    `extra_sql` is a further condition (`AND due.destination = $1`) on the row, called `due`; `values` are its $1, $2 ….
    """
    ours = (now, now + LEASE, uuid4(), limit)
    names = [f"${len(values) + number}" for number in range(1, 5)]
    sql = _CLAIM.format(
        table=table._meta.db_table, now=names[0], until=names[1], fence=names[2], limit=names[3], extra=extra_sql,
        # the materialised choice is made once; another worker's rows are passed over, not waited for
        lock="FOR UPDATE SKIP LOCKED" if is_postgres() else "",
    )
    claimed = [table._init_from_db(**row) for row in await rows(sql, *values, *ours)]
    return sorted(claimed, key=lambda row: (row.due_at, row.id))


async def finish(row: Delivery, fence: UUID | None, **changes: Any) -> bool:
    """Record how the work on a claimed row ended, and give up its lease. One held meanwhile stays so, unless it left.

    False: the lease ran out and somebody else took the row; nothing was written.
    """
    mine = type(row).filter(id=row.id, fence=fence, state__in=[DeliveryState.QUEUED, DeliveryState.HELD])
    return await mine.update(leased_until=None, fence=None, **changes) == 1


def back_off(attempts: int, now: datetime) -> datetime:
    """When to try again after `attempts` tries: 5 s doubling to 6 h, ± 20 % so that rows spread."""
    seconds = min(5 * 2 ** min(attempts - 1, 13), 6 * 3600)
    return now + timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 (jitter)
