"""What was signed on paper, and who must sign."""

from datetime import date, datetime, time
from typing import Any

from litestar import Controller, Response, post
from litestar.di import Provide

from backend.consent.schemas import PaperSignature
from backend.consent.signing import record_on_paper
from backend.console.pages import REFUSALS
from backend.console.participant_page import CurrentParticipant, provide_participant, ticked_relations
from backend.console.typed import Typed, ticked, typed_in, wanted
from backend.errors import InvalidBody
from backend.participants.facts import change_participant
from backend.participants.schemas import ParticipantChange
from models.actions import Action
from notifications.local_time import local_date, to_utc, zone_named


class ParticipantConsentPages(Controller):
    path = "/console/participants/{participant_id:uuid}"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_participant)}

    @post("/paper-consents", action=Action.CONSENT_RECORD)
    async def record(self, opened: CurrentParticipant) -> Response[Any]:
        """Somebody's yes or no on paper, and what the child said."""
        about = (await typed_in(opened.request)).get("document_id", "")

        async def act(typed: Typed) -> None:
            signed_at = _signed_at(typed.get("signed_at", ""), opened.actor.timezone, opened.now)
            signature = wanted(typed, PaperSignature, signed_at=signed_at)
            await record_on_paper(opened.actor, opened.wiring.protocol, opened.id, signature, opened.now)

        return await opened.attempt("paper-" + about, act, done="signature")

    @post("/custodians", action=Action.PARTICIPANT_CHANGE)
    async def attest(self, opened: CurrentParticipant) -> Response[Any]:
        """Who has custody, as staff saw it proved."""

        async def act(typed: Typed) -> None:
            told = ParticipantChange(ticked_relations(ticked(typed, "custodians")))
            await change_participant(opened.actor, opened.wiring.protocol, opened.id, told, now=opened.now)

        return await opened.attempt("custodians", act, done="custodians")


def _signed_at(text: str, zone_name: str, now: datetime) -> datetime:
    """Papers bear a day: today's counts as of now, an earlier one as of its noon. Raises InvalidBody."""
    zone = zone_named(zone_name)
    try:
        day = date.fromisoformat(text.strip())
        noon = to_utc(datetime.combine(day, time(12)), zone)
    except (ValueError, OverflowError) as fault:
        raise InvalidBody(errors=[{"pointer": "/signed_at", "detail": "is no day"}]) from fault
    return now if day == local_date(now, zone) else noon
