"""How a destination fares, and so how much it gets: all that is due, one message as a probe, or nothing."""

import random
from datetime import datetime, timedelta

from backend.forwarding.destinations.answers import Answer, Verdict
from backend.forwarding.destinations.rules import DestinationRule
from models import Destination
from models.delivery import LEASE
from models.statement import is_postgres
from models.transaction import atomic

BATCH = 20
FAILURES = 5
"""So many in a row break the circuit."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)


@atomic
async def prepare_destinations(rules: tuple[DestinationRule, ...]) -> None:
    """A row for every destination named in the settings. Rows whose rule is gone stay: what waits there is seen."""
    for rule in rules:
        await Destination.get_or_create(code=rule.code)


async def locked(code: str) -> Destination | None:
    """The destination's row, ours until commit, so that of several workers one sends the probe."""
    chosen = Destination.filter(code=code)
    return await (chosen.select_for_update() if is_postgres() else chosen).first()


def allowance(destination: Destination, now: datetime) -> int:
    """How many messages may be tried now."""
    if destination.paused_at or (destination.broken_until and destination.broken_until > now):
        return 0
    return 1 if destination.failures_in_a_row >= FAILURES else BATCH


async def reserve_probe(destination: Destination, now: datetime) -> None:
    """One probe is under way: nobody sends another while its lease runs."""
    if destination.failures_in_a_row >= FAILURES:
        destination.broken_until = now + LEASE
        await destination.save(update_fields=["broken_until"])


@atomic
async def note_answers(code: str, answers: list[Answer], now: datetime) -> None:
    """Count what a batch says about the destination; a message that it refuses proves that it lives."""
    destination = await locked(code)
    if destination is None or not answers:
        return
    if all(answer.verdict is Verdict.TEMPORARY for answer in answers):
        _count_failures(destination, len(answers), now)
    else:
        destination.failures_in_a_row = 0
        destination.broken_until = None
    waits = [answer.not_before for answer in answers if answer.not_before]
    if waits:  # asked for by Retry-After; meant for us, not for one message
        asked = min(max(waits), now + LONGEST_PAUSE)
        destination.broken_until = max(destination.broken_until or asked, asked)
    await destination.save(update_fields=["failures_in_a_row", "broken_until"])


def _count_failures(destination: Destination, failed: int, now: datetime) -> None:
    """A batch that fails at once breaks the circuit once, however many messages were in it."""
    before = destination.failures_in_a_row
    destination.failures_in_a_row = before + 1 if before >= FAILURES else min(before + failed, FAILURES)
    if destination.failures_in_a_row >= FAILURES:
        doublings = min(destination.failures_in_a_row - FAILURES, 10)
        pause = min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)
        destination.broken_until = now + pause * random.uniform(0.9, 1.1)  # noqa: S311 (jitter)
