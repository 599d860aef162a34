"""A strict tus client, pictures to send, and a worker who looks at what came."""

import base64
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from backend.attachments.storing import store_whole_uploads
from backend.clock import utc_now
from backend.wiring import Wiring
from models.fields import new_id

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def in_base64(content: str | bytes) -> str:
    return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()


def metadata(**said: object) -> str:
    return ",".join(f"{name} {in_base64(str(value))}" for name, value in said.items())


def jpeg(size: tuple[int, int] = (800, 600), **options: Any) -> bytes:
    """A picture whose every part differs, so that swapped pieces would show."""
    written = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(written, options.pop("kind", "JPEG"), **options)
    return written.getvalue()


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@dataclass
class Sending:
    """One upload as a tus client knows it; it holds the server to the protocol at every answer."""

    client: httpx.AsyncClient
    participant_id: UUID
    content: bytes
    id: UUID
    said: dict[str, Any]
    location: str = ""

    async def create(self, length: int | None = None, **headers: str) -> httpx.Response:
        answer = await self.client.post("/api/v1/uploads", headers={
            **TUS, "Upload-Length": str(len(self.content) if length is None else length),
            "Upload-Metadata": metadata(id=self.id, participant=self.participant_id, **self.said), **headers,
        })
        self._is_tus(answer)
        if answer.status_code == 201:
            self.location = answer.headers["location"]
        return answer

    async def how_far(self) -> int:
        answer = await self.head()
        assert answer.status_code == 200, answer.status_code
        assert answer.headers["upload-length"] == str(len(self.content))
        assert answer.headers["cache-control"] == "no-store"
        return int(answer.headers["upload-offset"])

    async def head(self) -> httpx.Response:
        answer = await self.client.head(self.location, headers=TUS)
        self._is_tus(answer)
        return answer

    async def send(self, begin: int = 0, end: int | None = None, **headers: str) -> httpx.Response:
        piece = self.content[begin:end]
        answer = await self.client.patch(
            self.location, content=piece, headers={**TUS, **BYTES, "Upload-Offset": str(begin), **headers}
        )
        self._is_tus(answer)
        if answer.status_code == 204:
            assert int(answer.headers["upload-offset"]) == begin + len(piece)
        return answer

    async def end(self) -> httpx.Response:
        answer = await self.client.delete(self.location, headers=TUS)
        self._is_tus(answer)
        return answer

    async def through(self) -> "Sending":
        """Everything, as it goes when nothing goes wrong."""
        assert (await self.create()).status_code == 201
        assert (await self.send()).status_code == 204
        return self

    @staticmethod
    def _is_tus(answer: httpx.Response) -> None:
        assert answer.headers["tus-resumable"] == "1.0.0"
        assert answer.status_code < 500, answer.text


@pytest.fixture
def sending(as_, cast) -> Callable[..., Sending]:
    """`sending(content, "mia")` is an upload Mia's phone is about to make, of Leo."""

    def make(content: bytes, name: str = "mia", *, of: str = "leo", attachment_id: UUID | None = None,
             **said: Any) -> Sending:
        return Sending(as_(name), cast.participants[of].id, content, attachment_id or new_id(), said)

    return make


@pytest.fixture
def looked_at(study: Wiring) -> Callable[[], Awaitable[int]]:
    """`await looked_at()`: a worker has looked at all that came whole."""

    async def look() -> int:
        return await store_whole_uploads(study.images, utc_now())

    return look


@pytest.fixture
def image_url(cast) -> Callable[..., str]:
    def url(attachment_id: UUID, of: str = "leo") -> str:
        return f"/api/v1/participants/{cast.participants[of].id}/attachments/{attachment_id}"

    return url
