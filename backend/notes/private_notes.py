"""Reading and writing one's own private notes. The text is sealed; the trail says that a note was written, not what.

Their events stand in the study's order, not in the participant's: neither its trail nor its phones hear of a note.
"""

from datetime import datetime
from uuid import UUID

from tortoise.queryset import QuerySet

from backend.access.actor import Actor
from backend.access.permissions import speaks_for
from backend.access.scope import locked_participant
from backend.access.seal import Seal
from backend.audit import record
from backend.errors import IdUnusable, NotFound, TooLarge
from backend.notes.schemas import NoteView, NoteWrite
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from models import PrivateNote
from models.transaction import atomic

MOST = 500
"""Per person and participant."""


async def private_notes(
    actor: Actor, seal: Seal, participant_id: UUID, cursor: str | None, limit: int
) -> Page[NoteView]:
    """One's own, newest first. Raises NotFound unless one speaks for the participant."""
    if not speaks_for(actor, participant_id):
        raise NotFound
    chosen = _own(actor, participant_id)
    if after := decode_cursor(cursor, UUID):
        chosen = chosen.filter(id__lt=after[0])
    page = page_of(
        await chosen.order_by("-id").limit(page_limit(limit) + 1), limit, lambda last: encode_cursor(last.id)
    )
    return Page([_view(seal, note) for note in page.items], page.next_cursor)


@atomic
async def write_note(
    actor: Actor, seal: Seal, participant_id: UUID, note_id: UUID, *, wanted: NoteWrite, now: datetime
) -> NoteView:
    """Write a note under the id that the phone made, or write it anew.

    Raises NotFound, IdUnusable (taken elsewhere) or TooLarge (too many notes).
    """
    participant = await locked_participant(actor, participant_id)
    note = await PrivateNote.get_or_none(id=note_id)
    if note is None:
        return _view(seal, await _create(actor, seal, participant.id, note_id, wanted=wanted, now=now))
    if (note.account_id, note.participant_id) != (actor.account, participant.id):
        raise IdUnusable
    if (seal.open(note.sealed_text), note.entry_id) != (wanted.text, wanted.entry_id):
        note.sealed_text, note.entry_id, note.changed_at = seal.close(wanted.text), wanted.entry_id, now
        await note.save(update_fields=["sealed_text", "entry_id", "changed_at"])
        await record(actor, actor.action, note, now)
    return _view(seal, note)


@atomic
async def delete_note(actor: Actor, participant_id: UUID, note_id: UUID, now: datetime) -> None:
    """For good. Raises NotFound."""
    await locked_participant(actor, participant_id)
    note = await _own(actor, participant_id).filter(id=note_id).first()
    if note is None:
        raise NotFound
    await note.delete()
    await record(actor, actor.action, note, now, changes={"deleted": [False, True]})


async def _create(
    actor: Actor, seal: Seal, participant_id: UUID, note_id: UUID, *, wanted: NoteWrite, now: datetime
) -> PrivateNote:
    if await _own(actor, participant_id).count() >= MOST:
        raise TooLarge(f"At most {MOST} notes about one participant")
    note = PrivateNote(
        id=note_id, account_id=actor.account, participant_id=participant_id, entry_id=wanted.entry_id,
        sealed_text=seal.close(wanted.text), created_at=now, changed_at=now,
    )
    # The same id about another participant at the same moment: not caught as an IntegrityError, see `enrol`.
    await PrivateNote.bulk_create([note], ignore_conflicts=True)
    if not await _own(actor, participant_id).filter(id=note_id).exists():
        raise IdUnusable
    await record(actor, actor.action, note, now, changes={"deleted": [None, False]})
    return note


def _own(actor: Actor, participant_id: UUID) -> QuerySet[PrivateNote]:
    return PrivateNote.filter(account_id=actor.account, participant_id=participant_id)


def _view(seal: Seal, note: PrivateNote) -> NoteView:
    return NoteView(note.id, note.entry_id, seal.open(note.sealed_text), note.created_at, note.changed_at)
