"""What the model classes can't say about families, status and consent; and what families had before they had it."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.statement import many, rows

APPEND_ONLY = ("participant_status", "consent_document", "consent_signature")

INDEXES = {
    # what the metrics count, however much is stored
    "notice_dead": "INDEX {} ON notice (kind) WHERE state = 'dead'",
    "account_mail_dead": "INDEX {} ON account_mail (kind) WHERE state = 'dead'",
    "diary_entry_conflicting": "INDEX {} ON diary_entry (site_id) WHERE open_conflicts > 0",
    "quarantined_item_open": "INDEX {} ON quarantined_item (received_at) WHERE state = 'open'",
    "consent_document_once": "UNIQUE INDEX {} ON consent_document"
    " (code, version, language, COALESCE(CAST(site_id AS TEXT), ''), COALESCE(arm, ''))",
    "participant_status_newest": "INDEX {} ON participant_status (participant_id, seq)",
    "consent_signature_newest": "INDEX {} ON consent_signature (participant_id, seq)",
    "participant_to_settle": "INDEX {} ON participant (settle_at) WHERE settle_at IS NOT NULL",
    "quarantined_item_open": "INDEX {} ON quarantined_item (participant_id, received_at) WHERE state = 'open'",
    "participant_of_woman": "INDEX {} ON participant (woman_id)",
    "account_mail_due": "INDEX {} ON account_mail (due_at) WHERE state = 'queued'",
    "guardianship_court_order": "INDEX {} ON guardianship (participant_id) WHERE court_order_at IS NOT NULL",
    "record_read_newest": "INDEX {} ON record_read (participant_id, slot_at, id)",
    "session_living": "INDEX {} ON session (account_id, expires_at) WHERE ended_at IS NULL",
}
ACTIVE_CODE = "CREATE UNIQUE INDEX linking_code_active ON linking_code (participant_id, relation)"
CODE_PREFIX = "CREATE INDEX participant_code_prefix ON participant (code varchar_pattern_ops)"
"""LIKE 'SE01-0%' goes through an index only so, unless the database sorts by bytes. SQLite has no such thing."""
LIVING_CODE = "redeemed_at IS NULL AND revoked_at IS NULL"


async def forward(_apps: Any, editor: Any) -> None:
    if editor.DIALECT == "postgres":
        await editor.client.execute_script(CODE_PREFIX)
    for table in APPEND_ONLY:
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


async def backward(_apps: Any, editor: Any) -> None:
    if editor.DIALECT == "postgres":
        await editor.client.execute_script("DROP INDEX participant_code_prefix")
    for table in APPEND_ONLY:
        if editor.DIALECT == "postgres":
            await editor.client.execute_script(f"DROP TRIGGER {table}_stays ON {table}")
        else:
            await editor.client.execute_query(f"DROP TRIGGER {table}_no_update")
            await editor.client.execute_query(f"DROP TRIGGER {table}_no_delete")


async def attest(_apps: Any, editor: Any) -> None:
    """Until now every guardian was admitted by staff: they may invite, and they are the custodians."""
    await editor.client.execute_query(
        "UPDATE guardianship SET capabilities = '[\"log\",\"see\",\"answer\",\"invite\"]' WHERE role = 'guardian'"
    )
    relations: dict[Any, list[str]] = {}
    for row in await rows("SELECT DISTINCT participant_id, relation FROM guardianship"
                          " WHERE role = 'guardian' AND ends_at IS NULL ORDER BY relation"):
        relations.setdefault(row["participant_id"], []).append(f'"{row["relation"]}"')
    texts = [[f"[{','.join(found)}]", participant] for participant, found in relations.items()]
    if texts:
        cast = "$1::text::jsonb" if editor.DIALECT == "postgres" else "$1"
        await many(f"UPDATE participant SET custodians = {cast} WHERE id = $2", texts)  # noqa: S608


async def unattest(_apps: Any, editor: Any) -> None:
    """The version before knew neither locks nor limits: nobody may gain by going back."""
    await editor.client.execute_query(
        "UPDATE guardianship SET ends_at = locked_at WHERE locked_at IS NOT NULL"
        " AND (ends_at IS NULL OR ends_at > locked_at)"
    )
    await editor.client.execute_query(
        "UPDATE linking_code SET revoked_at = issued_at WHERE redeemed_at IS NULL AND revoked_at IS NULL"
        " AND (by_family OR role = 'carer' OR capabilities IS NOT NULL OR replaces_id IS NOT NULL)"
    )
    await editor.client.execute_query(
        "UPDATE guardianship SET capabilities = '[\"log\",\"see\",\"answer\"]' WHERE role = 'guardian'"
    )


class Migration(migrations.Migration):
    dependencies = [("models", "0006_on_behalf")]

    operations = [
        *(
            ops.RunSQL(f"CREATE {rest.format(name)}", f"DROP INDEX {name}")
            for name, rest in INDEXES.items()
        ),
        # several carers may stand in the same relation, and an invitation never takes the place of a code of the site
        ops.RunSQL(
            f"DROP INDEX linking_code_active; {ACTIVE_CODE} WHERE {LIVING_CODE} AND role <> 'carer' AND NOT by_family",
            f"DROP INDEX linking_code_active; {ACTIVE_CODE} WHERE {LIVING_CODE}",
        ),
        ops.RunPython(forward, backward),
        ops.RunPython(attest, unattest),
    ]
