"""Who sees which image.

Families see what they may see of the diary, and everybody what they sent themselves; staff see all of their site, also
of retracted entries (source data stays), which families no longer see; who reads blinded sees imaging only.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from backend.access import scope
from backend.access.actor import Actor
from backend.access.permissions import sites_for, speaks_for
from backend.attachments.schemas import AttachmentView
from backend.attachments.slots import release
from backend.errors import NotFound
from backend.image_store import ImageStore, image_of, thumbnail_of
from backend.paging import Page, decode_cursor, encode_cursor, page_of
from backend.review.blinding import is_blinded
from models import Attachment, DiaryEntry, Participant
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import AttachmentPurpose, AttachmentState, EntryState

MISSED_AFTER = timedelta(days=1)
NOT_COME = (AttachmentState.DECLARED, AttachmentState.UPLOADING, AttachmentState.EXPIRED)


class Wanted(NamedTuple):
    """Which images of a participant."""

    entry_id: UUID | None = None
    missing: bool = False
    cursor: str | None = None
    limit: int = 50


async def attachments_of(actor: Actor, participant_id: UUID, wanted: Wanted, now: datetime) -> Page[AttachmentView]:
    """The newest first. Raises NotFound."""
    seen = await _seen(actor, participant_id)
    if wanted.entry_id:
        seen = seen.filter(entry_id=wanted.entry_id)
    if wanted.missing:
        seen = seen.filter(_missing(now))
    if after := decode_cursor(wanted.cursor, datetime, UUID):
        at, row_id = after
        seen = seen.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=row_id))
    found = await seen.order_by("-created_at", "-id").limit(wanted.limit + 1)
    return page_of(_views(found, now), wanted.limit, lambda last: encode_cursor(last.created_at, last.id))


async def attachments_of_entry(actor: Actor, participant_id: UUID, entry_id: UUID, now: datetime
                               ) -> list[AttachmentView]:
    """Those an entry names, in the order in which they were declared. Raises NotFound."""
    seen = (await _seen(actor, participant_id)).filter(entry_id=entry_id).exclude(state=AttachmentState.REMOVED)
    return _views(await seen.order_by("created_at", "id"), now)


async def content_of(
    actor: Actor, participant_id: UUID, attachment_id: UUID, store: ImageStore, *, thumbnail: bool
) -> bytes:
    """Raises NotFound."""
    seen = await _seen(actor, participant_id)
    row = await seen.filter(id=attachment_id, state=AttachmentState.STORED).first()
    name = (thumbnail_of if thumbnail else image_of)(row.sha256) if row and row.sha256 else None
    content = await store.get(name) if name else None
    if content is None:
        raise NotFound
    return content


@atomic
async def remove_attachment(actor: Actor, participant_id: UUID, attachment_id: UUID, now: datetime) -> None:
    """Take an image away that should not be here: families what they sent themselves, staff any. Raises NotFound."""
    participant = await scope.locked_participant(actor, participant_id)
    row = await Attachment.get_or_none(id=attachment_id, participant_id=participant.id)
    if row is None or (not _is_staff_here(actor, participant) and row.uploaded_by_id != actor.account):
        raise NotFound
    await release(actor, participant, row, now)


async def _seen(actor: Actor, participant_id: UUID) -> QuerySet[Attachment]:
    """Raises NotFound for whom the participant is nothing."""
    if speaks_for(actor, participant_id):
        return Attachment.filter(participant_id=participant_id, id__not_in=await _of_retracted(participant_id))
    if speaks_for(actor.acting(Action.ATTACHMENT_UPLOAD), participant_id):
        return Attachment.filter(participant_id=participant_id, uploaded_by_id=actor.account)
    participant = await scope.participant_for(actor, participant_id)
    every = Attachment.filter(participant_id=participant.id)
    if is_blinded(actor, participant.site_id):
        return every.filter(purpose=AttachmentPurpose.IMAGING)
    return every


async def _of_retracted(participant_id: UUID) -> list[UUID]:
    retracted = DiaryEntry.filter(participant_id=participant_id, state=EntryState.RETRACTED)
    entries = await retracted.values_list("id", flat=True)
    if not entries:
        return []
    found = await Attachment.filter(participant_id=participant_id, entry_id__in=entries).values_list("id", flat=True)
    return [UUID(str(one)) for one in found]


def _is_staff_here(actor: Actor, participant: Participant) -> bool:
    sites = sites_for(actor)
    return sites is None or participant.site_id in sites


def _missing(now: datetime) -> Q:
    return Q(state__in=NOT_COME, entry_id__isnull=False, created_at__lt=now - MISSED_AFTER)


def _views(rows: Sequence[Attachment], now: datetime) -> list[AttachmentView]:
    return [
        AttachmentView.of(row, missing=row.state in NOT_COME and row.entry_id is not None
                          and now - row.created_at > MISSED_AFTER)
        for row in rows
    ]
