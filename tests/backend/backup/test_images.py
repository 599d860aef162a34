"""A backup holds the study's images, and a damaged one is noticed before anything is put back."""

import msgspec
import pytest

from backend.attachments.storing import store_whole_uploads
from backend.backup.checking import check
from backend.backup.document import DocumentWriter, Manifest, read_through
from backend.backup.images import put_images_back
from backend.backup.making import write_backup
from backend.backup.refusals import Damaged
from backend.backup.sealed_file import SealedWriter
from backend.clock import utc_now
from backend.image_store import image_of, image_store
from models import Attachment
from models.database import close_database, open_database
from models.fields import new_id
from models.vocabulary import AttachmentState
from tests.backend.attachments.conftest import Sending, jpeg
from tests.backend.backup.conftest import PASSPHRASE


@pytest.fixture
async def image(as_, cast, study):
    upload = await Sending(as_("mia"), cast.leo.id, jpeg((2000, 1500), quality=99), new_id(), {}).through()
    await store_whole_uploads(study.images, utc_now())
    return await Attachment.get(id=upload.id)


@pytest.fixture
def back_up_all(study, key, tmp_path):
    async def make():
        await close_database()
        file = tmp_path / "all.backup"
        await write_backup(study.settings.database_url, file, PASSPHRASE, key, utc_now(), study.images)
        await open_database(study.settings.database_url, 10)
        return file

    return make


async def test_operator_finds_every_image_again(image, back_up_all, as_, cast, study, new_home, move, tmp_path):
    begun = Sending(as_("mia"), cast.leo.id, jpeg(), new_id(), {})
    await begun.create()
    await begun.send(0, 100)
    content = await study.images.get(image_of(image.sha256))
    file = await back_up_all()
    other = image_store(msgspec.structs.replace(study.settings, attachment_store=f"file://{tmp_path}/elsewhere"))

    assert await put_images_back(file, PASSPHRASE, other) == 2
    await move(file, new_home)

    assert await other.get(image_of(image.sha256)) == content
    assert (await Attachment.get(id=image.id)).sha256 == image.sha256
    row = await Attachment.get(id=begun.id)
    assert (row.state, row.received) == (AttachmentState.EXPIRED, 0), "its pieces are in no backup"
    assert (await begun.create()).headers["upload-offset"] == "0"


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)], indirect=True)
async def test_backup_that_is_tried_out_says_how_many_images(image, back_up_all, study):
    file = await back_up_all()
    await close_database()
    checked = await check(file, PASSPHRASE, study.settings.database_url)
    await open_database(study.settings.database_url, 10)

    assert (checked.images, checked.images_missing) == (2, 0)


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)], indirect=True)
async def test_image_the_store_has_lost_is_reported(image, back_up_all, study):
    await study.images.delete([image_of(image.sha256)])

    document = read_through(await back_up_all(), PASSPHRASE)

    assert (document.images, document.images_missing) == (1, 1)


@pytest.mark.parametrize("fault", ["other content", "other size", "other name", "fewer than told"])
def test_image_that_is_not_as_it_was_written_is_noticed(fault, tmp_path):
    file = tmp_path / "a.backup"
    with file.open("wb") as out:
        manifest = Manifest(made_at=utc_now(), migrations=[], key_fingerprint="", own_key=None, tables=[])
        writer = DocumentWriter(SealedWriter(out, PASSPHRASE), manifest)
        name = "/etc/passwd" if fault == "other name" else image_of("a" * 64)
        writer.add_image(name, b"x" * 500_000)
        if fault == "fewer than told":
            writer._images = 2
        if fault in ("other content", "other size"):
            size = 3 if fault == "other content" else 4
            line = {"line": "image", "name": image_of("b" * 64), "size": size, "sha256": "0" * 64}
            writer._write([msgspec.json.encode(line), b'["eHh4"]'])
            writer._images += 1
        writer.close()

    with pytest.raises(Damaged):
        read_through(file, PASSPHRASE)
