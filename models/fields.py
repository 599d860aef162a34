"""Column types whose behaviour must be the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal, TypeVar, overload
from uuid import UUID

import uuid_utils.compat
from tortoise import fields
from tortoise.fields.base import Field
from tortoise.models import Model

Instant = TypeVar("Instant", datetime, datetime | None)
Word = TypeVar("Word", bound=StrEnum)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): record ids sort by creation; they are never secrets."""
    return uuid_utils.compat.uuid7()


def one_of(words: type[Word], max_length: int, **options: Any) -> Field[Word]:
    """One word of a closed list.

    Tortoise would keep the whole list in the column's comment: each new word would then need a migration,
    and on SQLite a rebuild of the table.
    """
    return fields.CharEnumField(words, "", max_length, **options)


class UtcDatetimeField(fields.DatetimeField[Instant]):
    """An instant. Naive values are refused and others become UTC before they are written or compared.

    Tortoise compares datetimes as text on SQLite, so `filter(at__lt=<+09:00>)` would pick wrong rows.
    """

    @overload
    def __init__(self: "UtcDatetimeField[datetime]", *, null: Literal[False] = False, **options: Any) -> None: ...
    @overload
    def __init__(self: "UtcDatetimeField[datetime | None]", *, null: Literal[True], **options: Any) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[misc] # the overloads above are theirs

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError(f"naive datetime for {self.model_field_name}")
            value = value.astimezone(UTC)
        return super().to_db_value(value, instance)
