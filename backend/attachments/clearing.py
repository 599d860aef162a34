"""Content that no row names is cleared away, a day after it was put there: younger content may be about to be named."""

from datetime import datetime, timedelta

from backend.image_store import Found, ImageStore, image_of, thumbnail_of
from models import Attachment
from models.vocabulary import AttachmentState

KEPT = timedelta(days=1)
PIECES_KEPT = timedelta(days=8)
"""Longer than any upload lives: what a lost race or a killed process left."""


async def clear_unnamed(store: ImageStore, now: datetime) -> int:
    """How many things went."""
    cleared = 0
    for prefix, name_of in (("images", image_of), ("thumbnails", thumbnail_of)):
        async for some in store.names(prefix):
            old = {name.rpartition("/")[2]: name for name, put_at in some if now - put_at > KEPT}
            unnamed = old.keys() - await _named(list(old))
            cleared += await _clear(store, [name_of(sha256) for sha256 in unnamed], now)
    async for some in store.names("pieces"):
        cleared += await _clear_pieces(store, some, now)
    return cleared


async def _named(digests: list[str]) -> set[str]:
    if not digests:
        return set()
    rows = Attachment.filter(state=AttachmentState.STORED, sha256__in=digests)
    return {str(sha256) for sha256 in await rows.values_list("sha256", flat=True)}


async def _clear(store: ImageStore, names: list[str], now: datetime) -> int:
    """Looked at once more: the same content may have come again this very minute."""
    cleared = 0
    for name in names:
        put_at = await store.put_at(name)
        if put_at and now - put_at > KEPT and not await _named([name.rpartition("/")[2]]):
            await store.delete([name])
            cleared += 1
    return cleared


async def _clear_pieces(store: ImageStore, some: list[Found], now: datetime) -> int:
    old = {name: name.split("/")[1] for name, put_at in some if now - put_at > PIECES_KEPT}
    going_on = Attachment.filter(id__in=list(set(old.values())), state=AttachmentState.UPLOADING)
    alive = {str(upload_id) for upload_id in await going_on.values_list("id", flat=True)}
    over = [name for name, upload_id in old.items() if upload_id not in alive]
    await store.delete(over)
    return len(over)
