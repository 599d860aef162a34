"""What the model classes can't say: checks, partial indexes, and tables that refuse to be rewritten."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

APPEND_ONLY = ("audit_event", "entry_revision", "record_read", "delivery_attempt", "query_reply")

INDEXES = {
    "audit_event_of_participant": "UNIQUE INDEX {} ON audit_event (participant_id, seq)"
    " WHERE participant_id IS NOT NULL",
    "audit_event_of_study": "UNIQUE INDEX {} ON audit_event (seq) WHERE participant_id IS NULL",
    "audit_event_at_site": "INDEX {} ON audit_event (site_id, id)",
    "diary_entry_waiting": "INDEX {} ON diary_entry (site_id, received_at, id)"
    " WHERE state IN ('received','in_review','answered')",
    "diary_entry_pending": "INDEX {} ON diary_entry (parent_id) WHERE pending",
    "entry_revision_of_replica": "INDEX {} ON entry_revision (entry_id, replica_id, client_seq)",
    "linking_code_active": "UNIQUE INDEX {} ON linking_code (participant_id, relation)"
    " WHERE redeemed_at IS NULL AND revoked_at IS NULL",
    "guardianship_once": "UNIQUE INDEX {} ON guardianship (account_id, participant_id)"
    " WHERE ends_at IS NULL",
    "data_query_open": "INDEX {} ON data_query (participant_id, state) WHERE state <> 'closed'",
    "notice_due": "INDEX {} ON notice (due_at) WHERE state = 'queued'",
    "outbox_message_due": "INDEX {} ON outbox_message (destination, due_at) WHERE state = 'queued'",
    "idempotency_key_age": "INDEX {} ON idempotency_key (created_at)",
    "attempt_count_age": "INDEX {} ON attempt_count (expires_at)",
}

POSTGRES_REFUSAL = """CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"""


async def forward(_apps: Any, editor: Any) -> None:
    if editor.DIALECT == "postgres":
        await editor.client.execute_script(POSTGRES_REFUSAL)
        for table in APPEND_ONLY:
            await editor.client.execute_script(
                f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
            )
        return
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            await editor.client.execute_query(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


async def backward(_apps: Any, editor: Any) -> None:
    for table in APPEND_ONLY:
        if editor.DIALECT == "postgres":
            await editor.client.execute_script(f"DROP TRIGGER {table}_stays ON {table}")
        else:
            await editor.client.execute_query(f"DROP TRIGGER {table}_no_update")
            await editor.client.execute_query(f"DROP TRIGGER {table}_no_delete")
    if editor.DIALECT == "postgres":
        await editor.client.execute_script("DROP FUNCTION refuse_rewriting()")


def check(model: str, name: str, rule: str) -> ops.AddConstraint:
    return ops.AddConstraint(model, CheckConstraint(check=rule, name=name))


class Migration(migrations.Migration):
    dependencies = [("models", "0001_first_tables")]

    operations = [
        check("DiaryEntry", "diary_entry_counts", "version >= 1 AND open_queries >= 0 AND open_conflicts >= 0"),
        check("EntryRevision", "entry_revision_version", "(state = 'accepted') = (version IS NOT NULL)"),
        *(
            ops.RunSQL(f"CREATE {rest.format(name)}", f"DROP INDEX {name}")
            for name, rest in INDEXES.items()
        ),
        ops.RunPython(forward, backward),
    ]
