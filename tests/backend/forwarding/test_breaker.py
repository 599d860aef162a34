"""A destination that is away gets one probe now and then, not the whole queue."""

import asyncio
from datetime import timedelta

from backend.clock import utc_now
from backend.forwarding.breaker import BATCH, FAILURES, allowance, note_answers
from backend.forwarding.destinations.answers import Answer, Verdict
from backend.forwarding.dispatcher import claim
from models import Destination
from tests.cast import Cast
from tests.forwarded import WORKER, let_pass, queued, rule_for, run_out, states
from tests.receiver import Plan, Receiver, fail

AWAY = Answer(Verdict.TEMPORARY, "connection_refused")


async def test_away_destination_gets_one_batch_then_single_probes(cast: Cast, receiver: Receiver) -> None:
    await queued(cast, BATCH + 5)
    receiver.plan = lambda _id, _nth: fail(503)
    rule = rule_for(receiver)
    assert await WORKER.deliver_to(rule) == BATCH
    assert await WORKER.deliver_to(rule) == 0
    await let_pass(40)
    assert await WORKER.deliver_to(rule) == 1
    await let_pass(40)
    assert await WORKER.deliver_to(rule) == 0  # the second pause is longer


async def test_only_one_worker_probes(cast: Cast) -> None:
    await queued(cast, 5)
    await Destination.filter(code="folder").update(failures_in_a_row=FAILURES)
    claims = await asyncio.gather(*(claim("folder", utc_now()) for _ in range(3)))
    assert sorted(len(batch) for batch in claims) == [0, 0, 1]


async def test_success_of_the_probe_lets_everything_go(cast: Cast, receiver: Receiver) -> None:
    await queued(cast, 12)
    down = True
    receiver.plan = lambda _id, _nth: fail(503) if down else Plan()
    rule = rule_for(receiver)
    await WORKER.deliver_to(rule)
    down = False
    await run_out(rule, rounds=2)
    assert set(await states()) == {"delivered"}
    assert (await Destination.get(code="folder")).failures_in_a_row == 0


async def test_pauses_double_from_half_a_minute_to_ten(study: object) -> None:
    now, pauses = utc_now(), []
    for _ in range(8):
        await note_answers("folder", [AWAY] * FAILURES, now)
        broken_until = (await Destination.get(code="folder")).broken_until
        assert broken_until
        pauses.append((broken_until - now).total_seconds())
    assert all(0.89 * wanted <= pause <= 1.11 * wanted for pause, wanted in zip(
        pauses, [30, 60, 120, 240, 480, 600, 600, 600], strict=True
    ))


async def test_four_failures_and_a_success_break_nothing(study: object) -> None:
    now = utc_now()
    for _ in range(3):
        await note_answers("folder", [AWAY] * (FAILURES - 1), now)
        await note_answers("folder", [Answer(Verdict.REFUSED, "status_422", 422)], now)
    assert allowance(await Destination.get(code="folder"), now) == BATCH


async def test_destination_cannot_keep_us_away_longer_than_ten_minutes(study: object) -> None:
    now = utc_now()
    await note_answers("folder", [Answer(Verdict.TEMPORARY, "status_429", 429, now + timedelta(hours=6))], now)
    row = await Destination.get(code="folder")
    assert allowance(row, now + timedelta(minutes=9)) == 0
    assert allowance(row, now + timedelta(minutes=10)) == BATCH
