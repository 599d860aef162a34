"""Images of a participant: seen, listed, taken away. What a phone does to send one, from the beginning:

1. The entry names its images: `data.attachments = [{"id": <UUIDv7 made on the phone>, "purpose": "photo" | "imaging" |
   "letter"}]`, ten at most, and is pushed like any entry. Either may come first, the entry or its images.
2. `POST /api/v1/uploads` with `Tus-Resumable: 1.0.0`, `Upload-Length: <bytes>` and `Upload-Metadata: id <base64 of the
   id>,participant <base64 of the participant's id>,purpose <base64>[,sha256 <base64 of the hexadecimal digest>]`, no
   body → 201 with `Location` (`/api/v1/uploads/<id>`), `Upload-Offset` and `Upload-Expires`. Sent again by the same
   account it answers the same, with the offset reached: after a crash simply begin with POST.
3. `PATCH <Location>` with `Tus-Resumable`, `Upload-Offset: <where>`, `Content-Type: application/offset+octet-stream`
   and the bytes from there (`blob.slice(offset)`, or slices of 256 KiB to show progress) → 204, new `Upload-Offset`.
   `Upload-Checksum: sha256 <base64>` is optional; then a piece counts whole or not at all (460: send it again).
   After a cut: `HEAD <Location>` → `Upload-Offset`, and on from there. 409 `upload.offset_differs` = HEAD first.
   410 `upload.gone` = POST again. 403 `collection.closed` = keep it on the phone. 413 = too large (25 MiB). 429 = wait
   for `Retry-After`. `DELETE <Location>` gives an unfinished upload up.
4. Once whole, a worker makes it safe, seconds later. The pull (`GET …/changes`) brings collection `attachments`:
   `{"collection": "attachments", "id", "seq", "state", "data": {"entry_id", "purpose", "uploaded_by", "length",
   "media_type", "size", "width", "height", "refusal", "created_at", "stored_at"}}`; state is `declared` · `uploading` ·
   `stored` · `refused` (`refusal` says why: `attachment.not_an_image`, `attachment.damaged`,
   `attachment.too_many_pixels`, `attachment.too_heavy`, `attachment.checksum_differs`) · `expired` · `removed`.
   A refused or expired one may be sent again under its id. Only `stored` allows the phone to forget its Blob.
5. `GET /api/v1/participants/{id}/attachments/{attachment_id}` and `…/thumbnail` (320 px) → image/jpeg, kept by no
   cache: an `<img src>` of the own page works (cookie), or `fetch` and `URL.createObjectURL`.
6. `GET /api/v1/participants/{id}/attachments?missing=true` lists what was declared and had not come after a day.
An image whose entry no longer names it becomes `removed`, and its content goes.
"""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get
from litestar.params import FromPath, FromQuery, QueryParameter

from backend import audit
from backend.access.actor import CurrentActor
from backend.attachments.reading import Wanted, attachments_of, content_of, remove_attachment
from backend.attachments.schemas import AttachmentView
from backend.clock import Now
from backend.paging import DEFAULT_LIMIT, Page, page_limit
from backend.wiring import CurrentWiring
from models.actions import Action

ON_THE_WAY_OUT = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": 'inline; filename="image.jpg"',
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Encoding": "identity",  # a JPEG is as small as it gets
}


class AttachmentController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}/attachments"
    tags = ["attachments"]

    @get("/", operation_id="ListAttachments", action=Action.ATTACHMENT_READ)
    async def show_all(
        self, participant_id: FromPath[UUID], actor: CurrentActor, now: Now,
        entry_id: FromQuery[UUID | None] = None, missing: FromQuery[bool] = False,
        cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
        limit: FromQuery[int] = DEFAULT_LIMIT,
    ) -> Page[AttachmentView]:
        """Images with their states, newest first; `missing=true`: those that an entry names and that have not come."""
        found = await attachments_of(
            actor, participant_id, Wanted(entry_id, missing, cursor, page_limit(limit)), now
        )
        await audit.note_read(actor, participant_id, now)
        return found

    @get("/{attachment_id:uuid}", operation_id="ReadAttachment", action=Action.ATTACHMENT_READ,
         media_type="image/jpeg")
    async def show(
        self, participant_id: FromPath[UUID], attachment_id: FromPath[UUID], actor: CurrentActor, now: Now,
        wiring: CurrentWiring,
    ) -> Response[bytes]:
        """One image, at most 2560 pixels long."""
        content = await content_of(actor, participant_id, attachment_id, wiring.images, thumbnail=False)
        await audit.note_read(actor, participant_id, now)
        return Response(content, media_type="image/jpeg", headers=ON_THE_WAY_OUT)

    @get("/{attachment_id:uuid}/thumbnail", operation_id="ReadThumbnail", action=Action.ATTACHMENT_READ,
         media_type="image/jpeg")
    async def show_small(
        self, participant_id: FromPath[UUID], attachment_id: FromPath[UUID], actor: CurrentActor, now: Now,
        wiring: CurrentWiring,
    ) -> Response[bytes]:
        """The same, at most 320 pixels long."""
        content = await content_of(actor, participant_id, attachment_id, wiring.images, thumbnail=True)
        await audit.note_read(actor, participant_id, now)
        return Response(content, media_type="image/jpeg", headers=ON_THE_WAY_OUT)

    @delete("/{attachment_id:uuid}", operation_id="RemoveAttachment", action=Action.ATTACHMENT_REMOVE)
    async def remove(
        self, participant_id: FromPath[UUID], attachment_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> None:
        """Take an image away for good: families what they sent themselves, staff any of their site."""
        await remove_attachment(actor, participant_id, attachment_id, now)
