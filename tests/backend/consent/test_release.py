"""What arrives without a valid consent waits, and becomes entries by itself: as sent, in order, once."""

from datetime import timedelta

import pytest

from backend.access.actor import SYSTEM
from backend.consent.collection import settle_collection
from backend.consent.withdrawal import note_withdrawal
from backend.diary import quarantine_release
from models import AuditEvent, DiaryEntry, EntryRevision, Guardianship, Participant, QuarantinedItem
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import Collection, ParticipantState, QuarantineState, Relation
from tests.backend.consent.conftest import SETTLER


async def waiting():
    return await QuarantinedItem.filter(state=QuarantineState.OPEN).count()


@atomic
async def enters(state, study, cast, now):
    """As the status room does it: the state is saved, then the collection follows."""
    leo = await Participant.get(id=cast.leo.id)
    leo.state = state
    await leo.save(update_fields=["state"])
    if state is ParticipantState.WITHDRAWN:
        mia = await cast.actor("mia", Action.CONSENT_WITHDRAW)
        await note_withdrawal(mia, study.protocol, leo, Relation.MOTHER, now)
    await settle_collection(SETTLER, study.protocol, leo, now)


async def test_entry_without_consent_is_refused_kept_and_becomes_an_entry_as_it_was_sent(consent, cast, phone_of):
    document = await consent.text()
    phone = phone_of("mia")
    item = phone.item({"occurred": "2026-11-20T14:30", "pain": 4}, timezone="Europe/Helsinki")

    (refused,) = await phone.push(item, app_version="7.1", sent_at=consent.now.isoformat())
    kept = await QuarantinedItem.get()
    await consent.signs("mia", "leo", document)
    await consent.signs("ben", "leo", document)

    assert (refused["status"], refused["error"]["code"]) == ("rejected", "collection.closed")
    assert refused["error"]["collection"] == "no_consent"
    entry = await DiaryEntry.get(id=item["id"])
    revision = await EntryRevision.get(entry_id=entry.id)
    assert (entry.received_at, entry.recorded_by_id, entry.relation) == (kept.received_at, cast.mia.id, "mother")
    assert (revision.author_id, revision.replica_id, revision.client_seq, revision.session_id) == (
        cast.mia.id, phone.replica_id, item["client_seq"], cast.mia.session.id)
    assert (revision.received_at, revision.timezone, revision.app_version, revision.sent) == (
        kept.received_at, "Europe/Helsinki", "7.1", item["data"])
    assert (revision.clock_skew, revision.device_time) == (kept.clock_skew, item["recorded_at"])


async def test_phone_that_was_refused_sees_them_by_pull_in_order_of_receipt(consent, phone_of):
    document = await consent.text()
    mia, ben = phone_of("mia"), phone_of("ben")
    sent = []
    for phone in (mia, ben, mia):
        sent.append(phone.item({"note": phone_of.__name__ + str(len(sent))}))
        await phone.push(sent[-1])
    cursor = (await mia.pull())["cursor"]

    await consent.signs("mia", "leo", document)
    await consent.signs("ben", "leo", document)

    page = await mia.pull(cursor)
    entries = [change["id"] for change in page["changes"] if change["collection"] == "entries"]
    assert entries == [item["id"] for item in sent]
    assert await waiting() == 0


async def test_correction_that_waited_behind_its_entry_is_applied_after_it(consent, phone_of):
    document = await consent.text()
    phone = phone_of("mia")
    item = phone.item({"pain": 3})
    await phone.push(item)
    await phone.push(phone.item({"pain": 5}, id=item["id"]))

    await consent.signs("mia", "leo", document)
    await consent.signs("ben", "leo", document)

    entry = await DiaryEntry.get()
    assert (entry.version, entry.data) == (2, {"pain": 5})


async def test_same_item_sent_again_meanwhile_and_afterwards_is_one_entry(consent, phone_of):
    document = await consent.text()
    phone = phone_of("mia")
    item = phone.item({"pain": 3})
    await phone.push(item)
    await phone.push(item)
    times = (await QuarantinedItem.get()).times_sent

    await consent.signs("mia", "leo", document)
    await consent.signs("ben", "leo", document)
    (again,) = await phone.push(item)

    assert (times, again["status"]) == (2, "unchanged")
    assert await EntryRevision.all().count() == 1


async def test_what_still_can_not_be_stored_stays_and_says_why(consent, cast, phone_of):
    document = await consent.text()
    phone = phone_of("mia")
    good, bad = phone.item({"pain": 3}), phone.item({"from": "2026-11-15"}, kind="check_in")
    await phone.push(bad, good)

    await consent.signs("mia", "leo", document)
    await consent.signs("ben", "leo", document)

    stayed = await QuarantinedItem.get(state=QuarantineState.OPEN)
    assert stayed.problem["code"] == "diary_entry.unstorable"
    assert [str(entry.id) for entry in await DiaryEntry.all()] == [good["id"]]
    numbers = await AuditEvent.filter(participant_id=cast.leo.id).order_by("seq").values_list("seq", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1)), "a refused try leaves no hole in the numbers"


async def test_every_release_stands_in_the_trail(consent, cast, phone_of):
    document = await consent.text()
    phone = phone_of("mia")
    await phone.push(phone.item(), phone.item())

    await consent.signs("mia", "leo", document)
    await consent.signs("ben", "leo", document)

    released = await AuditEvent.filter(action=Action.QUARANTINE_RELEASE)
    assert [event.actor_id for event in released] == [cast.ben.id] * 2, "whose word opened it"
    submitted = await AuditEvent.filter(action=Action.ENTRY_SUBMIT)
    assert [event.actor_id for event in submitted] == [cast.mia.id] * 2


async def test_author_whose_guardianship_ended_meanwhile_stays_the_author(consent, cast, phone_of):
    document = await consent.text()
    await phone_of("greta").push(phone_of("greta").item())
    await Guardianship.filter(account_id=cast.greta.id).update(ends_at=consent.now + timedelta(hours=1))

    later = type(consent)(cast, consent.wiring, consent.now + timedelta(days=1))
    await later.signs("mia", "leo", document)
    await later.signs("ben", "leo", document)

    entry = await DiaryEntry.get()
    assert (entry.recorded_by_id, entry.relation) == (cast.greta.id, "grandparent")


@pytest.mark.parametrize("what", ["write", "correct", "retract"])
async def test_single_writes_without_consent_wait_too(consent, as_, cast, phone_of, what):
    document = await consent.of_leo()
    phone = phone_of("mia")
    item = phone.item({"pain": 3, "note": "first"})
    await phone.push(item)
    await consent.signs("ben", "leo", document, "withdrawn")
    url, new = f"/api/v1/participants/{cast.leo.id}/entries", phone.item()["id"]
    mia = as_("mia")
    answer = await {
        "write": lambda: mia.put(f"{url}/{item['id']}", json={"kind": "fracture", "data": {"pain": 9}},
                                 headers={"If-Match": '"v1"'}),
        "correct": lambda: mia.patch(f"{url}/{item['id']}", json={"data": {"pain": 9}}, headers={"If-Match": '"v1"'}),
        "retract": lambda: mia.delete(f"{url}/{item['id']}?reason=entered_twice", headers={"If-Match": '"v1"'}),
    }[what]()
    created = await mia.put(f"{url}/{new}", json={"kind": "fracture", "data": {"pain": 1}},
                            headers={"If-None-Match": "*"})

    await consent.signs("ben", "leo", document, at=consent.now + timedelta(minutes=1))

    assert (answer.status_code, created.status_code) == (403, 403)
    entry = await DiaryEntry.get(id=item["id"])
    data = {"write": {"pain": 9}, "correct": {"pain": 9, "note": "first"}, "retract": {"pain": 3, "note": "first"}}
    assert (entry.version, entry.data, entry.state == "retracted") == (2, data[what], what == "retract")
    assert await DiaryEntry.exists(id=new)


async def test_after_withdrawal_nothing_is_released_until_staff_undo_it_and_all_have_signed(
    consent, study, cast, phone_of, now,
):
    document = await consent.of_leo()
    await enters(ParticipantState.WITHDRAWN, study, cast, now + timedelta(minutes=1))
    await phone_of("ben").push(phone_of("ben").item())
    later = now + timedelta(minutes=2)
    found = [await consent.collection("leo")]
    await consent.signs("mia", "leo", document, at=later)
    found.append(await consent.collection("leo"))
    while_withdrawn = await waiting()

    await enters(ParticipantState.ACTIVE, study, cast, later)

    assert found == [Collection.WITHDRAWN, Collection.WITHDRAWN]
    assert (while_withdrawn, await waiting(), await DiaryEntry.all().count()) == (1, 0, 1)


async def test_arm_whose_consent_is_kept_elsewhere_is_open(consent, study, cast, now):
    await Participant.filter(id=cast.leo.id).update(arm="historical")
    leo = await Participant.get(id=cast.leo.id)

    await settle_collection(SYSTEM, study.protocol, leo, now)

    assert leo.collection is Collection.OPEN


async def test_flood_that_waited_is_released_in_parts(consent, phone_of, monkeypatch):
    document = await consent.text()
    phone = phone_of("mia")
    await phone.push(*(phone.item() for _ in range(7)))
    monkeypatch.setattr(quarantine_release, "AT_ONCE", 3)

    await consent.signs("mia", "leo", document)
    await consent.signs("ben", "leo", document)
    at_once = await DiaryEntry.all().count()
    await consent.runs()

    assert (at_once, await DiaryEntry.all().count(), await waiting()) == (3, 7, 0)
