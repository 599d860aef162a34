"""Whatever came becomes a plain JPEG or is refused with a code: no place, no bomb, no page in disguise."""

import asyncio
import io
import struct
import zlib

import pytest
from PIL import Image

from backend.attachments import storing
from backend.attachments.decoding import Rendered, decode
from backend.clock import utc_now
from backend.image_store import image_of, thumbnail_of
from models import Attachment
from models.vocabulary import AttachmentState
from tests.backend.attachments.conftest import jpeg
from tests.ledger import require_whole

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


def with_gps(kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Somebody's phone", 6
    exif.get_ifd(GPS).update({1: "N", 2: (59.0, 20.0, 58.0), 3: "E", 4: (18.0, 4.0, 7.0)})
    return jpeg((400, 300), kind=kind, exif=exif.tobytes(), **({"comment": b"Leo at home"} if kind == "JPEG" else {}))


def png_that_says(width: int, height: int) -> bytes:
    """A few bytes that promise a picture of any size: one row of zeros, said to be all of them."""
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10**6))) + chunk(
        b"IEND", b"")


@pytest.fixture
def kept(sending, looked_at, study):
    """`await kept(content)`: the image as it lies in the store; `None` and the code where it was refused."""

    async def keep(content: bytes, **said):
        upload = await sending(content, **said).through()
        assert await looked_at() == 1
        row = await Attachment.get(id=upload.id)
        if row.state is AttachmentState.REFUSED:
            return None, row.refusal
        assert row.state is AttachmentState.STORED
        return await study.images.get(image_of(row.sha256)), row

    return keep


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "HEIF", "PNG"])
async def test_place_device_and_comment_are_gone(kind, kept, study):
    if kind == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    sent = with_gps(kind)
    assert b"Somebody's phone" in sent

    image, row = await kept(sent)

    for content in (image, await study.images.get(thumbnail_of(row.sha256))):
        assert b"Exif" not in content
        assert b"Somebody" not in content
        assert b"Leo" not in content
        seen = Image.open(io.BytesIO(content))
        assert (seen.format, dict(seen.getexif()), seen.info.get("comment")) == ("JPEG", {}, None)
    assert (row.width, row.height) == (300, 400), "turned upright"
    assert (row.media_type, row.size) == ("image/jpeg", len(image))


async def test_large_one_is_shrunk_and_has_a_thumbnail(kept, study):
    image, row = await kept(jpeg((4000, 3000)))

    assert Image.open(io.BytesIO(image)).size == (row.width, row.height) == (2560, 1920)
    thumbnail = await study.images.get(thumbnail_of(row.sha256))
    assert Image.open(io.BytesIO(thumbnail)).size == (320, 240)


@pytest.mark.parametrize(("content", "code"), [
    (b"", "attachment.not_an_image"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "attachment.not_an_image"),
    (b"<html><body>", "attachment.not_an_image"),
    (b"GIF89a" + bytes(100), "attachment.not_an_image"),
    (b"%PDF-1.7", "attachment.not_an_image"),
    (b"\xff\xd8\xff\xe0" + b"no picture" * 30, "attachment.damaged"),
    (jpeg()[:4000], "attachment.damaged"),
    (jpeg(kind="PNG")[:3000], "attachment.damaged"),
    (jpeg(kind="WEBP")[:1000], "attachment.damaged"),
    (b"\0\0\0\x18ftypheic" + bytes(200), "attachment.damaged"),
    (png_that_says(50_000, 50_000), "attachment.too_many_pixels"),
    (png_that_says(2**31 - 1, 2**31 - 1), "attachment.too_many_pixels"),
    (png_that_says(8_000, 8_000), "attachment.damaged"),
], ids=lambda part: part if isinstance(part, str) else f"{len(part)}-{part[:4].hex()}")
async def test_what_is_no_image_is_refused_with_its_reason(content, code, kept, cast):
    assert await kept(content) == (None, code)
    await require_whole(cast.leo.id)


async def test_page_hidden_in_an_image_does_not_come_through(kept):
    hidden = b"<script>alert(document.cookie)</script>"
    image, _ = await kept(jpeg(comment=hidden) + b"<html>" + hidden)

    assert hidden not in image
    assert b"<html" not in image


async def test_what_arrives_otherwise_than_announced_is_refused(kept):
    assert await kept(jpeg(), sha256="0" * 64) == (None, "attachment.checksum_differs")


@pytest.mark.parametrize(("mode", "kind"), [
    ("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG"),
    ("RGBA", "WEBP"),
])
async def test_every_sort_of_picture_is_taken(mode, kind, study):
    written = io.BytesIO()
    Image.new(mode, (3000, 20)).save(written, kind)

    found = await decode(written.getvalue())

    assert isinstance(found, Rendered)
    assert (found.width, found.height) == (2560, 17)


async def test_sixteen_bits_keep_their_greys(study):
    written = io.BytesIO()
    Image.new("I;16", (50, 50), 40_000).save(written, "PNG")

    found = await decode(written.getvalue())

    assert Image.open(io.BytesIO(found.image)).convert("L").getpixel((9, 9)) == pytest.approx(40_000 / 256, abs=2)


async def test_decoder_is_told_no_secret(monkeypatch):
    begin, told = asyncio.create_subprocess_exec, []

    async def noting(*words, **how):
        told.append((words[1], how["env"]))
        return await begin(*words, **how)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noting)
    await decode(jpeg())

    assert told == [("-I", {})], "isolated, without any environment"


async def test_image_that_kills_its_decoder_is_refused_in_the_end(sending, study, monkeypatch):
    """Five tries, one per lease; a worker is not kept from the next image."""
    monkeypatch.setattr("backend.attachments.decoding.SCRIPT", "/nowhere/at/all.py")
    upload, now = await sending(jpeg()).through(), utc_now()
    for tried in range(5):
        assert (await Attachment.get(id=upload.id)).state is AttachmentState.UPLOADING
        assert await storing.store_whole_uploads(study.images, now + tried * storing.LEASE) == 1
        assert await storing.store_whole_uploads(study.images, now + tried * storing.LEASE) == 0

    row = await Attachment.get(id=upload.id)
    assert (row.state, row.refusal) == (AttachmentState.REFUSED, "attachment.too_heavy")


async def test_refused_one_may_be_sent_again(sending, looked_at):
    upload = await sending(b"no image").through()
    await looked_at()

    upload.content = jpeg()
    await upload.through()
    await looked_at()

    row = await Attachment.get(id=upload.id)
    assert (row.state, row.refusal) == (AttachmentState.STORED, None)
