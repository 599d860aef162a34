"""HTTP in and out of enrolment, what staff attest, and linking codes."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from backend.access.actor import CurrentActor
from backend.access.authentication import refuse_foreign_page
from backend.access.sign_in_answer import NO_STORE, SignedIn, answer
from backend.border.address import address_of
from backend.border.strict_body import SMALL_BODY
from backend.clock import Now
from backend.paging import DEFAULT_LIMIT, MAX_LIMIT, Page
from backend.participants.enrolment import enrol, enrolled, open_record
from backend.participants.facts import change_participant, note_birth
from backend.participants.guardianship import guardianships_of, inviting
from backend.participants.linking_codes import issue_linking_code, linking_codes_of, revoke_linking_code
from backend.participants.readers import readers_of
from backend.participants.redemption import redeem, redeem_own
from backend.participants.schemas import (
    Birth,
    GuardianshipView,
    IssuedCode,
    LinkingCodeView,
    NewLinkingCode,
    NewParticipant,
    OwnRedemption,
    ParticipantChange,
    ParticipantView,
    ReaderView,
    Redemption,
)
from backend.wiring import CurrentWiring
from models.actions import Action
from models.vocabulary import SessionKind

AnyRequest = Request[Any, Any, Any]


class ParticipantController(Controller):
    path = "/api/v1/participants"
    tags = ["participants"]

    @post("/", operation_id="EnrolParticipant", action=Action.PARTICIPANT_ENROL)
    async def enrol(
        self, actor: CurrentActor, wiring: CurrentWiring, data: JSONBody[NewParticipant], now: Now
    ) -> ParticipantView:
        """Enrol a participant at one's own site."""
        return ParticipantView.of(await enrol(actor, wiring.protocol, data, now))

    @get("/", operation_id="ListParticipants", action=Action.PARTICIPANT_READ)
    async def show_all(
        self, actor: CurrentActor, code_starts: FromQuery[str] = "", cursor: FromQuery[str | None] = None,
        limit: FromQuery[int] = DEFAULT_LIMIT,
    ) -> Page[ParticipantView]:
        """List the participants within one's sight by code."""
        page = await enrolled(actor, code_starts, cursor, limit)
        return Page([ParticipantView.of(participant) for participant in page.items], page.next_cursor)

    @get("/{participant_id:uuid}", operation_id="GetParticipant", action=Action.PARTICIPANT_READ)
    async def show(self, actor: CurrentActor, participant_id: FromPath[UUID], now: Now) -> ParticipantView:
        """Open a participant's record."""
        return ParticipantView.of(await open_record(actor, participant_id, now))

    @patch("/{participant_id:uuid}", operation_id="ChangeParticipant", action=Action.PARTICIPANT_CHANGE)
    async def change(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID],
        data: JSONBody[ParticipantChange], now: Now,
    ) -> ParticipantView:
        """Attest who must consent for a child."""
        return ParticipantView.of(await change_participant(actor, wiring.protocol, participant_id, data, now=now))

    @post(
        "/{participant_id:uuid}/birth", operation_id="NoteBirth", action=Action.PARTICIPANT_BIRTH, status_code=200
    )
    async def note_birth(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID], data: JSONBody[Birth],
        now: Now,
    ) -> ParticipantView:
        """Note that a child was born, or correct what was noted."""
        return ParticipantView.of(await note_birth(actor, wiring.protocol, participant_id, data, now=now))

    @get("/{participant_id:uuid}/readers", operation_id="ListReaders", action=Action.READERS_READ)
    async def show_readers(
        self, actor: CurrentActor, participant_id: FromPath[UUID], cursor: FromQuery[str | None] = None,
        limit: FromQuery[int] = DEFAULT_LIMIT,
    ) -> Page[ReaderView]:
        """List who opened the record, newest first, by role or relation."""
        return await readers_of(actor, participant_id, cursor, limit)

    @post(
        "/{participant_id:uuid}/linking-codes", operation_id="IssueLinkingCode", action=Action.LINKING_CODE_ISSUE
    )
    async def issue_code(
        self, actor: CurrentActor, wiring: CurrentWiring, participant_id: FromPath[UUID],
        data: JSONBody[NewLinkingCode], now: Now,
    ) -> Response[IssuedCode]:
        """Issue a one-time linking code; it is shown this once."""
        issued = await issue_linking_code(actor, wiring, participant_id, data, now=now)
        return Response(issued.shown(), headers=NO_STORE)

    @get(
        "/{participant_id:uuid}/linking-codes", operation_id="ListLinkingCodes", action=Action.PARTICIPANT_READ
    )
    async def show_codes(
        self, actor: CurrentActor, participant_id: FromPath[UUID], now: Now,
        cursor: FromQuery[str | None] = None, limit: FromQuery[int] = DEFAULT_LIMIT,
    ) -> Page[LinkingCodeView]:
        """List the linking codes ever issued for a participant, with their state only."""
        page = await linking_codes_of(actor, participant_id, cursor, limit)
        return Page([LinkingCodeView.of(code, now) for code in page.items], page.next_cursor)

    @delete(
        "/{participant_id:uuid}/linking-codes/{linking_code_id:uuid}", operation_id="RevokeLinkingCode",
        action=Action.LINKING_CODE_REVOKE,
    )
    async def revoke_code(
        self, actor: CurrentActor, participant_id: FromPath[UUID], linking_code_id: FromPath[UUID], now: Now
    ) -> None:
        """Revoke a linking code that nobody has redeemed."""
        await revoke_linking_code(actor, participant_id, linking_code_id, now)

    @get(
        "/{participant_id:uuid}/guardianships", operation_id="ListGuardianships", action=Action.GUARDIANSHIP_READ
    )
    async def show_guardianships(
        self, actor: CurrentActor, participant_id: FromPath[UUID], cursor: FromQuery[str | None] = None,
        limit: FromQuery[int] = MAX_LIMIT,
    ) -> Page[GuardianshipView]:
        """List who may and might speak for a participant; names only for staff of the site."""
        page, with_names = await guardianships_of(actor, participant_id, cursor, limit)
        by = await inviting(participant_id)
        views = [GuardianshipView.of(link, actor, by, for_site=with_names) for link in page.items]
        return Page(views, page.next_cursor)


class LinkingCodeController(Controller):
    path = "/api/v1/linking-codes"
    tags = ["participants"]

    @post("/redemption", operation_id="RedeemLinkingCode", public=True, request_max_body_size=SMALL_BODY)
    async def redeem(
        self, request: AnyRequest, wiring: CurrentWiring, data: JSONBody[Redemption], now: Now
    ) -> Response[SignedIn]:
        """Redeem a linking code into a new account, or into an existing one by its password; signs in."""
        if data.kind == SessionKind.BROWSER:
            refuse_foreign_page(request)
        started = await redeem(wiring, data, address_of(request), now)
        return await answer(wiring.tokens, started, now)

    @post("/redemption/mine", operation_id="RedeemLinkingCodeForMe", action=Action.LINKING_CODE_REDEEM)
    async def redeem_mine(
        self, request: AnyRequest, actor: CurrentActor, wiring: CurrentWiring, data: JSONBody[OwnRedemption], now: Now
    ) -> GuardianshipView:
        """Redeem a linking code into one's own account."""
        link = await redeem_own(actor, wiring, data.code, address_of(request), now=now)
        return GuardianshipView.of(link, actor, await inviting(link.participant_id))
