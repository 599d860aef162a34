"""atomic(): the only way to open a transaction. It can't be cancelled half-way.

A cancellation inside a Tortoise transaction (time-out, shutdown, TaskGroup) wedges SQLite's one connection and
drains PostgreSQL's pool for good. Here the work runs in a task of its own; a cancelled caller waits until it
has committed or rolled back and is cancelled then.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from tortoise.transactions import in_transaction

P = ParamSpec("P")
R = TypeVar("R")

_inside: ContextVar[bool] = ContextVar("inside_atomic", default=False)
_running: set[asyncio.Task[Any]] = set()
"""Strong references: the loop itself keeps only weak ones."""


def atomic(use_case: Callable[P, Awaitable[R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Run a use case in one transaction; a use case called by another joins its transaction."""

    @wraps(use_case)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _inside.get():
            return await use_case(*args, **kwargs)
        return await _to_the_end(_in_own_transaction(use_case, *args, **kwargs))

    return run


async def _in_own_transaction(
    use_case: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs
) -> R:
    _inside.set(True)
    async with in_transaction():
        return await use_case(*args, **kwargs)


@asynccontextmanager
async def undoable() -> AsyncIterator[None]:
    """Inside a transaction: what is written here is undone alone when it fails, and the rest goes on (a savepoint)."""
    assert _inside.get()  # noqa: S101 - without one it would be a transaction of its own that can be cancelled
    async with in_transaction():
        yield


async def _to_the_end(work: Coroutine[Any, Any, R]) -> R:
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # the caller is cancelled; nobody else would fetch it
        raise
