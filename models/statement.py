"""Hand-written SQL that runs on both databases, inside the current transaction if there is one.

Write `$1, $2 …`. Results are plain dicts; on SQLite instants and ids come back as text.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

PLAIN = "default"


def is_postgres() -> bool:
    return get_connection(PLAIN).capabilities.dialect == "postgres"


async def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Run one statement and fetch what it returns (also of INSERT/UPDATE … RETURNING)."""
    connection = get_connection(PLAIN)
    if connection.capabilities.dialect == "postgres":
        return await connection.execute_query_dict(sql, list(values))
    return await connection.execute_query_dict(sql.replace("$", "?"), [_plain(v) for v in values])


async def many(sql: str, values: Sequence[Sequence[Any]]) -> None:
    """Run one statement for many rows of values."""
    connection = get_connection(PLAIN)
    if connection.capabilities.dialect == "postgres":
        await connection.execute_many(sql, [list(row) for row in values])
    else:
        await connection.execute_many(sql.replace("$", "?"), [[_plain(v) for v in row] for row in values])


def _plain(value: Any) -> Any:
    """As Tortoise writes it on SQLite: ids and UTC instants as text."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ")
    return value


def instant(value: Any) -> datetime | None:
    """The UTC instant in a raw result column."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC) if value is not None else None


def identifier(value: Any) -> UUID:
    """The id in a raw result column."""
    return value if type(value) is UUID else UUID(str(value))
