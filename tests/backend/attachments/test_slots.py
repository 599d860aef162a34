"""An entry names its images: a missing one is missed, one that came first is joined, one named no longer goes."""

from datetime import timedelta

import pytest

from backend.attachments import clearing
from backend.attachments.clearing import clear_unnamed
from backend.clock import utc_now
from backend.image_store import image_of
from models import Attachment
from models.fields import new_id
from models.vocabulary import AttachmentPurpose, AttachmentState
from tests.backend.attachments.conftest import jpeg
from tests.ledger import require_whole
from tests.phones import FRACTURE


def naming(*ids, purpose="photo", **more):
    return {**FRACTURE, "attachments": [{"id": str(one), "purpose": purpose} for one in ids], **more}


async def states():
    return {row.id: row.state for row in await Attachment.all()}


async def test_named_image_is_waited_for_and_then_there(phone_of, sending, looked_at, cast):
    phone, upload = phone_of("mia"), sending(jpeg())
    (made,) = await phone.push(phone.item(naming(upload.id, purpose="imaging")))
    assert made["status"] == "applied"
    row = await Attachment.get(id=upload.id)
    assert (row.state, row.purpose) == (AttachmentState.DECLARED, AttachmentPurpose.IMAGING)
    assert str(row.entry_id) == made["id"]

    await upload.through()
    await looked_at()

    row = await Attachment.get(id=upload.id)
    assert (row.state, str(row.entry_id)) == (AttachmentState.STORED, made["id"])
    await require_whole(cast.leo.id)


async def test_image_that_came_first_is_joined(phone_of, sending, looked_at, cast):
    phone, upload = phone_of("mia"), await sending(jpeg()).through()
    await looked_at()
    assert (await Attachment.get(id=upload.id)).entry_id is None

    (made,) = await phone.push(phone.item(naming(upload.id)))

    row = await Attachment.get(id=upload.id)
    assert (row.state, str(row.entry_id), row.purpose) == (
        AttachmentState.STORED, made["id"], AttachmentPurpose.PHOTO)
    await require_whole(cast.leo.id)


async def test_phones_hear_of_every_change(phone_of, sending, looked_at):
    phone, upload = phone_of("mia"), sending(jpeg())
    (made,) = await phone.push(phone.item(naming(upload.id)))
    page = await phone_of("ben").pull(made["seq"])
    assert [(c["collection"], c["id"], c["state"]) for c in page["changes"]] == [
        ("attachments", str(upload.id), "declared")]

    await upload.through()
    await looked_at()

    (change,) = (await phone_of("ben").pull(page["cursor"]))["changes"]
    assert (change["state"], change["data"]["entry_id"], change["data"]["width"]) == ("stored", made["id"], 800)


async def test_image_named_no_longer_goes_with_its_content(phone_of, sending, looked_at, study, cast, monkeypatch):
    phone, upload, other = phone_of("mia"), sending(jpeg()), sending(jpeg((90, 60)))
    item = phone.item(naming(upload.id, other.id))
    (made,) = await phone.push(item)
    for one in (upload, other):
        await one.through()
    await looked_at()
    sha256 = (await Attachment.get(id=upload.id)).sha256
    kept = (await Attachment.get(id=other.id)).sha256

    await phone.push(phone.item(naming(other.id), id=made["id"], base_version=1))

    row = await Attachment.get(id=upload.id)
    assert (row.state, row.sha256) == (AttachmentState.REMOVED, None)
    assert await clear_unnamed(study.images, utc_now() + timedelta(hours=23)) == 0
    assert await clear_unnamed(study.images, utc_now() + timedelta(hours=25)) == 2
    assert await study.images.get(image_of(sha256)) is None
    assert await study.images.get(image_of(kept)) is not None
    await require_whole(cast.leo.id)


async def test_named_again_it_is_waited_for_again(phone_of, sending, looked_at):
    phone, upload = phone_of("mia"), sending(jpeg())
    (made,) = await phone.push(phone.item(naming(upload.id)))
    await phone.push(phone.item(naming(), id=made["id"], base_version=1))
    assert (await upload.create()).status_code == 403

    await phone.push(phone.item(naming(upload.id), id=made["id"], base_version=2))
    await upload.through()
    await looked_at()

    assert await states() == {upload.id: AttachmentState.STORED}


async def test_other_corrections_leave_images_alone(phone_of, cast):
    phone, slot = phone_of("mia"), new_id()
    (made,) = await phone.push(phone.item(naming(slot)))
    before = (await Attachment.get(id=slot)).seq

    await phone.push(phone.item({"note": "more"}, id=made["id"], base_version=1))

    row = await Attachment.get(id=slot)
    assert (row.state, row.seq) == (AttachmentState.DECLARED, before)
    await require_whole(cast.leo.id)


async def test_image_of_another_entry_or_child_is_not_taken_over(phone_of, sending):
    phone, foreign = phone_of("mia"), sending(jpeg(), "eve", of="tom")
    await foreign.create()
    slot = new_id()
    (first,) = await phone.push(phone.item(naming(slot)))

    results = await phone.push(phone.item(naming(slot, foreign.id)))

    assert results[0]["status"] == "applied", "a parent's tap is never answered with a loss"
    assert str((await Attachment.get(id=slot)).entry_id) == first["id"]
    assert (await Attachment.get(id=foreign.id)).entry_id is None


@pytest.mark.parametrize("odd", [
    [], [{}], [{"id": None}], [{"purpose": "photo"}],
])
async def test_odd_lists_name_nothing(odd, phone_of):
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item({**FRACTURE, "attachments": odd}))

    assert made["status"] == "applied"
    assert await states() == {}


async def test_an_entry_has_ten_images_at_most(phone_of):
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item(naming(*(new_id() for _ in range(12)))))

    assert made["status"] == "applied"
    assert any(finding["code"] == "too_many" for finding in made["findings"])
    assert len(await states()) == 10


async def test_pieces_of_nobody_are_cleared(study, monkeypatch, sending):
    upload = sending(jpeg())
    await upload.create()
    await upload.send(0, 10)
    await study.images.put(f"pieces/{new_id()}/000000000000-aabbccdd", b"left by a killed process")
    monkeypatch.setattr(clearing, "PIECES_KEPT", timedelta(0))

    assert await clear_unnamed(study.images, utc_now() + timedelta(seconds=1)) == 1
    assert await upload.how_far() == 10
