"""The same on a folder and on an S3-compatible store; a killed server keeps what it promised."""

import asyncio
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace

import boto3
import httpx
import msgspec
import pytest
from moto.server import ThreadedMotoServer

from backend.attachments.clearing import clear_unnamed
from backend.attachments.storing import store_whole_uploads
from backend.clock import utc_now
from backend.image_store import image_store
from models import Attachment
from models.vocabulary import AttachmentState
from tests.backend.attachments.conftest import jpeg
from tests.ledger import require_whole
from tests.processes import ROOT, environment, free_port, serving
from tests.wire import client_at


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """An S3 server with one bucket."""
    server = ThreadedMotoServer(port=free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    assert host
    boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret",
    ).create_bucket(Bucket="images")
    yield address
    server.stop()


@pytest.fixture
def s3_settings(settings, s3, tmp_path):
    return msgspec.structs.replace(
        settings, attachment_store=f"s3://images/study/{tmp_path.name}", s3_endpoint=s3, s3_region="us-east-1",
        s3_access_key_id="key", s3_secret_access_key="a secret of this test",
    )


@pytest.fixture(params=["folder", "s3"])
def store(request, settings, s3_settings):
    return image_store(settings if request.param == "folder" else s3_settings)


async def test_store_gives_back_what_was_put(store):
    assert await store.get("images/ab/c") is None
    assert await store.put_at("images/ab/c") is None
    await store.delete(["images/ab/c"])
    for name in ("images/ab/c", "images/ab/d", "pieces/e"):
        await store.put(name, name.encode() * 1000)

    assert await store.get("images/ab/c") == b"images/ab/c" * 1000
    assert abs((await store.put_at("images/ab/c") - utc_now()).total_seconds()) < 60
    assert sorted([name async for some in store.names("images") for name, _ in some]) == ["images/ab/c", "images/ab/d"]
    await store.delete(["images/ab/c"])
    assert await store.get("images/ab/c") is None


@pytest.fixture
async def on_s3(study, app, s3_settings):
    """The same study, its images in a bucket."""
    study = app.state.wiring = replace(study, images=image_store(s3_settings))
    return study


async def test_image_takes_its_whole_way_through_a_bucket(on_s3, sending, image_url, cast):
    upload = sending(jpeg())
    await upload.create()
    await upload.send(0, 5000)
    await upload.send(5000)

    assert await store_whole_uploads(on_s3.images, utc_now()) == 1

    assert (await upload.client.get(image_url(upload.id))).content.startswith(b"\xff\xd8\xff")
    assert (await upload.client.get(image_url(upload.id) + "/thumbnail")).status_code == 200
    assert [1 async for some in on_s3.images.names("pieces") for _ in some] == []
    assert await clear_unnamed(on_s3.images, utc_now()) == 0


async def test_folder_is_for_its_owner_and_names_have_no_ending(study, sending):
    upload = await sending(jpeg()).through()
    await store_whole_uploads(study.images, utc_now())

    assert stat.S_IMODE(os.stat(study.images.folder).st_mode) == 0o700
    files = [path for path in study.images.folder.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert all((path.suffix == "" and not os.access(path, os.X_OK)) or os.geteuid() == 0 for path in files)
    assert (await Attachment.get(id=upload.id)).state is AttachmentState.STORED


POINTS = ["attachment.after_creation", "attachment.after_piece", "attachment.after_count", "attachment.before_answer"]


@pytest.mark.parametrize("point", POINTS)
async def test_killed_server_keeps_what_it_promised(point, study, cast, sending):
    picture = jpeg()
    upload = sending(picture)
    half = len(picture) // 2
    with serving(study.settings, FRACTURE_DIARY_FAILPOINT=point) as (process, port):
        async with client_at(port, cast.mia) as upload.client:
            with pytest.raises(httpx.TransportError):  # noqa: PT012 - at either of them
                await upload.create()
                await upload.send(0, half)
        assert process.wait(10) == 137
    promised = (await Attachment.get(id=upload.id)).received
    assert promised == (half if point in ("attachment.after_count", "attachment.before_answer") else 0)

    with serving(study.settings) as (_, port):
        async with client_at(port, cast.mia) as upload.client:
            assert int((await upload.create()).headers["upload-offset"]) == promised
            await upload.send(promised)

    assert await store_whole_uploads(study.images, utc_now()) == 1
    assert (await Attachment.get(id=upload.id)).state is AttachmentState.STORED
    await require_whole(cast.leo.id)


async def test_killed_worker_s_image_is_taken_up_again(study, cast, sending, database_url):
    upload = await sending(jpeg()).through()
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend", "worker", cwd=ROOT,
        env=environment(study.settings, FRACTURE_DIARY_FAILPOINT="attachment.before_stored"),
    )
    assert await asyncio.wait_for(killed.wait(), 30) == 137
    assert (await Attachment.get(id=upload.id)).state is AttachmentState.UPLOADING
    assert await store_whole_uploads(study.images, utc_now()) == 0, "its lease has not ended"

    await Attachment.filter(id=upload.id).update(expires_at=utc_now())
    assert await store_whole_uploads(study.images, utc_now()) == 1

    assert (await Attachment.get(id=upload.id)).state is AttachmentState.STORED
    await require_whole(cast.leo.id)


async def test_what_came_before_a_cut_counts(study, cast, sending):
    """The connection breaks in the middle of one long PATCH."""
    picture = jpeg((3000, 2000), quality=99)
    upload = sending(picture)
    with serving(study.settings) as (_, port):
        async with client_at(port, cast.mia) as upload.client:
            await upload.create()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = (f"PATCH {upload.location} HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\n"
                    f"Authorization: Bearer {cast.mia.token}\r\nUpload-Offset: 0\r\n"
                    f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(picture)}\r\n\r\n")
            writer.write(head.encode() + picture[:50_000])
            await writer.drain()
            await asyncio.sleep(0.3)
            writer.close()
            async with asyncio.timeout(10):
                while await upload.how_far() != 50_000:  # noqa: ASYNC110 - the server is another process
                    await asyncio.sleep(0.05)
            await upload.send(50_000)
            assert await upload.how_far() == len(picture)
    assert reader
    await store_whole_uploads(study.images, utc_now())
    assert (await Attachment.get(id=upload.id)).state is AttachmentState.STORED
