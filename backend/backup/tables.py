"""Which tables and columns a database has, asked from the database itself: a backup before an upgrade must not
depend on what the newer programme expects.
"""

from typing import Any

import msgspec
from tortoise import Tortoise

from backend.backup.canonical import Kind
from models.statement import is_postgres, rows

MIGRATIONS = "tortoise_migrations"
"""Not copied: its names stand in the manifest, and a restore writes it by migrating."""

_POSTGRES = """SELECT c.table_name::text AS "table", c.column_name::text AS "column", c.data_type::text AS type
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY 1, 2"""
_SQLITE = """SELECT m.name AS "table", p.name AS "column", p.type AS type
FROM sqlite_master m, pragma_table_info(m.name) p
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY 1, 2"""
_KINDS = {
    "uuid": Kind.ID, "char": Kind.ID, "timestamp": Kind.INSTANT, "timestamp with time zone": Kind.INSTANT,
    "date": Kind.DATE, "json": Kind.JSON, "jsonb": Kind.JSON, "boolean": Kind.TRUTH, "text": Kind.TEXT,
    "varchar": Kind.TEXT, "character varying": Kind.TEXT,
    **dict.fromkeys(("int", "integer", "smallint", "bigint"), Kind.NUMBER),
}


class TableShape(msgspec.Struct, frozen=True):
    """Columns by name, so that both databases agree on their order."""

    name: str
    columns: dict[str, Kind]

    @property
    def kinds(self) -> list[Kind]:
        return list(self.columns.values())

    @property
    def column_list(self) -> str:
        return ", ".join(f'"{column}"' for column in self.columns)


async def shapes() -> list[TableShape]:
    """Every table of the open database; empty for a database without any."""
    truths = _truths()
    found: dict[str, dict[str, Kind]] = {}
    for row in await rows(_POSTGRES if is_postgres() else _SQLITE):
        truth = (row["table"], row["column"]) in truths
        kind = Kind.TRUTH if truth else _KINDS[row["type"].partition("(")[0].lower()]
        found.setdefault(row["table"], {})[row["column"]] = kind
    return [TableShape(name, columns) for name, columns in found.items() if name != MIGRATIONS]


def _truths() -> set[tuple[str, str]]:
    """SQLite keeps truth as INT, and only the models know which."""
    tables: list[Any] = list(Tortoise.apps["models"].values()) if Tortoise.apps else []
    return {
        (table._meta.db_table, column) for table in tables
        for name, column in table._meta.fields_db_projection.items()
        if table._meta.fields_map[name].field_type is bool
    }


async def migrations_that_ran() -> list[str]:
    return [row["name"] for row in await rows(f"SELECT name FROM {MIGRATIONS} WHERE app = 'models' ORDER BY name")]  # noqa: S608
