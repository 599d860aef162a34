"""Phones: what a family's app does, without the screen."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from models.fields import new_id

FRACTURE = {"occurred": "2026-11-20T14:30", "sites": [{"bone": "femur", "side": "left"}]}


@dataclass
class Phone:
    """One installation of one person, for one participant."""

    client: httpx.AsyncClient
    participant_id: UUID
    replica_id: UUID = field(default_factory=uuid4)
    numbered: int = 0

    @property
    def url(self) -> str:
        return f"/api/v1/participants/{self.participant_id}"

    def item(self, data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        self.numbered += 1
        return {"collection": "entries", "id": str(new_id()), "op": "upsert", "kind": "fracture",
                "client_seq": self.numbered, "recorded_at": "2026-11-20T14:35:00+01:00",
                "timezone": "Europe/Stockholm", "data": FRACTURE if data is None else data, **more}

    async def push(self, *items: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        answer = await self.client.post(f"{self.url}/changes", json={
            "replica_id": str(self.replica_id), "schema": 1, "items": list(items), **more})
        assert answer.status_code == 200, answer.text
        return answer.json()["results"]

    async def pull(self, since: int = 0, **more: Any) -> dict[str, Any]:
        answer = await self.client.get(f"{self.url}/changes", params={"since": since, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()
