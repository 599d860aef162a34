"""A page about one thing, with acts that carry what their writer had seen of it."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from litestar import Response

from backend.access.actor import Actor
from backend.console.pages import onward
from backend.console.typed import Asked, Typed, seen_in, typed_in
from backend.errors import IllegalState, InvalidBody, Stale, StudyError

SAID_ON_THE_PAGE = (Stale, IllegalState, InvalidBody)


@dataclass(frozen=True)
class SeenPage(ABC):
    """What somebody has before them, and the request they made about it."""

    here: ClassVar[str]
    """Address of the list it stands in."""
    request: Asked
    actor: Actor
    id: UUID
    now: datetime

    @abstractmethod
    async def show(self, *, typed: Typed | None = None, refusal: StudyError | None = None) -> Response[Any]:
        """The page; after a refusal with what was typed, and as it stands now. Raises NotFound."""

    async def attempt(self, act: Callable[[Typed, int], Awaitable[None]], *, done: str) -> Response[Any]:
        """Do what the form says; what refuses is said on its own page."""
        typed = await typed_in(self.request)
        try:
            await act(typed, seen_in(typed))
        except SAID_ON_THE_PAGE as refusal:
            return await self.show(typed=typed, refusal=refusal)
        return onward(self.request, f"{self.here}/{self.id}", done=done)
