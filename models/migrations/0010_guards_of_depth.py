"""What the model classes can't say about attachments, safety and adjudication."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.append_only import protect, unprotect

APPEND_ONLY = ("safety_case_step", "adjudication", "entry_comparison")
INDEXES = {
    "safety_case_next_step": "INDEX {} ON safety_case (next_step_at) WHERE next_step_at IS NOT NULL",
    "safety_case_open": "INDEX {} ON safety_case (site_id, due_at) WHERE state = 'open'",
    "diary_entry_fractures": "INDEX {} ON diary_entry (participant_id, occurred_from) WHERE kind = 'fracture'",
    "diary_entry_to_judge": "INDEX {} ON diary_entry (site_id, received_at, id)"
                            " WHERE kind = 'fracture' AND state = 'validated'",
}


async def forward(_apps: Any, editor: Any) -> None:
    await protect(editor, APPEND_ONLY)


async def backward(_apps: Any, editor: Any) -> None:
    await unprotect(editor, APPEND_ONLY)


class Migration(migrations.Migration):
    dependencies = [("models", "0009_clinical_depth")]

    operations = [
        *(ops.RunSQL(f"CREATE {rest.format(name)}", f"DROP INDEX {name}") for name, rest in INDEXES.items()),
        ops.RunPython(forward, backward),
    ]
