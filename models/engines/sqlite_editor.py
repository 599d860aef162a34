"""Changing tables on SQLite without losing anything.

SQLite can't alter a column: Tortoise builds a new table, drops the old one and renames. That loses the table's
indexes, triggers and UNIQUE constraints, and, while foreign keys are on, its children (`models.migrator` has them off).
"""

import re
from typing import Any

from tortoise.migrations import executor
from tortoise.migrations.schema_editor import SqliteSchemaEditor

from models.engines.sqlite import statements


class RowsLost(Exception):
    """A rebuilt table has another number of rows than before; nothing was committed."""


class SafeSqliteSchemaEditor(SqliteSchemaEditor):
    async def _run_sql(self, sql: str) -> None:
        """Tortoise cuts at every semicolon, also inside a trigger."""
        if self.collect_sql:
            return await super()._run_sql(sql)
        for statement in statements(sql):
            await self.client.execute_query(statement)
        return None

    async def _remake_table(
        self, model: Any, create_field: Any = None, delete_field: Any = None, alter_fields: Any = None
    ) -> None:
        if self.collect_sql:
            return await super()._remake_table(model, create_field, delete_field, alter_fields)
        table = model._meta.db_table
        rows, attached, uniques = await self._count(table), await self._attached(table), await self._uniques(table)
        await super()._remake_table(model, create_field, delete_field, alter_fields)
        dropped = {_column(delete_field)} if delete_field else set()
        freed = {_column(old) for old, new in alter_fields or () if old.unique and not new.unique}
        await self._put_back_uniques(table, [u for u in uniques if not dropped & set(u) and {*u} != freed])
        await self._put_back(table, attached, dropped)
        if await self._count(table) != rows:
            raise RowsLost(table)
        return None

    async def _count(self, table: str) -> int:
        found = await self.client.execute_query_dict(f'SELECT count(*) AS n FROM "{table}"')  # noqa: S608
        return int(found[0]["n"])

    async def _attached(self, table: str) -> list[dict[str, Any]]:
        """The table's indexes and triggers, as they were created."""
        return await self.client.execute_query_dict(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index','trigger')"
            " AND sql IS NOT NULL",
            [table],
        )

    async def _uniques(self, table: str) -> list[tuple[str, ...]]:
        """Columns of each UNIQUE constraint written inside CREATE TABLE: they have no statement of their own."""
        found = await self.client.execute_query_dict(
            "SELECT list.name AS name, info.name AS field FROM pragma_index_list(?) AS list,"
            " pragma_index_info(list.name) AS info WHERE list.origin = 'u' ORDER BY list.name, info.seqno",
            [table],
        )
        by_index: dict[str, list[str]] = {}
        for row in found:
            by_index.setdefault(row["name"], []).append(row["field"])
        return [tuple(columns) for columns in by_index.values()]

    async def _put_back_uniques(self, table: str, uniques: list[tuple[str, ...]]) -> None:
        present = set(await self._uniques(table))
        for columns in uniques:
            if columns not in present:
                listed = ", ".join(f'"{column}"' for column in columns)
                await self.client.execute_query(
                    f'CREATE UNIQUE INDEX "uid_{table}_{"_".join(columns)}" ON "{table}" ({listed})'
                )

    async def _put_back(self, table: str, attached: list[dict[str, Any]], dropped: set[str]) -> None:
        """As on PostgreSQL, an index goes with its column; a trigger that names it makes the migration fail."""
        present = {row["name"] for row in await self._attached(table)}
        for thing in attached:
            goes = thing["type"] == "index" and any(re.search(rf"\b{name}\b", thing["sql"]) for name in dropped)
            if thing["name"] not in present and not goes:
                await self.client.execute_query(thing["sql"])


def _column(field: Any) -> str:
    return str(field.source_field or field.model_field_name)


executor.SqliteSchemaEditor = SafeSqliteSchemaEditor  # type: ignore[attr-defined]
