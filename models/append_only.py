"""Tables that are only ever added to: the database itself refuses to change or delete their rows."""

from typing import Any


async def protect(editor: Any, tables: tuple[str, ...]) -> None:
    """For a migration: from now on rows of these tables stay as they are."""
    for table in tables:
        if editor.DIALECT == "postgres":
            await editor.client.execute_script(
                f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
            )
            continue
        for act in ("UPDATE", "DELETE"):
            await editor.client.execute_query(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


async def unprotect(editor: Any, tables: tuple[str, ...]) -> None:
    for table in tables:
        if editor.DIALECT == "postgres":
            await editor.client.execute_script(f"DROP TRIGGER {table}_stays ON {table}")
        else:
            await editor.client.execute_query(f"DROP TRIGGER {table}_no_update")
            await editor.client.execute_query(f"DROP TRIGGER {table}_no_delete")
