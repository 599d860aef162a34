"""The statements whose speed must not depend on how much is stored, and how the database means to run them."""

import json
import re
from typing import Any

from backend.diary import changes
from backend.review.worklist import WorklistFilter, _statement
from models import Site
from models.statement import is_postgres, rows
from tests.bench.study import PARTICIPANT, made_id

LARGE = ("diary_entry", "entry_revision", "audit_event", "e", "r")
"""With the names they have inside the statements."""
SCAN = re.compile(r"(?:Seq Scan on|SCAN) (\w+)")


async def pull_plan(family: int) -> list[str]:
    return await steps(changes.ENTRIES, made_id(PARTICIPANT, family), 0, 10**6, 501)


async def worklist_plan() -> list[str]:
    sql, values = _statement([(await Site.get(code="SE01")).id], WorklistFilter())
    return await steps(sql, *values)


async def steps(sql: str, *values: Any) -> list[str]:
    """The plan's nodes, top down."""
    if is_postgres():
        found = await rows(f"EXPLAIN (FORMAT TEXT, COSTS OFF) {sql}", *values)
        lines = [re.sub(r"^\s*->\s*", "", row["QUERY PLAN"]).strip() for row in found]
        return [line for line in lines if re.search(r"\b(Scan|Sort|Limit|Join|Loop|Append)\b", line)]
    return [row["detail"] for row in await rows(f"EXPLAIN QUERY PLAN {sql}", *values)]


async def pages(sql: str, *values: Any) -> int:
    """Pages of the database that running it touches (PostgreSQL), once warm."""
    for _ in range(2):
        found = await rows(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *values)
    plan = found[0]["QUERY PLAN"]
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])


def whole_tables_read(plan: list[str]) -> list[str]:
    """Nodes that read a large table from end to end."""
    return [node for node in plan if (found := SCAN.match(node)) and found[1] in LARGE and "USING" not in node]
