"""What is queued when an entry is validated, corrected and taken back."""

import json
from datetime import timedelta

import pytest

from backend.forwarding import outbox
from models import Destination, OutboxMessage
from models.transaction import atomic
from models.vocabulary import DeliveryState, EntryKind, EntryState
from tests.cast import Cast
from tests.forwarded import announce, corrected, retracted, validated_entry, withdraw


async def said() -> list[tuple[str, str, int]]:
    found = await OutboxMessage.all().order_by("destination", "number")
    return [(m.destination, m.kind.value, m.number) for m in found]


async def test_validating_an_entry_enqueues_one_message_per_destination(cast: Cast) -> None:
    await Destination.create(code="registry")
    await announce(cast, await validated_entry(cast))
    assert await said() == [("folder", "created", 1), ("registry", "created", 1)]


async def test_an_entry_is_created_then_amended_then_voided(cast: Cast) -> None:
    entry = await validated_entry(cast)
    await announce(cast, entry)
    await corrected(cast, entry, pain=9)
    await announce(cast, entry)
    await retracted(cast, entry)
    await withdraw(cast, entry)
    await withdraw(cast, entry)  # a second time there is nothing left to void
    assert [(kind, number) for _, kind, number in await said()] == [("created", 1), ("amended", 2), ("voided", 3)]


async def test_an_entry_never_announced_is_not_voided(cast: Cast) -> None:
    entry = await validated_entry(cast)
    await retracted(cast, entry)
    await withdraw(cast, entry)
    assert await said() == []


async def test_what_was_cancelled_was_never_said(cast: Cast) -> None:
    entry = await validated_entry(cast)
    await announce(cast, entry)
    await OutboxMessage.all().update(state=DeliveryState.CANCELLED)
    await withdraw(cast, entry)
    await announce(cast, entry)
    assert [(kind, number) for _, kind, number in await said()] == [("created", 1), ("created", 2)]


async def test_payload_carries_what_stands_and_the_source_data(cast: Cast) -> None:
    entry = await validated_entry(cast)
    await corrected(cast, entry, pain=9)
    await announce(cast, entry)
    message = await OutboxMessage.get()
    payload = json.loads(message.payload)
    assert payload["message_id"] == str(message.id)
    assert (payload["participant"], payload["site"], payload["arm"]) == ("SE01-001", "SE01", "postnatal")
    assert (payload["version"], payload["data"]["pain"], payload["source_data"]["pain"]) == (2, 9, 7)
    assert payload["data"]["kept_unknown"] is True
    assert [(r["version"], r["reason"]) for r in payload["revisions"]] == [(1, None), (2, "remembered_better")]
    assert payload["protocol_hash"] == "p" * 64
    assert "mia" not in message.payload.lower()
    assert "example.org" not in message.payload


async def test_payload_keeps_the_words_of_a_vague_date_and_adds_its_bounds(cast: Cast) -> None:
    entry = await validated_entry(cast)
    entry.kind, entry.occurred_from = EntryKind.PAIN, cast.now - timedelta(days=60)
    items = {"scale": "FLACC", "face": 1, "legs": 0, "activity_level": 0, "cry": 2, "consolability": 1, "score": 9}
    await corrected(cast, entry, occurred="2026-09/..", **items)
    await announce(cast, entry)
    payload = json.loads((await OutboxMessage.get()).payload)
    assert (payload["data"]["occurred"], payload["precision"]) == ("2026-09/..", "range")
    assert payload["occurred_from"] < payload["occurred_to"]
    assert (payload["data"]["score"], payload["derived"]) == (9, {"pain_total": 4})


async def test_payload_is_frozen_when_it_is_queued(cast: Cast) -> None:
    entry = await validated_entry(cast)
    await announce(cast, entry)
    before = (await OutboxMessage.get()).payload
    await corrected(cast, entry, pain=9)
    assert (await OutboxMessage.get()).payload == before


async def test_voided_message_carries_the_reason_and_no_data(cast: Cast) -> None:
    entry = await validated_entry(cast)
    await announce(cast, entry)
    await retracted(cast, entry)
    await withdraw(cast, entry)
    payload = json.loads((await OutboxMessage.get(number=2)).payload)
    assert payload["reason"] == "entered_in_error"
    assert not {"data", "source_data", "revisions", "findings"} & payload.keys()


async def test_entry_rejected_by_staff_is_voided_for_that_reason(cast: Cast) -> None:
    entry = await validated_entry(cast)
    await announce(cast, entry)
    entry.state = EntryState.REJECTED
    await withdraw(cast, entry)
    assert json.loads((await OutboxMessage.get(number=2)).payload)["reason"] == "rejected"


async def test_a_study_restored_from_a_backup_derives_the_same_ids(cast: Cast) -> None:
    entry = await validated_entry(cast)
    await announce(cast, entry)
    first = await OutboxMessage.get()
    await first.delete()  # the backup is older than the message
    await announce(cast, entry, cast.now + timedelta(days=1))
    again = await OutboxMessage.get()
    assert again.id == first.id == outbox.id_of("folder", entry.id, 1)


async def test_rolled_back_validation_leaves_nothing_in_the_queue(cast: Cast) -> None:
    entry = await validated_entry(cast)

    @atomic
    async def fails() -> None:
        await announce(cast, entry)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await said() == []
