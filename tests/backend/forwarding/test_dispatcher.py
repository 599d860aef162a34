"""Claim, send, record: nothing lost, nothing twice in effect, each entry in its order."""

import asyncio
from datetime import timedelta

from backend.access.actor import SYSTEM
from backend.clock import utc_now
from backend.forwarding.breaker import BATCH
from backend.forwarding.destinations.answers import Answer, Verdict
from backend.forwarding.dispatcher import LONGEST_RUN, TRIES, TRIES_WHEN_REFUSED, Dispatcher, claim, record_try
from models import AuditEvent, DeliveryAttempt, Destination, OutboxMessage
from models.delivery import LEASE, claim_due, finish
from models.vocabulary import DeliveryState
from tests.cast import Cast
from tests.forwarded import (
    WORKER,
    announce,
    corrected,
    let_pass,
    queued,
    retracted,
    rule_for,
    run_out,
    states,
    validated_entry,
    withdraw,
)
from tests.receiver import Plan, Receiver, fail, reset


async def test_due_message_is_delivered_signed_and_the_try_is_kept(cast: Cast, receiver: Receiver) -> None:
    [message] = await queued(cast)
    assert await WORKER.deliver_due([rule_for(receiver)]) == 1
    assert receiver.faults == []
    assert receiver.effects == {str(message.id): message.payload.encode()}
    row, attempt = await OutboxMessage.get(), await DeliveryAttempt.get()
    assert (row.state, row.leased_until, row.fence) == (DeliveryState.DELIVERED, None, None)
    assert row.delivered_at
    assert (attempt.outcome, attempt.status, attempt.number, attempt.worker) == ("delivered", 204, 1, "worker")


async def test_nothing_is_sent_before_it_is_due(cast: Cast, receiver: Receiver) -> None:
    await announce(cast, await validated_entry(cast), utc_now() + timedelta(minutes=5))
    assert await WORKER.deliver_to(rule_for(receiver)) == 0
    assert receiver.connections == 0


async def test_claimed_rows_are_nobody_elses_until_the_lease_is_over(cast: Cast) -> None:
    await queued(cast, 3)
    now = utc_now()
    first = await claim_due(OutboxMessage, now, 2)
    second = await claim_due(OutboxMessage, now + timedelta(seconds=1), 5)
    assert (len(first), len(second)) == (2, 1)
    assert await claim_due(OutboxMessage, now + LEASE - timedelta(seconds=1), 5) == []
    again = await claim_due(OutboxMessage, now + LEASE, 5)
    assert {row.id for row in again} == {row.id for row in first}
    assert {row.attempts for row in again} == {2}


async def test_two_dispatchers_send_each_message_once(cast: Cast, receiver: Receiver) -> None:
    await queued(cast, 30)
    rule = rule_for(receiver)
    await asyncio.gather(*(Dispatcher(name, utc_now).deliver_to(rule) for name in ("one", "two", "three")))
    assert len(receiver.effects) == 30
    assert set(receiver.came.values()) == {1}


async def test_late_answer_of_a_sleeping_worker_overwrites_nothing(cast: Cast, receiver: Receiver) -> None:
    [message] = await queued(cast)
    [slept] = await claim("folder", utc_now())
    await let_pass(60)
    await WORKER.deliver_to(rule_for(receiver))
    late = Answer(Verdict.TEMPORARY, "deadline")
    await record_try(slept, late, "sleeper", utc_now(), now=utc_now())
    row = await OutboxMessage.get(id=message.id)
    assert (row.state, row.last_error) == (DeliveryState.DELIVERED, None)
    assert sorted([a.outcome for a in await DeliveryAttempt.all()]) == ["delivered", "late"]


async def test_work_without_the_fence_is_not_recorded(cast: Cast) -> None:
    await queued(cast)
    [row] = await claim_due(OutboxMessage, utc_now(), 1)
    [successor] = await claim_due(OutboxMessage, utc_now() + LEASE, 1)
    assert not await finish(row, row.fence, state=DeliveryState.DEAD)
    assert await finish(successor, successor.fence, state=DeliveryState.DELIVERED)
    assert not await finish(successor, successor.fence, state=DeliveryState.DEAD)


async def test_created_amended_voided_arrive_in_order_under_failures(cast: Cast, receiver: Receiver) -> None:
    entry = await validated_entry(cast)
    await announce(cast, entry)
    await corrected(cast, entry, pain=9)
    await announce(cast, entry)
    await retracted(cast, entry)
    await withdraw(cast, entry)
    receiver.plan = lambda _id, nth: fail(503) if nth < 3 else Plan(wire=reset) if nth == 3 else Plan()
    await run_out(rule_for(receiver))
    sent = [m.id for m in await OutboxMessage.all().order_by("number")]
    assert receiver.order == [str(message_id) for message_id in sent]
    assert await states() == ["delivered"] * 3
    assert receiver.faults == []


async def test_every_first_try_taken_and_then_reset_takes_effect_once(cast: Cast, receiver: Receiver) -> None:
    await queued(cast, 8)
    receiver.plan = lambda _id, nth: Plan(wire=reset) if nth == 1 else Plan()
    await run_out(rule_for(receiver))
    assert len(receiver.order) == 8
    assert set(receiver.came.values()) == {2}
    assert set(await states()) == {"delivered"}
    assert receiver.faults == []


async def test_poison_is_parked_after_its_tries_and_delays_nobody(cast: Cast, receiver: Receiver) -> None:
    poison, *_ = await queued(cast, 4)
    receiver.plan = lambda id_, _nth: fail(422) if id_ == str(poison.id) else Plan()
    rule = rule_for(receiver)
    await WORKER.deliver_to(rule)
    assert sorted(await states()) == ["delivered", "delivered", "delivered", "queued"]
    await run_out(rule)
    dead = await OutboxMessage.get(id=poison.id)
    assert (dead.state, dead.last_error, receiver.came[str(poison.id)]) == (
        DeliveryState.DEAD, "status_422", TRIES_WHEN_REFUSED
    )
    assert (await Destination.get(code="folder")).failures_in_a_row == 0


async def test_dead_message_holds_back_only_its_own_entry(cast: Cast, receiver: Receiver) -> None:
    entry = await validated_entry(cast)
    await announce(cast, entry)
    await OutboxMessage.all().update(state=DeliveryState.DEAD)
    await corrected(cast, entry, pain=9)
    await announce(cast, entry)
    await announce(cast, await validated_entry(cast))
    await run_out(rule_for(receiver))
    assert sorted(await states()) == ["dead", "delivered", "queued"]


async def test_unreachable_message_is_dead_after_its_last_try(cast: Cast, receiver: Receiver) -> None:
    await queued(cast)
    await OutboxMessage.all().update(attempts=TRIES - 1)
    receiver.plan = lambda _id, _nth: fail(503)
    await WORKER.deliver_to(rule_for(receiver))
    assert await states() == ["dead"]


async def test_failed_delivery_is_tried_later_and_later(cast: Cast, receiver: Receiver) -> None:
    await queued(cast)
    receiver.plan = lambda _id, _nth: fail(503)
    waits = []
    for _ in range(4):
        await WORKER.deliver_to(rule_for(receiver))
        waits.append((await OutboxMessage.get()).due_at - utc_now())
        await let_pass(600)
    assert [round(wait.total_seconds()) for wait in waits] == sorted(round(wait.total_seconds()) for wait in waits)
    assert 3 <= waits[0].total_seconds() <= 6
    assert 31 <= waits[3].total_seconds() <= 48


async def test_retry_after_is_kept_for_the_message_and_the_destination(cast: Cast, receiver: Receiver) -> None:
    await queued(cast)
    receiver.plan = lambda _id, nth: fail(429, Retry_After="30") if nth == 1 else Plan()
    rule = rule_for(receiver)
    await WORKER.deliver_to(rule)
    assert 27 <= ((await OutboxMessage.get()).due_at - utc_now()).total_seconds() <= 33
    await queued(cast)  # another, due at once, waits too: the limit is on us
    assert await WORKER.deliver_to(rule) == 0
    await let_pass(31)
    assert await WORKER.deliver_to(rule) == 2


async def test_gone_pauses_the_destination_until_a_person_looks(cast: Cast, receiver: Receiver) -> None:
    await queued(cast)
    receiver.plan = lambda _id, _nth: fail(410)
    rule = rule_for(receiver)
    await WORKER.deliver_to(rule)
    await let_pass(7200)
    assert await WORKER.deliver_to(rule) == 0
    assert (await Destination.get(code="folder")).paused_at
    assert await states() == ["queued"]
    event = await AuditEvent.get(action="destination.pause")
    assert (event.actor_role, event.reason, event.actor_id) == ("system", "gone", SYSTEM.account_id)


async def test_trouble_of_one_destination_leaves_the_others_alone(cast: Cast, receiver: Receiver) -> None:
    await Destination.create(code="away")
    await queued(cast, 2)
    away = rule_for(receiver, code="away", url="http://127.0.0.1:9/none")
    assert await WORKER.deliver_due([away, rule_for(receiver)]) == 4
    delivered = await OutboxMessage.filter(state=DeliveryState.DELIVERED)
    assert {message.destination for message in delivered} == {"folder"}
    assert {m.last_error for m in await OutboxMessage.filter(destination="away")} == {"connection_refused"}


async def test_a_run_ends_in_time_however_much_waits_for_a_slow_destination(cast: Cast, receiver: Receiver) -> None:
    await queued(cast, BATCH + 5)
    ticks = iter(range(10_000))
    started = utc_now()
    slow = Dispatcher("worker", lambda: started + LONGEST_RUN * (next(ticks) / 40))  # a batch takes longer than a run

    assert await slow.deliver_to(rule_for(receiver)) == BATCH
    assert await slow.deliver_to(rule_for(receiver)) == 5
