"""Staff see the queues of their sites, and intervene; every act is audited."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from backend.clock import utc_now
from backend.forwarding.dispatcher import claim
from models import AuditEvent, Destination, OutboxMessage
from models.vocabulary import DeliveryState
from tests.cast import Cast
from tests.forwarded import WORKER, announce, let_pass, queued, rule_for, validated_entry
from tests.receiver import Plan, Receiver, fail

As = Callable[..., httpx.AsyncClient]
MESSAGES = "/api/v1/outbox-messages"
DESTINATIONS = "/api/v1/destinations"


async def dead_message(cast: Cast, receiver: Receiver) -> OutboxMessage:
    """One that its receiver refused until it was dead."""
    [message] = await queued(cast)
    receiver.plan = lambda _id, _nth: fail(422)
    for _ in range(5):
        await let_pass(600)
        await WORKER.deliver_to(rule_for(receiver))
    return await OutboxMessage.get(id=message.id)


async def test_dead_message_is_replayed_with_the_same_id_and_bytes(cast: Cast, as_: As, receiver: Receiver) -> None:
    message = await dead_message(cast, receiver)
    answer = await as_("dana").post(f"{MESSAGES}/{message.id}/replay")
    assert (answer.status_code, answer.json()["state"], answer.json()["attempts"]) == (200, "queued", 0)
    receiver.plan = lambda _id, _nth: Plan()
    await WORKER.deliver_to(rule_for(receiver))
    assert receiver.effects == {str(message.id): message.payload.encode()}
    event = await AuditEvent.get(action="outbox_message.replay")
    assert (event.participant_id, event.actor_id, event.changes) == (
        cast.leo.id, cast.dana.id, {"state": ["dead", "queued"]}
    )


async def test_all_dead_messages_are_replayed_at_once(cast: Cast, as_: As) -> None:
    await queued(cast, 3)
    await OutboxMessage.all().update(state=DeliveryState.DEAD)
    await queued(cast, 1)
    answer = await as_("dana").post(f"{DESTINATIONS}/folder/replay")
    assert (answer.status_code, answer.json()) == (200, {"messages": 3})
    assert await OutboxMessage.filter(state=DeliveryState.QUEUED).count() == 4
    assert (await AuditEvent.get(action="outbox_message.replay")).changes["replayed"] == [None, 3]


@pytest.mark.parametrize("state", [DeliveryState.QUEUED, DeliveryState.DELIVERED, DeliveryState.CANCELLED])
async def test_only_a_dead_message_can_be_replayed(cast: Cast, as_: As, state: DeliveryState) -> None:
    [message] = await queued(cast)
    await OutboxMessage.all().update(state=state)
    answer = await as_("dana").post(f"{MESSAGES}/{message.id}/replay")
    assert (answer.status_code, answer.json()["state"]) == (409, state.value)
    assert not await AuditEvent.exists(action="outbox_message.replay")


async def test_cancelled_message_is_never_sent_and_the_next_one_leaves(
    cast: Cast, as_: As, receiver: Receiver
) -> None:
    entry = await validated_entry(cast)
    await announce(cast, entry)
    await announce(cast, entry)
    first, second = await OutboxMessage.all().order_by("number")
    await OutboxMessage.filter(id=first.id).update(state=DeliveryState.DEAD)
    answer = await as_("dana").post(f"{MESSAGES}/{first.id}/cancellation")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    await WORKER.deliver_to(rule_for(receiver))
    assert receiver.order == [str(second.id)]
    assert (await AuditEvent.get(action="outbox_message.cancel")).changes == {"state": ["dead", "cancelled"]}


async def test_message_being_sent_cannot_be_cancelled(cast: Cast, as_: As) -> None:
    [message] = await queued(cast)
    await claim("folder", utc_now())
    answer = await as_("dana").post(f"{MESSAGES}/{message.id}/cancellation")
    assert (answer.status_code, answer.json()["state"]) == (409, "being_sent")
    await let_pass(60)
    assert (await as_("dana").post(f"{MESSAGES}/{message.id}/cancellation")).status_code == 200


async def test_paused_destination_gets_nothing_until_it_is_resumed(cast: Cast, as_: As, receiver: Receiver) -> None:
    await queued(cast)
    await Destination.filter(code="folder").update(failures_in_a_row=7, broken_until=utc_now() + timedelta(hours=1))
    assert (await as_("dana").post(f"{DESTINATIONS}/folder/pause")).json()["state"] == "paused"
    assert (await as_("alma").post(f"{DESTINATIONS}/folder/pause")).status_code == 409
    assert await WORKER.deliver_to(rule_for(receiver)) == 0
    assert (await as_("alma").post(f"{DESTINATIONS}/folder/resume")).json()["state"] == "working"
    assert await WORKER.deliver_to(rule_for(receiver)) == 1
    events = await AuditEvent.filter(action__in=["destination.pause", "destination.resume"]).order_by("seq")
    assert [(e.participant_id, e.changes["state"]) for e in events] == [
        (None, ["working", "paused"]), (None, ["paused", "working"])
    ]


async def test_destinations_show_how_they_fare(cast: Cast, as_: As, receiver: Receiver) -> None:
    await dead_message(cast, receiver)
    await queued(cast, 2)
    await Destination.create(code="former")
    folder, former = (await as_("dana").get(DESTINATIONS)).json()
    assert (former["state"], former["waiting"], former["oldest_waiting_seconds"]) == ("unserved", 0, None)
    assert (folder["state"], folder["waiting"], folder["dead"]) == ("working", 2, 1)
    assert folder["oldest_waiting_seconds"] >= 60


async def test_messages_are_listed_in_pages_without_their_content(cast: Cast, as_: As) -> None:
    await queued(cast, 5)
    dana, seen, cursor = as_("dana"), [], None
    for _ in range(3):
        more = {"cursor": cursor} if cursor else {}
        answer = await dana.get(MESSAGES, params={"limit": 2, **more})
        assert "femur" not in answer.text
        assert "payload" not in answer.text
        seen += [item["id"] for item in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
    assert cursor is None
    assert len(set(seen)) == 5


async def test_messages_are_chosen_by_destination_state_and_entry(cast: Cast, as_: As) -> None:
    await queued(cast, 3)
    one = await OutboxMessage.first()
    assert one
    await OutboxMessage.filter(id=one.id).update(state=DeliveryState.DEAD)
    dana = as_("dana")
    for params, many in [
        ({"state": "dead"}, 1), ({"state": "queued"}, 2), ({"destination": "folder"}, 3), ({"destination": "x"}, 0),
        ({"entry": str(one.entry_id)}, 1), ({"entry": str(one.entry_id), "state": "queued"}, 0),
    ]:
        assert len((await dana.get(MESSAGES, params=params)).json()["items"]) == many
    assert (await dana.get(MESSAGES, params={"state": "lost"})).status_code == 400


async def test_one_message_is_shown_with_every_try(cast: Cast, as_: As, receiver: Receiver) -> None:
    message = await dead_message(cast, receiver)
    shown = (await as_("nora").get(f"{MESSAGES}/{message.id}")).json()
    assert shown["message"]["participant"] == "SE01-001"
    assert [(t["number"], t["outcome"], t["status"]) for t in shown["tries"]] == [
        (1, "failed", 422), (2, "failed", 422), (3, "failed", 422), (4, "failed", 422), (5, "dead", 422)
    ]


async def test_coordinator_of_another_site_sees_nothing_of_it(cast: Cast, as_: As) -> None:
    [message] = await queued(cast)
    otto = as_("otto")
    assert (await otto.get(MESSAGES)).json()["items"] == []
    assert (await otto.get(f"{MESSAGES}/{message.id}")).status_code == 404
    assert [(d["waiting"], d["dead"]) for d in (await otto.get(DESTINATIONS)).json()] == [(0, 0)]
    assert len((await as_("nora").get(MESSAGES)).json()["items"]) == 1


@pytest.mark.parametrize("name", ["nora", "max", "mia"])
async def test_who_may_not_intervene_is_refused(cast: Cast, as_: As, name: str) -> None:
    [message] = await queued(cast)
    for path in (f"{MESSAGES}/{message.id}/replay", f"{MESSAGES}/{message.id}/cancellation",
                 f"{DESTINATIONS}/folder/pause", f"{DESTINATIONS}/folder/resume", f"{DESTINATIONS}/folder/replay"):
        assert (await as_(name).post(path)).status_code == 403


async def test_what_does_not_exist_is_not_found(cast: Cast, as_: As) -> None:
    dana = as_("dana")
    assert (await dana.post(f"{MESSAGES}/{uuid4()}/replay")).status_code == 404
    assert (await dana.post(f"{MESSAGES}/{uuid4()}/cancellation")).status_code == 404
    assert (await dana.post(f"{DESTINATIONS}/nowhere/pause")).status_code == 404
