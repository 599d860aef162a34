"""Families who write something urgent, and what becomes of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models import SafetyCase, SafetyCaseStep

SKULL = {"occurred": "2026-11-20", "sites": [{"bone": "skull", "side": "midline"}]}
CALM = {"occurred": "2026-11-20", "sites": [{"bone": "femur", "side": "left"}]}


@pytest.fixture
def opened(phone_of) -> Callable[..., Awaitable[SafetyCase]]:
    """`await opened()` is the case of a skull fracture that Mia has just sent."""

    async def open_one(data: dict[str, Any] | None = None, name: str = "mia", **item: Any) -> SafetyCase:
        phone = phone_of(name)
        (made,) = await phone.push(phone.item(data or SKULL, **item))
        return await SafetyCase.get(entry_id=made["id"])

    return open_one


async def kinds_of(case: SafetyCase) -> list[str]:
    return [str(step.kind) for step in await SafetyCaseStep.filter(case_id=case.id).order_by("id")]
