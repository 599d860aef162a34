"""After an acknowledged withdrawal nothing leaves, whatever was queued or claimed; undone, it leaves in its order."""

import asyncio
from datetime import date, timedelta
from random import Random

import pytest

from backend.clock import utc_now
from backend.forwarding import dispatcher, hold
from backend.forwarding.dispatcher import Dispatcher, claim
from models import AuditEvent, Destination, DiaryEntry, Guardianship, OutboxMessage, Participant, Session
from models.actions import Action
from models.vocabulary import DeliveryState, ParticipantState
from tests.backend.review.test_review import act
from tests.forwarded import WORKER, announce, corrected, queued, rule_for, run_out, states, validated_entry
from tests.receiver import Plan, Receiver, fail

LATE = (0.0, 0.01, 0.03, 0.1)
"""Seconds by which one side of a race starts later."""


@pytest.fixture
def put_into(as_, cast, now):
    async def change(state: str, reason: str = "family_wish") -> None:
        body = {"state": state, "effective_on": now.date().isoformat(), "reason": reason}
        await Participant.filter(id=cast.leo.id).update(enrolled_at=now - timedelta(days=9))
        answer = await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/status", json=body)
        assert answer.status_code == 200, answer.text

    return change


async def test_what_was_queued_is_held_and_leaves_in_its_order_when_it_was_a_mistake(cast, receiver, put_into):
    entry = await validated_entry(cast)
    await announce(cast, entry)
    await corrected(cast, entry, pain=9)
    await announce(cast, entry)
    first, second = await OutboxMessage.all().order_by("number")

    await put_into("withdrawn")
    await run_out(rule_for(receiver))
    assert await states() == ["held", "held"]
    assert receiver.connections == 0
    await put_into("active", "entered_in_error")
    await run_out(rule_for(receiver))

    assert receiver.order == [str(first.id), str(second.id)]
    events = await AuditEvent.filter(subject_type="outbox_message").order_by("seq")
    assert [(event.action, event.changes["state"]) for event in events] == [
        (Action.MESSAGE_HOLD, ["queued", "held"])] * 2 + [(Action.MESSAGE_RELEASE, ["held", "queued"])] * 2


async def test_nothing_overtakes_a_held_message_about_the_same_entry(cast, receiver):
    entry = await validated_entry(cast)
    await announce(cast, entry)
    await OutboxMessage.all().update(state=DeliveryState.HELD)
    await corrected(cast, entry, pain=9)
    await announce(cast, entry)

    await run_out(rule_for(receiver))

    assert receiver.connections == 0


async def test_undone_while_a_worker_still_has_it_in_hand_it_leaves_after_all(cast, receiver, put_into, monkeypatch):
    """The worker was told "held" and is slow to put it down; meanwhile the mistake is undone."""
    await queued(cast)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def may_leave_slowly(message: OutboxMessage) -> bool:
        answer = await hold.may_leave(message)
        asked.set()
        await go_on.wait()
        return answer

    await Participant.filter(id=cast.leo.id).update(state=ParticipantState.WITHDRAWN)
    await OutboxMessage.all().update(state=DeliveryState.QUEUED)
    monkeypatch.setattr(dispatcher, "may_leave", may_leave_slowly)
    work = asyncio.create_task(WORKER.deliver_to(rule_for(receiver)))
    await asked.wait()
    undoing = asyncio.create_task(put_into("active", "entered_in_error"))
    await _until(cast, ParticipantState.ACTIVE)
    go_on.set()
    await asyncio.gather(work, undoing)
    monkeypatch.undo()
    await run_out(rule_for(receiver))

    assert await states() == ["delivered"]


async def test_one_familys_withdrawal_holds_nobody_elses_messages(cast, receiver, put_into):
    await queued(cast)
    await announce(cast, await validated_entry(cast, cast.tom))

    await put_into("withdrawn")
    await run_out(rule_for(receiver))

    assert sorted(await states()) == ["delivered", "held"]


@pytest.mark.parametrize("state", ["paused", "in_hospital", "died"])
async def test_in_every_other_state_forwarding_goes_on(cast, receiver, put_into, state):
    await queued(cast)

    await put_into(state, {"died": "death"}.get(state, "medical"))
    await run_out(rule_for(receiver))

    assert await states() == ["delivered"]


async def test_what_is_validated_of_a_withdrawn_participant_leaves_only_if_that_was_a_mistake(
    as_, cast, phone_of, receiver, put_into
):
    phone = phone_of("mia")
    sent, retracted, fresh = [item["id"] for item in await phone.push(*(phone.item() for _ in range(3)))]
    for entry_id in (sent, retracted):
        await act(as_("nora"), entry_id, "validation")
    await run_out(rule_for(receiver))

    await put_into("withdrawn")
    await act(as_("nora"), fresh, "validation")
    await act(as_("nora"), retracted, "reopening", {"reason": "read anew"})
    await act(as_("nora"), retracted, "rejection", {"reason": "other"})
    assert await OutboxMessage.all().count() == 2, "no message, not even a voided one"
    await put_into("active", "entered_in_error")
    await run_out(rule_for(receiver))

    said = [(str(m.entry_id), m.kind) for m in await OutboxMessage.all().order_by("created_at", "id")]
    assert sorted(said) == sorted([(sent, "created"), (retracted, "created"), (fresh, "created"),
                                   (retracted, "voided")])
    assert set(await states()) == {"delivered"}


async def test_claimed_but_not_yet_sent_is_held_too(cast, receiver, put_into):
    await queued(cast)
    claimed = asyncio.Event()
    go_on = asyncio.Event()

    class Slow(Dispatcher):
        async def _deliver(self, send, message):
            claimed.set()
            await go_on.wait()
            return await super()._deliver(send, message)

    work = asyncio.create_task(Slow("slow", utc_now).deliver_to(rule_for(receiver)))
    await claimed.wait()
    withdrawing = asyncio.create_task(put_into("withdrawn"))
    await _until(cast, ParticipantState.WITHDRAWN)
    go_on.set()
    await asyncio.gather(work, withdrawing)

    assert receiver.connections == 0
    row = await OutboxMessage.get()
    assert (row.state, row.attempts, row.leased_until, row.fence) == (DeliveryState.HELD, 0, None, None)


async def _until(cast, state: ParticipantState) -> None:
    for _ in range(1000):
        if (await Participant.get(id=cast.leo.id)).state is state:
            return
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(("status", "state"), [(204, "delivered"), (503, "held")])
async def test_what_is_in_the_air_is_waited_for_and_recorded_as_it_ended(cast, receiver, put_into, status, state):
    await queued(cast)
    in_the_air, land = asyncio.Event(), asyncio.Event()

    async def slowly(writer: asyncio.StreamWriter) -> None:
        in_the_air.set()
        await land.wait()
        writer.write(f"HTTP/1.1 {status} x\r\n{'' if status == 204 else 'content-length: 0'}\r\n\r\n".encode())

    receiver.plan = lambda _id, _nth: Plan(taken=status == 204, wire=slowly)
    work = asyncio.create_task(WORKER.deliver_to(rule_for(receiver)))
    await in_the_air.wait()
    withdrawing = asyncio.create_task(put_into("withdrawn"))
    await _until(cast, ParticipantState.WITHDRAWN)
    await asyncio.sleep(0.2)

    assert not withdrawing.done(), "acknowledged only when nothing is in the air"
    land.set()
    await asyncio.gather(work, withdrawing)
    assert await states() == [state]


async def test_a_killed_worker_does_not_keep_a_family_waiting_for_ever(cast, put_into):
    await queued(cast)
    await claim("folder", utc_now() - timedelta(seconds=44))  # and its worker dies here

    await asyncio.wait_for(put_into("withdrawn"), 10)

    assert await states() == ["held"]


async def test_dead_messages_stay_dead_and_held_ones_can_be_given_up(as_, cast, receiver, put_into):
    dead, waiting = await queued(cast, 2)
    await OutboxMessage.filter(id=dead.id).update(state=DeliveryState.DEAD)
    await put_into("withdrawn")
    dana = as_("dana")

    one = await dana.post(f"/api/v1/outbox-messages/{dead.id}/replay")
    every = await dana.post("/api/v1/destinations/folder/replay")
    given_up = await dana.post(f"/api/v1/outbox-messages/{waiting.id}/cancellation")

    assert (one.status_code, one.json()["state"]) == (409, "withdrawn")
    assert every.json() == {"messages": 0}
    assert (given_up.status_code, given_up.json()["state"]) == (200, "cancelled")
    assert (await dana.get("/api/v1/destinations")).json()[0]["dead"] == 1


async def test_queue_says_how_many_are_held(as_, cast, put_into):
    await queued(cast, 2)
    await put_into("withdrawn")

    (folder,) = (await as_("dana").get("/api/v1/destinations")).json()

    assert (folder["waiting"], folder["held"]) == (0, 2)


async def test_withdrawal_races_the_dispatcher_and_nothing_leaves_after_its_answer(as_, cast, receiver):
    await _race(as_, cast, receiver, 20)


@pytest.mark.full
async def test_withdrawal_races_the_dispatcher_a_thousand_times(as_, cast, receiver):
    await _race(as_, cast, receiver, 1000)


async def _race(as_, cast, receiver: Receiver, times: int) -> None:
    """A child of Mia's each time, two validated entries, two workers, and her withdrawal at some moment."""
    chance, rule, outcomes = Random(12), rule_for(receiver), set()
    receiver.plan = lambda _id, nth: fail(503) if chance.random() < 0.2 else Plan()
    for number in range(times):
        child = await cast.participant("next", f"SE01-{number + 100}", date(2020, 1, 1))
        await Participant.filter(id=child.id).update(custodians=["mother"])
        await cast.guardian("mia", child, "mother")
        await Session.filter(id=cast.mia.session.id).update(proved_at=utc_now())
        for _ in range(2):
            await announce(cast, await validated_entry(cast, child))

        async def withdraw(child: Participant = child) -> tuple[int, int]:
            await asyncio.sleep(chance.choice(LATE))
            answer = await as_("mia").post(f"/api/v1/participants/{child.id}/withdrawal", json={})
            return answer.status_code, receiver.came.total()

        async def deliver(name: str) -> None:
            await asyncio.sleep(chance.choice(LATE))
            await Dispatcher(name, utc_now).deliver_to(rule)

        (status, came), *_ = await asyncio.gather(withdraw(), deliver("one"), deliver("two"))
        entries = await DiaryEntry.filter(participant_id=child.id).values_list("id", flat=True)
        theirs = OutboxMessage.filter(entry_id__in=list(entries))
        await theirs.update(due_at=cast.now)
        await Destination.all().update(broken_until=None)
        await WORKER.deliver_to(rule)

        assert (status, receiver.came.total()) == (200, came), "something left after the acknowledged withdrawal"
        left = set(await theirs.values_list("state", flat=True))
        assert left <= {DeliveryState.HELD, DeliveryState.DELIVERED}
        outcomes |= left
        await Guardianship.filter(participant_id=child.id).delete()
    assert outcomes == {DeliveryState.HELD, DeliveryState.DELIVERED}, "the race was never close"
