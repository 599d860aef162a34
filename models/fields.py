"""Column types whose behaviour must be the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from tortoise import fields
from tortoise.models import Model


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): record ids sort by creation; they are never secrets."""
    return uuid_utils.compat.uuid7()


class UtcDatetimeField(fields.DatetimeField):
    """An instant. Naive values are refused and others become UTC before they are written or compared.

    Tortoise compares datetimes as text on SQLite, so `filter(at__lt=<+09:00>)` would pick wrong rows.
    """

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError(f"naive datetime for {self.model_field_name}")
            value = value.astimezone(UTC)
        return super().to_db_value(value, instance)
