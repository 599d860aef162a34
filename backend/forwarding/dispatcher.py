"""Deliver what is due: claim rows and commit, send outside any transaction, record the try and the state together.

A worker may die at any point. Before the claim's commit nothing happened; after it the lease runs out and the same
bytes go out again under the same id, by which the receiver knows them.
"""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from backend import audit
from backend.access.actor import SYSTEM
from backend.failpoints import reach
from backend.forwarding.breaker import allowance, locked, note_answers, reserve_probe
from backend.forwarding.destinations.answers import Answer, Send, Verdict
from backend.forwarding.destinations.folder import folder_sender
from backend.forwarding.destinations.rules import FOLDER, DestinationRule
from backend.forwarding.destinations.webhook import webhook_sender
from backend.forwarding.hold import may_leave
from models import DeliveryAttempt, OutboxMessage
from models.actions import Action
from models.delivery import back_off, claim_due, finish
from models.transaction import atomic
from models.vocabulary import DeliveryState

TRIES = 24
"""About three days under back_off(); then a person has to look. Tries spent while the circuit is open don't count."""
TRIES_WHEN_REFUSED = 5
MOST_PER_RUN = 500
"""Tries per run and destination; the timetable soon comes round again."""
LONGEST_RUN = timedelta(seconds=20)
"""A run ends with the batch after this: one slow destination must not keep what is due elsewhere waiting."""

IN_ORDER = """AND due.destination = $1 AND NOT EXISTS (
  SELECT 1 FROM outbox_message AS earlier
  WHERE earlier.entry_id = due.entry_id AND earlier.destination = due.destination
    AND earlier.number < due.number AND earlier.state IN ('queued', 'held', 'dead'))"""

log = logging.getLogger("backend.forwarding")
T = TypeVar("T")


@dataclass(frozen=True)
class Dispatcher:
    """One worker's way through the queues."""

    worker: str
    clock: Callable[[], datetime]
    """Sending takes time; what is recorded afterwards needs the time of then."""

    async def deliver_due(self, rules: Sequence[DestinationRule]) -> int:
        """Try what is due, all destinations side by side. Returns how many tries were made."""
        return sum(await _side_by_side(self.deliver_to(rule) for rule in rules))

    async def deliver_to(self, rule: DestinationRule) -> int:
        batch = await claim(rule.code, self.clock())
        if not batch:
            return 0
        tried, until = 0, self.clock() + LONGEST_RUN
        async with sender_for(rule) as send:
            while batch:
                reach("forwarding.after_claim_commit")
                answered = await _side_by_side(self._deliver(send, message) for message in batch)
                await note_answers(rule.code, [answer for answer in answered if answer], self.clock())
                tried += len(batch)
                goes_on = tried < MOST_PER_RUN and self.clock() < until
                batch = await claim(rule.code, self.clock()) if goes_on else []
        return tried

    async def _deliver(self, send: Send, message: OutboxMessage) -> Answer | None:
        """None: its participant has withdrawn since the claim, and it was not sent."""
        started = self.clock()
        if not await may_leave(message):
            again = back_off(message.attempts, started)  # matters only if it is queued: the withdrawal was undone
            await finish(message, message.fence, due_at=again, attempts=message.attempts - 1)
            return None
        reach("forwarding.before_send")
        answer = await _answer_to(send, message, started)
        reach("forwarding.after_send")
        await record_try(message, answer, self.worker, started, now=self.clock())
        reach("forwarding.after_record_commit")
        return answer


async def _side_by_side(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All of them to their end; only then the first failure, so that no trouble stops the others half-way."""
    results = await asyncio.gather(*works, return_exceptions=True)
    done = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        done.append(result)
    return done


@asynccontextmanager
async def sender_for(rule: DestinationRule) -> AsyncIterator[Send]:
    if rule.kind == FOLDER:
        yield folder_sender(rule.folder)
        return
    async with webhook_sender(rule) as send:
        yield send


@atomic
async def claim(code: str, now: datetime) -> list[OutboxMessage]:
    """What this worker may try now: the first unfinished message of each entry, as many as the breaker allows."""
    destination = await locked(code)
    wanted = allowance(destination, now) if destination else 0
    if destination is None or not wanted:
        return []
    claimed = await claim_due(OutboxMessage, now, wanted, extra_sql=IN_ORDER, values=(code,))
    if claimed:
        await reserve_probe(destination, now)
    reach("forwarding.before_claim_commit")
    return claimed


async def _answer_to(send: Send, message: OutboxMessage, now: datetime) -> Answer:
    try:
        return await send(message, now)
    except Exception as bug:  # the dispatch loop outlives what one message does to us
        where = "".join(traceback.format_tb(bug.__traceback__))
        log.error("message=%s type=%s\n%s", message.id, type(bug).__name__, where)
        return Answer(Verdict.REFUSED, f"bug_{type(bug).__name__}"[:200])


@atomic
async def record_try(message: OutboxMessage, answer: Answer, worker: str, started: datetime, *, now: datetime) -> None:
    """Write the try and what it means for the message, together. A late try changes nothing but is kept."""
    changes = outcome_of(message, answer, now)
    ours = await finish(message, message.fence, **changes)
    state = changes.get("state")
    await DeliveryAttempt.create(
        message_id=message.id, number=message.attempts, worker=worker, started_at=started,
        milliseconds=int((now - started).total_seconds() * 1000),
        outcome=(state or "failed") if ours else "late", status=answer.status, error=answer.error,
    )
    if ours and answer.verdict is Verdict.GONE:
        await _pause(message.destination, now)
    reach("forwarding.before_record_commit")


def outcome_of(message: OutboxMessage, answer: Answer, now: datetime) -> dict[str, Any]:
    """What changes in the row: delivered, dead, or due again later and later."""
    if answer.verdict is Verdict.TAKEN:
        return {"state": DeliveryState.DELIVERED, "delivered_at": now, "last_error": None}
    most = TRIES_WHEN_REFUSED if answer.verdict is Verdict.REFUSED else TRIES
    if message.attempts >= most:
        return {"state": DeliveryState.DEAD, "last_error": answer.error}
    again = back_off(message.attempts, now)
    return {"due_at": max(again, answer.not_before or again), "last_error": answer.error}


async def _pause(code: str, now: datetime) -> None:
    """It said 410: nothing goes there until a person resumes it."""
    destination = await locked(code)
    if destination and not destination.paused_at:
        destination.paused_at = now
        await destination.save(update_fields=["paused_at"])
        await audit.record(
            SYSTEM.acting(Action.DESTINATION_PAUSE), Action.DESTINATION_PAUSE, destination, now, reason="gone",
            changes={"code": [code, code]},
        )
