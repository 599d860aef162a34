"""HTTP in and out of private notes."""

from uuid import UUID

from litestar import Controller, Response, delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody

from backend.access.actor import CurrentActor
from backend.access.sign_in_answer import NO_STORE
from backend.clock import Now
from backend.notes.private_notes import delete_note, private_notes, write_note
from backend.notes.schemas import NoteView, NoteWrite
from backend.paging import DEFAULT_LIMIT, Page
from backend.wiring import CurrentWiring
from models.actions import Action


class PrivateNoteController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}/private-notes"
    tags = ["notes"]

    @get("/", operation_id="ListPrivateNotes", action=Action.PRIVATE_NOTE_READ)
    async def show_all(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None, limit: FromQuery[int] = DEFAULT_LIMIT,
    ) -> Response[Page[NoteView]]:
        """List one's own private notes about a participant, newest first."""
        page = await private_notes(actor, wiring.seal, participant_id, cursor, limit)
        return Response(page, headers=NO_STORE)

    @put("/{note_id:uuid}", operation_id="WritePrivateNote", action=Action.PRIVATE_NOTE_WRITE)
    async def write(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID], note_id: FromPath[UUID],
        data: JSONBody[NoteWrite], now: Now,
    ) -> Response[NoteView]:
        """Write a private note that nobody else sees, or write it anew."""
        note = await write_note(actor, wiring.seal, participant_id, note_id, wanted=data, now=now)
        return Response(note, headers=NO_STORE)

    @delete("/{note_id:uuid}", operation_id="DeletePrivateNote", action=Action.PRIVATE_NOTE_WRITE)
    async def delete(
        self, actor: CurrentActor, participant_id: FromPath[UUID], note_id: FromPath[UUID], now: Now
    ) -> None:
        """Delete a private note of one's own for good."""
        await delete_note(actor, participant_id, note_id, now)
