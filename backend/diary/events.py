"""Server-sent events: one watcher per process looks at the counters and at who may still watch, so that many phones
cost two statements.

No in-process shouting: with several API processes the writer is usually another one.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import msgspec
from litestar.response.sse import ServerSentEventMessage

from backend.access.actor import Actor
from backend.access.fast_path import load_actor, load_actors
from backend.access.permissions import speaks_for
from backend.clock import utc_now
from backend.errors import TooManyAttempts
from models import Participant
from models.actions import Action

LOOK_EVERY = 2.0
PING_EVERY = 15.0
RETRY_MS = 5000
MOST_WATCHING = 50
"""Open streams per participant and process; each costs a look at its number twice a second."""
log = logging.getLogger("backend.diary")


@dataclass(eq=False)
class Stream:
    """One phone that is watching."""

    session_id: UUID
    action: Action
    participant_id: UUID
    is_over: bool = False


class Watcher:
    """The newest `seq` of every participant somebody of this process is watching."""

    def __init__(self) -> None:
        self.watched: Counter[UUID] = Counter()
        self.heads: dict[UUID, int] = {}
        self._streams: set[Stream] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self, stream: Stream) -> None:
        self._streams.add(stream)
        self.watched[stream.participant_id] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look())

    def stop(self, stream: Stream) -> None:
        participant_id = stream.participant_id
        self._streams.discard(stream)
        self.watched[participant_id] -= 1
        if not self.watched[participant_id]:
            del self.watched[participant_id]
            self.heads.pop(participant_id, None)

    async def _look(self) -> None:
        """Goes on over a database that is away for a moment: the open streams would be deaf without it."""
        while self.watched:
            try:
                found = await Participant.filter(id__in=list(self.watched)).values_list("id", "seq")
                self.heads.update({key: seq for key, seq in found if key in self.watched})
                await self._end_those_over()
            except Exception as failure:
                log.warning("watching failed type=%s", type(failure).__name__)
            await asyncio.sleep(LOOK_EVERY)

    async def _end_those_over(self) -> None:
        """Whose session or guardianship has ended hears nothing more, not even that the line is open."""
        streams = list(self._streams)
        living = await load_actors(list({one.session_id for one in streams}), Action.DIARY_READ, utc_now())
        for one in streams:
            actor = living.get(one.session_id)
            one.is_over = actor is None or not speaks_for(actor.acting(one.action), one.participant_id)


_watchers: dict[int, Watcher] = {}


def _watcher() -> Watcher:
    return _watchers.setdefault(id(asyncio.get_running_loop()), Watcher())


def require_place(participant_id: UUID) -> None:
    """Raises TooManyAttempts when a family watches from more places than a family has."""
    if _watcher().watched[participant_id] >= MOST_WATCHING:
        raise TooManyAttempts(60)


async def pokes(actor: Actor, participant_id: UUID) -> AsyncIterator[ServerSentEventMessage]:
    """A message per change and a comment every 15 s; ends when the session or the guardianship does."""
    assert actor.session_id  # noqa: S101 - SYSTEM never listens
    stream = Stream(actor.session_id, actor.action, participant_id)
    watcher = _watcher()
    watcher.start(stream)
    told, quiet = -1, 0.0
    try:
        while not stream.is_over:
            head = watcher.heads.get(participant_id, -1)
            if head > told or quiet >= PING_EVERY:
                if not await _still_allowed(actor, participant_id):
                    return
                yield _poke(head) if head > told else ServerSentEventMessage(comment="ping")
                told, quiet = head, 0.0
            await asyncio.sleep(LOOK_EVERY / 4)
            quiet += LOOK_EVERY / 4
    finally:
        watcher.stop(stream)


def _poke(head: int) -> ServerSentEventMessage:
    return ServerSentEventMessage(msgspec.json.encode({"cursor": head}).decode(), "changes", str(head), RETRY_MS)


async def _still_allowed(actor: Actor, participant_id: UUID) -> bool:
    assert actor.session_id  # noqa: S101 - SYSTEM never listens
    found = await load_actor(actor.session_id, actor.action, utc_now())
    return found is not None and speaks_for(found[0], participant_id)
