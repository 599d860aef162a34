"""Rounds: pieces of work that arrive while others are being done go together in the next round, in one statement.

Nobody waits for company: alone, a piece is a round of its own, at once. Nobody is answered from a round that began
before it came. When a round fails, each of it is tried alone, so that no piece can harm another.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

AT_ONCE = 1
"""Rounds under way at the same time (per process and kind of work). With two, rounds are smaller and cost more."""
LARGEST = 32
T = TypeVar("T")
R = TypeVar("R")


@dataclass(eq=False, slots=True)
class Waiting(Generic[T, R]):
    piece: T
    answer: "asyncio.Future[R]"


@dataclass(eq=False, slots=True)
class Queue(Generic[T, R]):
    """What one event loop has to do."""

    waiting: deque[Waiting[T, R]] = field(default_factory=deque)
    under_way: set["asyncio.Task[None] | None"] = field(default_factory=set)


class Rounds(Generic[T, R]):
    """`work` answers the pieces of a round in their order. Of the pieces with one `key`, a round takes the first.

    Never join inside a transaction: the work is done in a task of its own.
    """

    def __init__(self, work: Callable[[list[T]], Awaitable[list[R]]], key: Callable[[T], Hashable] = id) -> None:
        self.work = work
        self.key = key
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, Queue[T, R]] = WeakKeyDictionary()

    async def join(self, piece: T) -> R:
        """What `work` answers to this piece, or raises for it. A cancelled caller leaves its piece in the round."""
        loop = asyncio.get_running_loop()
        queue = self._queues.setdefault(loop, Queue())
        one: Waiting[T, R] = Waiting(piece, loop.create_future())
        queue.waiting.append(one)
        if len(queue.under_way) < AT_ONCE:
            task = loop.create_task(self._until_nothing_waits(queue))
            queue.under_way.add(task)
        return await one.answer

    async def _until_nothing_waits(self, queue: Queue[T, R]) -> None:
        try:
            while queue.waiting:
                await self._do(self._next_round(queue.waiting))
        finally:
            # In the same breath as the look at `waiting`: who joins before a done callback came would starve.
            queue.under_way.discard(asyncio.current_task())

    def _next_round(self, waiting: deque[Waiting[T, R]]) -> list[Waiting[T, R]]:
        """The longest waiting, one per key; the others keep their places."""
        chosen: dict[Hashable, Waiting[T, R]] = {}
        later = []
        while waiting and len(chosen) < LARGEST:
            one = waiting.popleft()
            if chosen.setdefault(self.key(one.piece), one) is not one:
                later.append(one)
        waiting.extendleft(reversed(later))
        return list(chosen.values())

    async def _do(self, chosen: list[Waiting[T, R]]) -> None:
        try:
            answers = await self.work([one.piece for one in chosen])
        except Exception as failure:
            if len(chosen) > 1:
                await asyncio.gather(*(self._do([one]) for one in chosen))
            elif not chosen[0].answer.done():
                chosen[0].answer.set_exception(failure)
        except BaseException:  # the process is stopping
            for one in chosen:
                one.answer.cancel()
            raise
        else:
            for one, answer in zip(chosen, answers, strict=True):
                if not one.answer.done():
                    one.answer.set_result(answer)
