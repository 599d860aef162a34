"""Going back to an earlier schema: what would be lost with the tables and columns that go."""

from collections.abc import Iterator
from typing import Any

from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.operations import AddField, CreateModel

import models
from models.database import tortoise_config
from models.statement import rows


async def lost_by_going_to(target: str) -> list[str]:
    """Tables, and `table.column`, that hold something and would go. (The database is open; see `migrating()`.)"""
    executor = MigrationExecutor(get_connection("default"), tortoise_config("sqlite://")["apps"])
    plan = await executor.plan([MigrationTarget("models", target)])
    undone = [operation for step in plan if step.backward for operation in step.migration.operations]
    tables = [str((operation.options or {})["table"]) for operation in undone if isinstance(operation, CreateModel)]
    lost = [table for table in tables if await rows(f"SELECT 1 AS one FROM {table} LIMIT 1")]  # noqa: S608 - ours
    for operation in undone:
        if isinstance(operation, AddField):
            table, column = _place(operation)
            if table not in tables and await _says_something(table, column, operation.field):
                lost.append(f"{table}.{column}")
    return lost


def _place(operation: AddField) -> tuple[str, str]:
    table: str = getattr(models, operation.model_name)._meta.db_table
    return table, getattr(operation.field, "source_field", None) or operation.name


async def _says_something(table: str, column: str, field: Any) -> bool:
    """Whether any row holds another value than the one that the migration put there."""
    plain = ",".join(f"'{text}'" for text in _as_text(getattr(field, "db_default", None))) or "''"
    found = await rows(
        f"SELECT 1 AS one FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608 - names of our own migrations
        f" AND CAST({column} AS TEXT) NOT IN ({plain}) LIMIT 1"
    )
    return bool(found)


def _as_text(default: Any) -> Iterator[str]:
    """A value as either database spells it."""
    if isinstance(default, bool):
        yield from (str(default).lower(), str(int(default)))
    elif isinstance(default, str | int):
        yield str(default)
