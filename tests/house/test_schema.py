"""Every reference between tables can be followed by an index, on both databases."""

from models.statement import is_postgres, rows
from tests.models.conftest import opened

POSTGRES = """
SELECT t.relname::text AS "table", a.attname::text AS "column" FROM pg_constraint c
JOIN pg_class t ON t.oid = c.conrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND NOT EXISTS (
  SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1] AND i.indpred IS NULL)
"""
SQLITE = """
SELECT m.name AS "table", f."from" AS "column" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
WHERE m.type = 'table' AND NOT EXISTS (
  SELECT 1 FROM pragma_index_list(m.name) l, pragma_index_info(l.name) i
  WHERE i.seqno = 0 AND i.name = f."from" AND NOT l.partial)
"""


async def test_every_foreign_key_is_the_first_column_of_an_index(database_url: str) -> None:
    async with opened(database_url):
        bare = await rows(POSTGRES if is_postgres() else SQLITE)

    assert [f"{row['table']}.{row['column']}" for row in bare] == []
