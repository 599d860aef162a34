"""Where images and the pieces of uploads lie: a folder all processes share, or a bucket of an S3-compatible store.

What `put` answered is durable. Names are ours (lower-case letters, digits, `-` and `/`) and have no ending, so nothing
in there is ever taken for a programme or a page.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError as ImageStoreError
from obstore.store import LocalStore, S3Store

from backend.settings import Settings

__all__ = ["ImageStore", "ImageStoreError", "image_of", "image_store", "thumbnail_of"]
AT_ONCE = 500
PATIENCE = timedelta(seconds=30)
Found = tuple[str, datetime]
"""(name, when it was put there)"""


def image_store(settings: Settings) -> "ImageStore":
    """The store of these settings; nothing is made or asked before it is used."""
    url = urlsplit(settings.attachment_store)
    if url.scheme == "s3":
        return ImageStore(None, settings)
    folder = Path(unquote(url.path)) if url.scheme == "file" else Path(settings.data_folder).absolute() / "attachments"
    return ImageStore(folder, settings)


def image_of(sha256: str) -> str:
    return f"images/{sha256[:2]}/{sha256}"


def thumbnail_of(sha256: str) -> str:
    """By the content of the image that it shows."""
    return f"thumbnails/{sha256[:2]}/{sha256}"


@dataclass(frozen=True)
class ImageStore:
    folder: Path | None
    """Empty = a bucket."""
    settings: Settings

    async def put(self, name: str, content: bytes) -> None:
        """Under its name for good, whatever happens to this machine's power afterwards."""
        await obstore.put_async(self._store, name, content)
        if self.folder:
            await asyncio.to_thread(_sync, self.folder, self.folder / name)

    async def get(self, name: str) -> bytes | None:
        """The whole content; None = there is nothing under this name."""
        try:
            found = await obstore.get_async(self._store, name)
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None

    async def delete(self, names: Sequence[str]) -> None:
        """What is not there is deleted already."""
        for name in names:
            try:
                await obstore.delete_async(self._store, name)
            except FileNotFoundError:
                continue

    async def put_at(self, name: str) -> datetime | None:
        """When it was put there."""
        try:
            return (await obstore.head_async(self._store, name))["last_modified"]
        except FileNotFoundError:
            return None

    async def names(self, prefix: str) -> AsyncIterator[list[Found]]:
        """All under a prefix, some at a time."""
        async for some in obstore.list(self._store, f"{prefix}/", chunk_size=AT_ONCE):
            yield [(one["path"], one["last_modified"]) for one in some]

    @cached_property
    def _store(self) -> Any:
        if self.folder is None:
            return _bucket(self.settings)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self.folder)


def _bucket(settings: Settings) -> S3Store:
    url = urlsplit(settings.attachment_store)
    chosen: dict[str, Any] = {
        "region": settings.s3_region, "endpoint": settings.s3_endpoint,
        "access_key_id": settings.s3_access_key_id, "secret_access_key": settings.s3_secret_access_key,
    }
    return S3Store(
        url.hostname or "", prefix=url.path.strip("/") or None,
        client_options={"allow_http": settings.s3_endpoint.startswith("http://"), "timeout": PATIENCE},
        retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
        **{name: value for name, value in chosen.items() if value},
    )


def _sync(root: Path, file: Path) -> None:
    """The file, and the folders that were made for it: a name that is not on the disk leads nowhere."""
    for path in (file, *(folder for folder in file.parents if folder.is_relative_to(root))):
        if path.is_dir() and os.name != "posix":  # elsewhere a folder can't be opened
            continue
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
