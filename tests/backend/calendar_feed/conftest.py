"""A calendar that subscribes, and visits to read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest
import vobject

from models import Visit


@dataclass
class Subscription:
    """A calendar that knows the address and nothing else."""

    client: httpx.AsyncClient
    path: str

    async def fetch(self, **headers: str) -> httpx.Response:
        return await self.client.get(self.path, headers=headers)

    async def entries(self) -> list[Any]:
        return list(read(await self.fetch()).contents.get("vevent", []))


def read(answer: httpx.Response) -> Any:
    """As a parser reads it that isn't the one that wrote it."""
    assert answer.status_code == 200, answer.text
    return vobject.readOne(answer.text)


@pytest.fixture
def subscribe(as_) -> Callable[..., Any]:
    async def make(name: str, **wishes: Any) -> Subscription:
        answer = await as_(name).post("/api/v1/me/calendar-feed", json=wishes)
        assert answer.status_code == 201, answer.text
        return Subscription(as_(), httpx.URL(answer.json()["url"]).path)

    return make


@pytest.fixture
def visit(cast, now):
    async def plan(child: str = "leo", code: str = "FU-L6", **values: Any) -> Visit:
        day: date = now.date() + timedelta(days=30)
        plain = {"target_on": day, "opens_on": day - timedelta(days=14), "closes_on": day + timedelta(days=14),
                 "timezone": "Europe/Stockholm", "seq": 1}
        return await Visit.create(participant_id=cast.participants[child].id, plan_code=code, **{**plain, **values})

    return plan


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
