"""What came whole is put together, made safe and kept by its content; what is no image is refused, with the reason.

A worker may die at any point: until the row says `stored` or `refused`, another one begins again.
"""

import hashlib
import logging
from datetime import datetime, timedelta

from tortoise.expressions import F

from backend.access import scope
from backend.access.actor import SYSTEM, Actor
from backend.attachments.decoding import DecodingFailed, Refusal, Rendered, decode
from backend.attachments.rendering import DAMAGED, TOO_HEAVY
from backend.attachments.uploads import empty_spool
from backend.audit import next_seq, record
from backend.failpoints import reach
from backend.image_store import ImageStore, image_of, thumbnail_of
from models import Attachment
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import AttachmentState

LEASE = timedelta(minutes=3)
MOST_TRIES = 5
MEDIA_TYPE = "image/jpeg"
CHECKSUM_DIFFERS = "attachment.checksum_differs"
log = logging.getLogger("backend.attachments")


async def store_whole_uploads(store: ImageStore, now: datetime, limit: int = 20) -> int:
    """How many were looked at."""
    looked_at = 0
    while looked_at < limit and (upload := await _claim(now)):
        await _look_at(store, upload, now)
        looked_at += 1
    return looked_at


async def _claim(now: datetime) -> Attachment | None:
    """The one that waits longest, for us alone until the lease ends."""
    due = Attachment.filter(state=AttachmentState.UPLOADING, received=F("length"), expires_at__lte=now)
    for upload in await due.order_by("expires_at").limit(5):
        claimed = await Attachment.filter(
            id=upload.id, state=AttachmentState.UPLOADING, expires_at=upload.expires_at, received=upload.received,
        ).update(expires_at=now + LEASE, tries=upload.tries + 1)
        if claimed:
            upload.expires_at, upload.tries = now + LEASE, upload.tries + 1
            return upload
    return None


async def _look_at(store: ImageStore, upload: Attachment, now: datetime) -> None:
    try:
        came = await _put_together(store, upload)
        found = DAMAGED if came is None else await _judge(came, upload)
    except DecodingFailed as failure:
        log.warning("image of %d bytes: the decoder %s", upload.length, failure)
        if upload.tries < MOST_TRIES:
            return  # the lease ends, and somebody tries again
        found = TOO_HEAVY
    if isinstance(found, Rendered):
        await _keep(store, upload, found, now)
    else:
        await _refuse(SYSTEM, upload, found, now)
    await empty_spool(store, upload.id)


async def _put_together(store: ImageStore, upload: Attachment) -> bytes | None:
    """None = the store has lost a piece."""
    pieces = [await store.get(name) for name in upload.pieces]
    whole = b"".join(piece for piece in pieces if piece is not None)
    return whole if None not in pieces and len(whole) == upload.length else None


async def _judge(came: bytes, upload: Attachment) -> Rendered | str:
    """The safe image, or the code of why not. Raises DecodingFailed."""
    digest = hashlib.sha256(came).hexdigest()
    if upload.sent_sha256 not in (None, digest):
        return CHECKSUM_DIFFERS
    upload.sent_sha256 = digest
    found = await decode(came)
    return found.code if isinstance(found, Refusal) else found


async def _keep(store: ImageStore, upload: Attachment, safe: Rendered, now: datetime) -> None:
    """Content first, then the row that names it: a row never names what isn't there."""
    digest = hashlib.sha256(safe.image).hexdigest()
    await store.put(thumbnail_of(digest), safe.thumbnail)
    await store.put(image_of(digest), safe.image)
    reach("attachment.before_stored")
    await _note_stored(SYSTEM, upload, safe, digest, now)


@atomic
async def _note_stored(actor: Actor, upload: Attachment, safe: Rendered, digest: str, now: datetime) -> None:
    participant = await scope.locked_participant(actor, upload.participant_id)
    row = await _still_ours(upload)
    if row is None:
        return
    row.seq, row.state, row.stored_at = await next_seq(participant), AttachmentState.STORED, now
    row.sha256, row.media_type, row.size = digest, MEDIA_TYPE, len(safe.image)
    row.sent_sha256, row.width, row.height = upload.sent_sha256, safe.width, safe.height
    row.pieces, row.expires_at = [], None
    await row.save()
    await record(actor, Action.ATTACHMENT_STORE, row, now, participant=participant, seq=row.seq,
                 changes={"state": [AttachmentState.UPLOADING, row.state], "sha256": [None, digest]})


@atomic
async def _refuse(actor: Actor, upload: Attachment, code: str, now: datetime) -> None:
    participant = await scope.locked_participant(actor, upload.participant_id)
    row = await _still_ours(upload)
    if row is None:
        return
    row.seq, row.state, row.refusal = await next_seq(participant), AttachmentState.REFUSED, code
    row.pieces, row.expires_at = [], None
    await row.save()
    await record(actor, Action.ATTACHMENT_REFUSE, row, now, participant=participant, seq=row.seq,
                 changes={"state": [AttachmentState.UPLOADING, row.state], "refusal": [None, code]})


async def _still_ours(upload: Attachment) -> Attachment | None:
    """The row as it stands, unless it was removed, begun anew, or taken over by another worker meanwhile."""
    row = await Attachment.get(id=upload.id)
    same = row.state is AttachmentState.UPLOADING and row.tries == upload.tries and row.pieces == upload.pieces
    return row if same else None
