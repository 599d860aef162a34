"""What the model classes can't say about reminders and work items."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.append_only import protect, unprotect

APPEND_ONLY = ("work_item_contact",)
INDEXES = {
    "notice_told": "INDEX {} ON notice (account_id, told_at) WHERE told_at IS NOT NULL",
    "notice_queued": "INDEX {} ON notice (account_id, due_at) WHERE state = 'queued'",
    "phone_code_due": "INDEX {} ON phone_code (due_at) WHERE state = 'queued'",
    "notice_asked": "INDEX {} ON notice (participant_id, slot)"
                            " WHERE kind IN ('check_in_due', 'digest') AND told_at IS NOT NULL",
    "diary_entry_check_ins": "INDEX {} ON diary_entry (participant_id, received_at) WHERE kind = 'check_in'",
    "push_device_living": "INDEX {} ON push_device (service) WHERE ended_at IS NULL",
    "push_device_ended": "INDEX {} ON push_device (ended_at) WHERE ended_at IS NOT NULL",
    "notice_attempt_failed": "INDEX {} ON notice_attempt (at) WHERE state = 'failed'",
    "work_item_open": "INDEX {} ON work_item (due_at) WHERE closed_at IS NULL",
}
AS_IT_WAS = "INDEX notice_due ON notice (due_at) WHERE state = 'queued'"
IN_ORDER = "INDEX notice_due ON notice (due_at, id) WHERE state = 'queued'"
"""As they are claimed: of 10,000 that are due at once, a claim reads no more than it takes."""


async def forward(_apps: Any, editor: Any) -> None:
    await protect(editor, APPEND_ONLY)


async def backward(_apps: Any, editor: Any) -> None:
    await unprotect(editor, APPEND_ONLY)


class Migration(migrations.Migration):
    dependencies = [("models", "0011_reminders_and_reach")]

    operations = [
        ops.RunSQL("DROP INDEX notice_due", f"CREATE {AS_IT_WAS}"),
        ops.RunSQL(f"CREATE {IN_ORDER}", "DROP INDEX notice_due"),
        *(ops.RunSQL(f"CREATE {rest.format(name)}", f"DROP INDEX {name}") for name, rest in INDEXES.items()),
        ops.RunPython(forward, backward),
    ]
