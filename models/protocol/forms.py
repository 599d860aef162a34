"""What may be asked of a family, and the edit checks on their answers."""

from typing import Literal

import msgspec

from models.vocabulary import EntryKind, ParticipantKind

FieldType = Literal[
    "partial_date", "date", "code", "codes", "integer", "number", "boolean", "text", "id", "list",
]


class Field(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One question of a form. `unit` names the merge unit; alone, a field is its own."""

    type: FieldType
    unit: str | None = None
    codes: list[str] = []
    min: int | float | None = None
    max: int | float | None = None
    """Of a number; of a text the characters, of a list the items."""
    item: dict[str, "Field"] = {}
    unblinds: bool = False
    """The answer tells, or may tell, whether the participant is treated; blinded readers don't see it."""


class Form(msgspec.Struct, forbid_unknown_fields=True):
    schema: int
    subjects: tuple[ParticipantKind, ...] = (ParticipantKind.CHILD,)
    """About whom it is asked."""
    field: dict[str, Field] = {}

    def unit_of(self, name: str) -> str:
        found = self.field.get(name)
        return (found.unit if found else None) or name


Test = Literal[
    "required", "not_after", "not_before", "not_after_birth", "not_before_parent", "in_order", "within_days",
    "clock_within", "only_with", "not_with", "one_of_with", "no_repeat", "parts_told", "all_or_none", "sum_of",
    "multiple_of", "scale_fits_age",
]
"""A closed list; what each says stands in `backend/diary/edit_checks.py`, and the app runs the same."""


class EditCheck(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One rule, run on the server and published to the app in this same form.

    `field` and `than` may name a list's item (`sites/side`): then each item is looked at on its own.
    """

    code: str
    kinds: list[EntryKind]
    test: Test
    field: str
    severity: Literal["hard", "finding", "remark"]
    """`hard` can't be stored, a finding is asked about, a remark is only noted beside the answer."""
    than: str | None = None
    codes: list[str | bool] = []
    """Of `than`; none = any answer."""
    allowed: list[str] = []
    """Of `field`."""
    parts: list[str] = []
    step: int | None = None
    tolerance_minutes: int = 0
    days: int | None = None
