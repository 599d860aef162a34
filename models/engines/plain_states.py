"""The models of a migration's states, without what nobody asks of them.

For each operation Tortoise makes all models anew, with every filter a query might use. Nothing queries them (what our
migrations read they read by statement), and making the filters took more than half of the time.
"""

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from tortoise import models
from tortoise.models import MetaInfo


@contextlib.contextmanager
def plain_states() -> Iterator[None]:
    """While a migration runs. Our own models were made before, and keep their filters."""

    def no_filters(**_field: Any) -> dict[str, Any]:
        return {}

    def nothing(_meta: MetaInfo) -> None:
        return None

    with (
        patch.object(models, "get_filters_for_field", no_filters),
        patch.object(MetaInfo, "_generate_filters", nothing),
    ):
        yield
