"""The bytes of an upload: put into the store piece by piece, and only then counted in its row.

Any process may take any piece. Two that send the same upload at once both put their pieces; the row takes the first
(its `received` is compared as it is set), and the other is told to look again.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from tortoise.expressions import Subquery

from backend.attachments.tus import Checksum
from backend.attachments.uploads import KEPT_FOR, spool_of
from backend.errors import StudyError, UploadChecksum, UploadOffset, UploadTooLarge
from backend.failpoints import reach
from backend.image_store import ImageStore
from models import Attachment, Participant
from models.vocabulary import AttachmentState, Collection

PIECE = 1024 * 1024
"""So much of a request is held in memory."""
MOST_PIECES = 1000


class Cut(Exception):
    """The connection ended before the request did."""


@dataclass
class Receiving:
    """One request with a piece of an upload, which may be all of it."""

    store: ImageStore
    upload: Attachment
    offset: int
    checksum: Checksum | None
    clock: Callable[[], datetime]
    still_allowed: Callable[[], Awaitable[object]]
    """Raises when who sends may do so no longer: a slow request can outlast a right."""
    put: list[tuple[str, int]] = field(default_factory=list)
    """In the store and not counted yet."""

    async def take(self, chunks: AsyncIterator[bytes]) -> None:
        """What came before a cut counts, unless it was to be checked as a whole.

        Raises UploadOffset, UploadTooLarge, UploadChecksum or Cut.
        """
        if self.offset != self.upload.received:
            raise UploadOffset
        try:
            await self._take(chunks)
        except (StudyError, Cut):
            await self._clear()
            raise

    async def _take(self, chunks: AsyncIterator[bytes]) -> None:
        total = hashlib.new(self.checksum.algorithm) if self.checksum else None
        held = bytearray()
        try:
            async for chunk in chunks:
                held += chunk
                self._require_room(len(held))
                if total:
                    total.update(chunk)
                while len(held) >= PIECE:
                    await self._put(bytes(held[:PIECE]))
                    del held[:PIECE]
        except Cut:
            if self.checksum is None:
                await self._put(bytes(held))
            raise
        if self.checksum and total and not self.checksum.fits(total):
            raise UploadChecksum
        await self._put(bytes(held), last=True)

    def _require_room(self, more: int) -> None:
        waiting = sum(size for _, size in self.put)
        if self.offset + waiting + more > (self.upload.length or 0):
            raise UploadTooLarge("This is more than was announced")

    async def _put(self, piece: bytes, *, last: bool = False) -> None:
        await self.still_allowed()
        if piece:
            begins = self.offset + sum(size for _, size in self.put)
            name = f"{spool_of(self.upload.id)}/{begins:012}-{secrets.token_hex(4)}"
            await self.store.put(name, piece)
            reach("attachment.after_piece")
            self.put.append((name, len(piece)))
        if self.put and (last or self.checksum is None):
            await self._count()

    async def _count(self) -> None:
        """From here on the pieces are promised. After a withdrawal none is: whoever sends looks again, and hears so."""
        reaches = self.offset + sum(size for _, size in self.put)
        names = [*self.upload.pieces, *(name for name, _ in self.put)]
        if len(names) > MOST_PIECES:
            raise UploadTooLarge("These are too many pieces; send larger ones")
        now, about = self.clock(), Participant.filter(id=self.upload.participant_id, collection=Collection.OPEN)
        until = now if reaches == self.upload.length else now + KEPT_FOR
        counted = await Attachment.filter(
            id=self.upload.id, state=AttachmentState.UPLOADING, received=self.offset, length=self.upload.length,
            participant_id__in=Subquery(about.only("id")),
        ).update(received=reaches, pieces=names, expires_at=until)
        if not counted:
            raise UploadOffset
        self.offset, self.put = reaches, []
        self.upload.received, self.upload.pieces, self.upload.expires_at = reaches, names, until
        reach("attachment.after_count")

    async def _clear(self) -> None:
        """What is refused is nobody's: kept until it is cleared away, it would fill the store."""
        left, self.put = [name for name, _ in self.put], []
        if left:
            await self.store.delete(left)
