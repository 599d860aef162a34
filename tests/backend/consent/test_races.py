"""A batch arrives while consent is being given or taken back: nothing is lost, nothing slips in afterwards."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from backend.clock import utc_now
from backend.diary import quarantine, sync
from models import DiaryEntry, QuarantinedItem
from models.vocabulary import QuarantineState


async def stored_or_waiting():
    entries = {str(entry.id) for entry in await DiaryEntry.all()}
    kept = await QuarantinedItem.filter(state=QuarantineState.OPEN)
    return entries, {UUID(item.body.partition('"id":"')[2][:36]) for item in kept}


async def test_consent_given_between_refusal_and_keeping_leaves_nothing_behind(consent, phone_of, monkeypatch):
    document = await consent.text()
    await consent.signs("mia", "leo", document)
    phone, keep = phone_of("mia"), quarantine.keep

    async def keeps_late(*what):
        await consent.signs("ben", "leo", document)
        await keep(*what)

    monkeypatch.setattr(sync.quarantine, "keep", keeps_late)
    item = phone.item()

    (answer,) = await phone.push(item)

    assert answer["status"] == "rejected"
    assert await stored_or_waiting() == ({item["id"]}, set())


@pytest.mark.parametrize("round_", range(3))
async def test_nothing_is_stored_after_the_acknowledged_withdrawal_and_nothing_is_lost(
    consent, as_, cast, phone_of, round_,
):
    await consent.of_leo()
    phones, sent, rejected_after = [phone_of("mia"), phone_of("ben")], [], []
    ended_at = None

    async def writes(phone):
        for _ in range(12):
            item = phone.item()
            sent.append(item["id"])
            begun = utc_now()
            (answer,) = await phone.push(item)
            if ended_at and begun > ended_at:
                rejected_after.append(answer["status"] == "rejected")

    async def withdraws():
        nonlocal ended_at
        await asyncio.sleep(0.02 * (1 + round_))
        answer = await as_("mia").post(f"/api/v1/participants/{cast.leo.id}/withdrawal", json={})
        assert answer.status_code in (200, 201), answer.text
        ended_at = utc_now()

    await asyncio.gather(*(writes(phone) for phone in phones), withdraws())

    entries, waits = await stored_or_waiting()
    late = await DiaryEntry.filter(received_at__gt=ended_at).count()
    assert (late, all(rejected_after)) == (0, True)
    assert entries | {str(item) for item in waits} == set(sent)
    assert not entries & {str(item) for item in waits}


@pytest.mark.parametrize("round_", range(3))
async def test_batches_that_meet_the_signature_all_become_entries(consent, phone_of, round_):
    document = await consent.text()
    await consent.signs("mia", "leo", document)
    phones, sent = [phone_of("mia"), phone_of("greta")], []

    async def writes(phone):
        for _ in range(10):
            items = [phone.item(), phone.item()]
            sent.extend(item["id"] for item in items)
            await phone.push(*items)

    async def signs():
        await asyncio.sleep(0.02 * (1 + round_))
        await consent.signs("ben", "leo", document, at=utc_now() + timedelta(seconds=1))

    await asyncio.gather(*(writes(phone) for phone in phones), signs())

    assert await stored_or_waiting() == (set(sent), set())
