"""Who sees which image; nothing keeps it on the way; a missing one is named."""

from datetime import timedelta

import pytest

from backend.clock import utc_now
from models import Attachment, RecordRead
from models.fields import new_id
from tests.backend.attachments.conftest import jpeg, refused
from tests.backend.attachments.test_slots import naming


@pytest.fixture
async def image(phone_of, sending, looked_at):
    """A photo that Mia's entry names."""
    phone, upload = phone_of("mia"), sending(jpeg())
    (made,) = await phone.push(phone.item(naming(upload.id)))
    await upload.through()
    await looked_at()
    upload.said["entry"], upload.said["phone"] = made, phone
    return upload


@pytest.mark.parametrize(("name", "status"), [
    ("mia", 200), ("ben", 200), ("nora", 200), ("iris", 200), ("max", 200), ("dana", 200), ("dag", 200),
    ("greta", 404), ("eve", 404), ("otto", 404), ("bea", 404), ("alma", 403),
])
async def test_who_sees_it(name, status, image, as_, image_url, cast):
    client, url = as_(name), image_url(image.id)

    assert (await client.get(url)).status_code == status
    assert (await client.get(f"{url}/thumbnail")).status_code == status
    listed = await client.get(url.rpartition("/")[0])
    if status == 200:
        assert [one["id"] for one in listed.json()["items"]] == [str(image.id)]
        assert await RecordRead.filter(account_id=cast.people[name].id, participant_id=cast.leo.id).exists()
    elif name in ("greta", "bea"):
        assert listed.json()["items"] == []
    else:
        assert listed.status_code == status


async def test_it_cannot_be_had_through_another_child(image, as_, image_url):
    assert refused(await as_("eve").get(image_url(image.id, of="tom"))) == (404, "not_found")


async def test_who_reads_blinded_sees_imaging_only(phone_of, sending, looked_at, as_, image_url):
    phone = phone_of("mia")
    for purpose, status in (("imaging", 200), ("letter", 404), ("photo", 404)):
        upload = sending(jpeg())
        await phone.push(phone.item(naming(upload.id, purpose=purpose)))
        await upload.through()
        await looked_at()
        assert (await as_("bea").get(image_url(upload.id))).status_code == status, purpose


async def test_who_may_only_report_sees_what_they_sent(phone_of, sending, looked_at, as_, image_url):
    phone, upload = phone_of("greta"), sending(jpeg(), "greta")
    await phone.push(phone.item(naming(upload.id)))
    await upload.through()
    await looked_at()

    assert (await as_("greta").get(image_url(upload.id))).status_code == 200
    assert (await as_("mia").get(image_url(upload.id))).status_code == 200


async def test_nothing_keeps_it_and_nothing_runs_it(image, as_, image_url):
    answer = await as_("mia").get(image_url(image.id), headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == 'inline; filename="image.jpg"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.content.startswith(b"\xff\xd8\xff")


async def test_missing_image_is_named_after_a_day(phone_of, as_, cast):
    phone, slot, fresh = phone_of("mia"), new_id(), new_id()
    await phone.push(phone.item(naming(slot, fresh)))
    await Attachment.filter(id=slot).update(created_at=utc_now() - timedelta(hours=25))
    for name in ("mia", "nora"):
        url = f"/api/v1/participants/{cast.leo.id}/attachments"
        missing = (await as_(name).get(url, params={"missing": "true"})).json()["items"]
        assert [(one["id"], one["state"], one["missing"]) for one in missing] == [(str(slot), "declared", True)]
        every = (await as_(name).get(url)).json()["items"]
        assert {one["id"]: one["missing"] for one in every} == {str(slot): True, str(fresh): False}


async def test_images_come_in_pages(phone_of, as_, cast):
    phone, slots = phone_of("mia"), [new_id() for _ in range(5)]
    await phone.push(phone.item(naming(*slots)))
    url, seen, cursor = f"/api/v1/participants/{cast.leo.id}/attachments", [], None
    while True:
        page = (await as_("mia").get(url, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [one["id"] for one in page["items"]]
        if not (cursor := page["next_cursor"]):
            break

    assert sorted(seen) == sorted(map(str, slots))


async def test_image_of_a_retracted_entry_is_for_staff_only(image, as_, image_url):
    phone, made = image.said["phone"], image.said["entry"]
    await phone.push(phone.item({}, id=made["id"], op="delete", base_version=1, reason="mistyped"))

    assert (await as_("mia").get(image_url(image.id))).status_code == 404
    assert (await as_("nora").get(image_url(image.id))).status_code == 200


@pytest.mark.parametrize(("name", "status"), [("mia", 204), ("ben", 404), ("nora", 204), ("otto", 404), ("max", 403)])
async def test_who_may_take_it_away(name, status, image, as_, image_url):
    assert (await as_(name).delete(image_url(image.id))).status_code == status

    assert (await as_("iris").get(image_url(image.id))).status_code == (404 if status == 204 else 200)


async def test_addresses_tell_nothing(image, as_, image_url):
    """Ids only: no name of a person or a file, no secret, no purpose."""
    assert image.location == f"/api/v1/uploads/{image.id}"
    assert image_url(image.id).split("/")[-1] == str(image.id)
