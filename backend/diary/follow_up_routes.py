"""HTTP out of follow-up cards and pain scales."""

from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath

from backend import audit
from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.diary.follow_ups import follow_ups_of
from backend.diary.pain import pain_scale_of
from backend.diary.routes import require_guardianship
from backend.diary.schemas import FollowUpCard, PainScaleView
from backend.errors import NotFound
from backend.wiring import CurrentWiring
from models.actions import Action


class FollowUpController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}"
    tags = ["diary"]

    @get("/follow-ups", operation_id="ListFollowUps", action=Action.DIARY_READ)
    async def follow_ups(
        self, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> list[FollowUpCard]:
        """Fractures whose card is open today: how does it go?"""
        require_guardianship(actor, participant_id)
        await audit.note_read(actor, participant_id, now)
        return await follow_ups_of(actor, participant_id, wiring.protocol, now)

    @get("/pain-scale", operation_id="ReadPainScale", action=Action.PROTOCOL_READ)
    async def pain_scale(
        self, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> PainScaleView:
        """Which pain scale is this participant's today, and until which birthday."""
        return await pain_scale_of(
            actor, participant_id, wiring.protocol, now, has_faces=bool(wiring.faces)
        )


class PainFaceController(Controller):
    path = "/api/v1/pain-faces"
    tags = ["diary"]

    @get("/{score:int}", operation_id="ReadPainFace", action=Action.PROTOCOL_READ, include_in_schema=False)
    async def face(self, score: FromPath[int], wiring: CurrentWiring) -> Response[bytes]:
        """One of the site's licensed FPS-R images, unmodified."""
        found = wiring.faces.get(score)
        if found is None:
            raise NotFound
        headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=86400"}
        return Response(found.content, media_type=found.media_type, headers=headers)
