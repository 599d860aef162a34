"""An upload from its beginning to its end: begun, found again, given up. Its bytes come in `receiving.py`."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.access import scope
from backend.access.actor import SYSTEM, Actor
from backend.access.limits import count_bytes
from backend.attachments.tus import MAX_SIZE, Announced
from backend.audit import next_seq, record
from backend.errors import CollectionClosed, IdUnusable, IllegalState, NotFound, UploadGone, UploadTooLarge
from backend.image_store import ImageStore
from models import Attachment, Participant
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import AttachmentState, Collection

KEPT_FOR = timedelta(days=7)
"""After its last piece; phones are offline for days."""
PER_ACCOUNT, PER_PARTICIPANT = 20 * MAX_SIZE, 30 * MAX_SIZE
"""Announced bytes in a quarter of an hour."""
COUNTED_AT_LEAST = 256 * 1024
"""However small: each costs a worker a process."""
MOST_IMAGES = 5_000
"""Of one participant, in all the years."""
BEGINS_ANEW = (AttachmentState.DECLARED, AttachmentState.REFUSED, AttachmentState.EXPIRED)
OVER = (AttachmentState.EXPIRED, AttachmentState.REMOVED)


def is_whole(upload: Attachment) -> bool:
    return upload.length is not None and upload.received == upload.length


def spool_of(upload_id: UUID) -> str:
    """Where in the store its pieces lie."""
    return f"pieces/{upload_id}"


@atomic
async def begin_upload(actor: Actor, announced: Announced, now: datetime) -> Attachment:
    """The upload under this id: a new one, or the one this account has begun already.

    Raises NotFound, CollectionClosed, IdUnusable, UploadTooLarge or TooManyAttempts.
    """
    participant = await scope.locked_participant(actor, announced.participant_id)
    upload = await Attachment.get_or_none(id=announced.id)
    if upload and upload.participant_id != participant.id:
        raise IdUnusable
    if upload and _is_begun(actor, upload, announced, now):
        return upload
    _require_collection(participant)
    if upload is None:
        if await Attachment.filter(participant_id=participant.id).count() >= MOST_IMAGES:
            raise UploadTooLarge("There are too many images of this participant")
        upload = Attachment(id=announced.id, participant_id=participant.id, purpose=announced.purpose, created_at=now)
    counted = max(announced.length, COUNTED_AT_LEAST)
    await count_bytes("upload", actor.account, counted, PER_ACCOUNT, now)
    await count_bytes("upload_about", participant.id, counted, PER_PARTICIPANT, now)
    await _begin(actor, participant, upload, announced, now)
    return upload


def _is_begun(actor: Actor, upload: Attachment, announced: Announced, now: datetime) -> bool:
    """Whether it goes on where it stands. Raises IdUnusable where the id stands for something else."""
    if upload.state in BEGINS_ANEW or (upload.state is AttachmentState.UPLOADING and has_expired(upload, now)):
        return False
    if upload.uploaded_by_id != actor.account or upload.length != announced.length:
        raise IdUnusable
    if upload.state is AttachmentState.REMOVED:
        raise IdUnusable
    return True


async def _begin(
    actor: Actor, participant: Participant, upload: Attachment, announced: Announced, now: datetime
) -> None:
    old = upload.state if upload.seq else None
    upload.seq, upload.state = await next_seq(participant), AttachmentState.UPLOADING
    upload.uploaded_by_id, upload.length, upload.sent_sha256 = actor.account, announced.length, announced.sha256
    upload.received, upload.pieces, upload.tries, upload.refusal = 0, [], 0, None
    upload.expires_at = now if announced.length == 0 else now + KEPT_FOR
    await upload.save(force_create=old is None)
    await record(actor, Action.ATTACHMENT_UPLOAD, upload, now, participant=participant, seq=upload.seq,
                 changes={"state": [old, upload.state], "length": [None, upload.length]})


async def upload_for(actor: Actor, upload_id: UUID, now: datetime) -> Attachment:
    """An upload this account has begun. Raises NotFound or UploadGone."""
    upload = await Attachment.get_or_none(id=upload_id)
    if upload is None or upload.uploaded_by_id != actor.account:
        raise NotFound
    await scope.participant_for(actor, upload.participant_id)
    if upload.state in OVER or (upload.state is AttachmentState.UPLOADING and has_expired(upload, now)):
        raise UploadGone
    if upload.state is AttachmentState.DECLARED:
        raise NotFound
    return upload


async def open_upload_for(actor: Actor, upload_id: UUID, now: datetime) -> Attachment:
    """The same, to be gone on with. Raises also CollectionClosed."""
    upload = await upload_for(actor, upload_id, now)
    _require_collection(await scope.participant_for(actor, upload.participant_id))
    return upload


def has_expired(upload: Attachment, now: datetime) -> bool:
    return not is_whole(upload) and upload.expires_at is not None and upload.expires_at <= now


async def end_upload(actor: Actor, upload_id: UUID, store: ImageStore, now: datetime) -> None:
    """Raises NotFound, UploadGone, or IllegalState once it is whole: then its entry decides."""
    await _end(actor, upload_id, now)
    await empty_spool(store, upload_id)


@atomic
async def _end(actor: Actor, upload_id: UUID, now: datetime) -> None:
    upload = await upload_for(actor, upload_id, now)
    participant = await scope.locked_participant(actor, upload.participant_id)
    upload = await upload_for(actor, upload_id, now)
    if upload.state is not AttachmentState.UPLOADING or is_whole(upload):
        raise IllegalState(state=upload.state)
    await give_up(actor, participant, upload, AttachmentState.EXPIRED, now)


async def give_up(
    actor: Actor, participant: Participant, upload: Attachment, state: AttachmentState, now: datetime
) -> None:
    """Its pieces count no longer; an entry that names it goes on naming it. The caller holds the lock."""
    changes = {"state": [upload.state, state], "received": [upload.received, 0]}
    upload.seq, upload.state = await next_seq(participant), state
    upload.received, upload.pieces, upload.expires_at = 0, [], None
    await upload.save()
    await record(actor, Action.ATTACHMENT_REMOVE, upload, now, participant=participant, seq=upload.seq, changes=changes)


async def empty_spool(store: ImageStore, upload_id: UUID) -> None:
    async for some in store.names(spool_of(upload_id)):
        await store.delete([name for name, _ in some])


async def give_up_old_uploads(store: ImageStore, now: datetime, limit: int = 100) -> int:
    """Those whose time is over; how many."""
    over = Attachment.filter(state=AttachmentState.UPLOADING, expires_at__lte=now).order_by("expires_at").limit(limit)
    ended = 0
    for upload in await over:
        if not is_whole(upload) and await _expire(SYSTEM, upload.id, now):
            await empty_spool(store, upload.id)
            ended += 1
    return ended


@atomic
async def _expire(actor: Actor, upload_id: UUID, now: datetime) -> bool:
    participant_id = (await Attachment.get(id=upload_id)).participant_id
    participant = await scope.locked_participant(actor, participant_id)
    upload = await Attachment.get(id=upload_id)
    if upload.state is not AttachmentState.UPLOADING or not has_expired(upload, now):
        return False
    await give_up(actor, participant, upload, AttachmentState.EXPIRED, now)
    return True


def _require_collection(participant: Participant) -> None:
    if participant.collection is not Collection.OPEN:
        raise CollectionClosed("Nothing new can be taken in at present; keep it on the phone",
                               collection=participant.collection)
