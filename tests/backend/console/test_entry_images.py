"""A nurse sees an entry's images on its page; a missing one and a refused one are named."""

from datetime import timedelta

import pytest

from backend.attachments.storing import store_whole_uploads
from backend.clock import utc_now
from models import Attachment
from models.fields import new_id
from tests.backend.attachments.conftest import Sending, jpeg
from tests.phones import FRACTURE


@pytest.fixture
async def entry_id(phone_of, as_, cast, study):
    """Mia's fracture with an X-ray, something that is no image, one that never came and one that is on its way."""
    phone = phone_of("mia")
    ids = [new_id() for _ in range(4)]
    purposes = ("imaging", "letter", "photo", "photo")
    named = [{"id": str(one), "purpose": purpose} for one, purpose in zip(ids, purposes, strict=True)]
    (made,) = await phone.push(phone.item({**FRACTURE, "attachments": named}))
    for one, content in ((ids[0], jpeg()), (ids[1], b"%PDF-1.7")):
        await Sending(as_("mia"), cast.leo.id, content, one, {}).through()
    await store_whole_uploads(study.images, utc_now())
    await Attachment.filter(id=ids[2]).update(created_at=utc_now() - timedelta(days=2))
    return made["id"]


async def test_nurse_sees_images_and_what_is_missing(entry_id, as_, cast):
    nora = as_("nora")
    page = (await nora.get(f"/console/entries/{entry_id}")).text

    assert "Photos and letters" in page
    assert f"/api/v1/participants/{cast.leo.id}/attachments/" in page
    assert "800 × 600" in page
    assert "what was sent is no photo" in page
    assert "not here after a day" in page
    assert "has not come yet" in page
    thumbnail = page.partition('<img src="')[2].partition('"')[0]
    shown = await nora.get(thumbnail)
    assert shown.headers["content-type"] == "image/jpeg"


async def test_blinded_reader_sees_the_x_ray_and_no_letter(entry_id, as_):
    page = (await as_("bea").get(f"/console/entries/{entry_id}")).text

    assert "800 × 600" in page
    assert "what was sent is no photo" not in page
    assert "has not come yet" not in page
