"""Readers: what waits for them, one fracture with its judgements, signing; and what a participant's reports count."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from backend import audit
from backend.access.actor import Actor, CurrentActor
from backend.adjudication.awaiting import awaiting
from backend.adjudication.counts import fracture_count
from backend.adjudication.reading import adjudication_of
from backend.adjudication.schemas import AdjudicationView, AwaitingItem, FractureCountView, NewJudgement
from backend.adjudication.signing import sign_judgement
from backend.border.etags import IfMatch, number_in, version_tag
from backend.clock import Now
from backend.paging import DEFAULT_LIMIT, Page, page_limit
from backend.wiring import CurrentWiring
from models.actions import Action
from models.protocol import Protocol


class AdjudicationController(Controller):
    path = "/api/v1/adjudication/entries"
    tags = ["adjudication"]

    @get("/", operation_id="ListAwaitingAdjudication", action=Action.ADJUDICATION_READ)
    async def listing(
        self, actor: CurrentActor,
        site: Annotated[str | None, QueryParameter(max_length=10)] = None,
        by_me: Annotated[bool, QueryParameter()] = False,
        cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
        limit: Annotated[int, QueryParameter()] = DEFAULT_LIMIT,
    ) -> Page[AwaitingItem]:
        """Validated fractures that nobody (with `by_me`: that I) have judged as they stand, oldest first."""
        return await awaiting(actor, site, cursor, page_limit(limit), by_me=by_me)

    @get("/{entry_id:uuid}", operation_id="ReadAdjudication", action=Action.ADJUDICATION_READ)
    async def read(
        self, entry_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[AdjudicationView]:
        """One fracture with what readers signed; the ETag is what a judgement must carry."""
        answer = await _tagged(actor, entry_id, wiring.protocol)
        await audit.note_read(actor, answer.content.participant_id, now)
        return answer

    @post("/{entry_id:uuid}/judgements", operation_id="SignJudgement", action=Action.ADJUDICATE, step_up=True)
    async def sign(
        self, entry_id: FromPath[UUID], data: JSONBody[NewJudgement], actor: CurrentActor, wiring: CurrentWiring,
        now: Now, if_match: IfMatch = None,
    ) -> Response[AdjudicationView]:
        """Sign what this place of the fracture was, at the version seen; my newest judgement counts."""
        await sign_judgement(actor, entry_id, number_in(if_match, "v"), data, wiring.protocol, now)
        return await _tagged(actor.acting(Action.ADJUDICATION_READ), entry_id, wiring.protocol, 201)


class FractureCountController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}/fracture-count"
    tags = ["adjudication"]

    @get("/", operation_id="CountFractures", action=Action.PARTICIPANT_READ)
    async def count(
        self, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now,
        case_definition: Annotated[str, QueryParameter(min_length=1, max_length=60)],
    ) -> FractureCountView:
        """Episodes and fracture units by one case definition, with why each other report does not count."""
        found = await fracture_count(actor, participant_id, case_definition, wiring.protocol)
        await audit.note_read(actor, participant_id, now)
        return found


async def _tagged(actor: Actor, entry_id: UUID, protocol: Protocol, status: int = 200) -> Response[AdjudicationView]:
    view = await adjudication_of(actor, entry_id, protocol)
    return Response(view, status_code=status, headers={"ETag": version_tag(view.version)})
