"""tus 1.0.0 to the letter: begun, cut, resumed, checked, given up; two at once; what came stays."""

import asyncio
import hashlib
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from backend.attachments import receiving, uploads
from backend.attachments.uploads import give_up_old_uploads, spool_of
from backend.clock import utc_now
from models import Attachment, Participant
from models.vocabulary import AttachmentState, Collection
from tests.backend.attachments.conftest import BYTES, TUS, in_base64, jpeg, metadata, refused
from tests.ledger import require_whole

PICTURE = jpeg()


async def pieces_of(study, attachment_id):
    return [name async for some in study.images.names(spool_of(attachment_id)) for name, _ in some]


async def test_phone_learns_what_is_spoken_here(as_):
    answer = await as_().options("/api/v1/uploads")

    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {"creation", "expiration", "termination", "checksum"}
    assert answer.headers["tus-checksum-algorithm"] == "sha256,sha1"
    assert answer.headers["tus-max-size"] == str(25 * 1024 * 1024)


async def test_cut_upload_goes_on_where_it_stood(sending, looked_at, image_url, cast):
    upload = sending(PICTURE)
    created = await upload.create()
    assert created.headers["upload-offset"] == "0"
    assert parsedate_to_datetime(created.headers["upload-expires"]) > utc_now() + timedelta(days=6)
    await upload.send(0, 1000)
    await upload.send(1000, 1001)

    assert await upload.how_far() == 1001
    last = await upload.send(1001)

    assert "upload-expires" not in last.headers
    assert await looked_at() == 1
    row = await Attachment.get(id=upload.id)
    assert (row.state, row.sent_sha256) == (AttachmentState.STORED, hashlib.sha256(PICTURE).hexdigest())
    assert (await upload.client.get(image_url(upload.id))).status_code == 200
    await require_whole(cast.leo.id)


async def test_beginning_again_finds_the_same_upload(sending):
    upload = sending(PICTURE)
    first = await upload.create()
    await upload.send(0, 700)

    again = await upload.create()

    assert again.status_code == 201
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["upload-offset"] == "700"
    assert refused(await upload.create(length=len(PICTURE) + 1)) == (403, "id_unusable")
    assert await Attachment.all().count() == 1


async def test_whole_upload_begun_again_is_still_the_same(sending, looked_at):
    upload = await sending(PICTURE).through()
    await looked_at()

    assert (await upload.create()).headers["upload-offset"] == str(len(PICTURE))
    assert (await Attachment.get(id=upload.id)).state is AttachmentState.STORED


@pytest.mark.parametrize("begin", [0, 499, 501, 10_000_000])
async def test_wrong_offset_is_refused_and_changes_nothing(begin, sending):
    upload = sending(PICTURE)
    await upload.create()
    await upload.send(0, 500)

    answer = await upload.client.patch(upload.location, content=b"x" * 9,
                                       headers={**TUS, **BYTES, "Upload-Offset": str(begin)})

    assert refused(answer) == (409, "upload.offset_differs")
    assert await upload.how_far() == 500


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
async def test_piece_is_checked_as_a_whole(algorithm, sending, study, monkeypatch):
    monkeypatch.setattr(receiving, "PIECE", 300)
    upload = sending(PICTURE)
    await upload.create()
    right = in_base64(hashlib.new(algorithm, PICTURE[:1000]).digest())
    wrong = in_base64(hashlib.new(algorithm, b"something else").digest())

    assert refused(await upload.send(0, 1000, **{"Upload-Checksum": f"{algorithm} {wrong}"})) == (
        460, "upload.checksum_differs")
    assert await upload.how_far() == 0
    assert (await upload.send(0, 1000, **{"Upload-Checksum": f"{algorithm} {right}"})).status_code == 204
    assert await upload.how_far() == 1000


@pytest.mark.parametrize("said", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256 !!", "sha256 AAAA", "sha256", ""])
async def test_checksum_nobody_can_check_is_refused(said, sending):
    upload = sending(PICTURE)
    await upload.create()

    assert refused(await upload.send(0, 10, **{"Upload-Checksum": said})) == (400, "parameter.invalid")


async def test_other_tus_is_not_spoken(sending):
    upload = sending(PICTURE)
    await upload.create()
    for method, url in (("POST", "/api/v1/uploads"), ("HEAD", upload.location), ("PATCH", upload.location),
                        ("DELETE", upload.location)):
        for headers in ({}, {"Tus-Resumable": "0.2.2"}):
            answer = await upload.client.request(method, url, headers=headers)
            assert answer.status_code == 412, method
            assert answer.headers["tus-version"] == "1.0.0"


async def test_only_bytes_are_taken(sending):
    upload = sending(PICTURE)
    await upload.create()
    answer = await upload.send(0, 10, **{"Content-Type": "application/json"})

    assert refused(answer) == (415, "upload.content_type")


async def test_more_than_announced_is_too_much(sending):
    upload = sending(PICTURE)
    await upload.create(length=100)

    assert refused(await upload.send(0, 101)) == (413, "upload.too_large")
    assert (await upload.head()).headers["upload-offset"] == "0"


async def test_image_over_25_mib_is_refused_before_it_is_sent(sending):
    assert (await sending(b"").create(length=25 * 1024**2)).status_code == 201
    assert refused(await sending(b"").create(length=25 * 1024**2 + 1)) == (413, "upload.too_large")


@pytest.mark.parametrize("odd", [
    {"Upload-Length": ""}, {"Upload-Length": "-1"}, {"Upload-Length": "1e3"}, {"Upload-Length": "٣"},
    {"Upload-Metadata": ""}, {"Upload-Metadata": "id"}, {"Upload-Metadata": "id !!!"},
    {"Upload-Metadata": metadata(id="1", participant="2")}, {"Upload-Metadata": "id AA==," * 600},
    {"Upload-Defer-Length": "1", "Upload-Length": ""},
])
async def test_odd_beginnings_are_refused(odd, sending):
    odd = {name: value.encode() for name, value in odd.items()}  # as a hostile client would send it
    assert refused(await sending(PICTURE).create(**odd)) == (400, "parameter.invalid")


async def test_given_up_upload_is_gone_and_may_begin_again(sending, study):
    upload = sending(PICTURE)
    await upload.create()
    await upload.send(0, 500)

    assert (await upload.end()).status_code == 204

    assert (await upload.head()).status_code == 410
    assert refused(await upload.send(500)) == (410, "upload.gone")
    assert await pieces_of(study, upload.id) == []
    assert (await upload.create()).headers["upload-offset"] == "0"


async def test_whole_upload_is_not_given_up_by_its_address(sending):
    upload = await sending(PICTURE).through()

    assert refused(await upload.end()) == (409, "state.refuses")


async def test_upload_that_does_not_go_on_expires(sending, study, cast):
    upload, fresh = sending(PICTURE), sending(PICTURE)
    for one in (upload, fresh):
        await one.create()
        await one.send(0, 500)
    await Attachment.filter(id=upload.id).update(expires_at=utc_now() - timedelta(seconds=1))

    assert (await upload.head()).status_code == 410
    assert await give_up_old_uploads(study.images, utc_now()) == 1

    assert (await Attachment.get(id=upload.id)).state is AttachmentState.EXPIRED
    assert await pieces_of(study, upload.id) == []
    assert await fresh.how_far() == 500
    assert (await upload.create()).headers["upload-offset"] == "0"
    await require_whole(cast.leo.id)


async def test_of_two_who_send_at_once_one_wins(sending, study, looked_at):
    upload = sending(PICTURE)
    await upload.create()

    answers = await asyncio.gather(*(upload.send() for _ in range(6)))

    assert sorted(a.status_code for a in answers) == [204, 409, 409, 409, 409, 409]
    assert await looked_at() == 1
    row = await Attachment.get(id=upload.id)
    assert row.sent_sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert await pieces_of(study, upload.id) == [], "what the losers left is cleared with it"


async def test_post_may_stand_for_patch_and_delete(sending):
    upload = sending(PICTURE)
    await upload.create()
    sent = await upload.client.post(upload.location, content=PICTURE[:9], headers={
        **TUS, **BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"})

    assert (sent.status_code, await upload.how_far()) == (204, 9)
    ended = await upload.client.post(upload.location, headers={**TUS, "X-HTTP-Method-Override": "DELETE"})
    assert (ended.status_code, (await upload.head()).status_code) == (204, 410)
    assert refused(await upload.client.post(upload.location, headers=TUS)) == (400, "parameter.invalid")


async def test_nothing_is_taken_without_a_consent(sending, cast):
    begun = sending(PICTURE)
    await begun.create()
    cast.leo.collection = Collection.NO_CONSENT
    await cast.leo.save(update_fields=["collection"])

    assert refused(await sending(PICTURE).create()) == (403, "collection.closed")
    assert refused(await begun.send()) == (403, "collection.closed")
    assert await Attachment.all().count() == 1


@pytest.mark.parametrize("name", ["eve", "otto", "ben", "max", "bea"])
async def test_nobody_else_reaches_an_upload(name, sending, as_, cast):
    upload = sending(PICTURE)
    await upload.create()
    upload.client = as_(name)
    expected = (403, "role.may_not") if name in ("max", "bea") else (404, "not_found")

    assert refused(await upload.send()) == expected
    assert refused(await upload.end()) == expected
    assert (await upload.head()).status_code == expected[0]
    begun = await upload.create()
    assert begun.status_code == (403 if name in ("ben", "max", "bea") else 404)
    assert (await Attachment.get(id=upload.id)).received == 0


async def test_id_of_another_participant_is_unusable_and_says_no_more(sending):
    upload = sending(PICTURE)
    await upload.create()

    assert refused(await sending(PICTURE, "eve", of="tom", attachment_id=upload.id).create()) == (403, "id_unusable")


async def test_account_can_fill_only_so_much(sending, monkeypatch):
    monkeypatch.setattr(uploads, "COUNTED_AT_LEAST", 0)
    monkeypatch.setattr(uploads, "PER_ACCOUNT", 1000)

    assert (await sending(b"").create(length=600)).status_code == 201
    full = await sending(b"").create(length=600)
    assert full.status_code == 429
    assert int(full.headers["retry-after"]) > 0
    assert (await sending(b"", "ben").create(length=600)).status_code == 201
    monkeypatch.setattr(uploads, "PER_PARTICIPANT", 1300)
    assert (await sending(b"", "greta").create(length=600)).status_code == 429


async def test_pieces_without_end_are_refused(sending, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_PIECES", 2)
    upload = sending(PICTURE)
    await upload.create()
    for begin in (0, 1):
        await upload.send(begin, begin + 1)

    assert refused(await upload.send(2, 3)) == (413, "upload.too_large")


async def test_refused_pieces_do_not_stay_in_the_store(sending, study, monkeypatch):
    monkeypatch.setattr(receiving, "PIECE", 1000)
    upload = sending(PICTURE)
    await upload.create()
    await upload.send(0, 100)

    wrong = f"sha256 {in_base64(bytes(32))}"
    assert refused(await upload.send(100, **{"Upload-Checksum": wrong})) == (460, "upload.checksum_differs")
    assert len(await pieces_of(study, upload.id)) == 1
    assert await upload.how_far() == 100


async def test_many_small_uploads_are_counted_as_larger_ones(sending, monkeypatch):
    monkeypatch.setattr(uploads, "PER_ACCOUNT", 3 * uploads.COUNTED_AT_LEAST)

    assert [(await sending(b"").create()).status_code for _ in range(4)] == [201, 201, 201, 429]


async def test_what_is_still_coming_when_the_consent_ends_is_not_taken(sending, cast):
    upload = sending(PICTURE)
    await upload.create()

    async def slowly():
        yield PICTURE[:1000]
        await Participant.filter(id=cast.leo.id).update(collection=Collection.WITHDRAWN)
        yield PICTURE[1000:]

    headers = {**TUS, **BYTES, "Upload-Offset": "0"}
    answer = await upload.client.patch(upload.location, content=slowly(), headers=headers)

    assert answer.status_code == 409, answer.text
    assert (await Attachment.get(id=upload.id)).received == 0
