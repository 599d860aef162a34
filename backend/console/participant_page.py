"""A participant's page: state, consent, people and codes, what is to be done next, and what this person may do here."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from backend.access.actor import Actor, CurrentActor
from backend.adherence.reach import family_reach
from backend.adjudication.counts import fracture_counts
from backend.clock import Now
from backend.consent.reading import consents_of
from backend.console.coverage_strip import strip_of
from backend.console.next_steps import next_steps, said_no
from backend.console.pages import may_at, onward, page
from backend.console.remarks import remarks_in
from backend.console.typed import Asked, Typed, typed_in
from backend.diary.quarantine_listing import waiting_for_consent
from backend.errors import (
    CapabilityEscalation,
    FindingsRefused,
    IllegalState,
    InvalidBody,
    NoAppAccount,
    NotFound,
    StudyError,
)
from backend.paging import MAX_LIMIT
from backend.participants.enrolment import kin_of, open_record
from backend.participants.facts import CAN_BE_CUSTODIAN
from backend.participants.guardianship import guardianships_of
from backend.participants.linking_codes import linking_codes_of
from backend.participants.schemas import LinkingCodeView
from backend.participants.status import possible_changes, status_of
from backend.wiring import Wiring
from models import Guardianship, Participant
from models.actions import Action
from models.participation import ENDINGS
from models.vocabulary import ParticipantKind, ParticipantState, Relation, Role

CODES = 50
STILL = ENDINGS - {ParticipantState.WITHDRAWN}
"""Nobody is asked for anything; who withdrew may sign again."""
SAID_ON_THE_PAGE = (InvalidBody, FindingsRefused, IllegalState, CapabilityEscalation, NoAppAccount)
QUESTIONS = (
    "state", "effective_on", "reason", "birth_month", "gestational_weeks", "gestational_days", "custodians",
    "decision", "relation", "role", "signed_at", "ends_at", "capabilities", "site", "woman_code", "observer_rated",
)
ACTS = (
    Action.STATUS_CHANGE, Action.PARTICIPANT_TRANSFER, Action.PARTICIPANT_BIRTH, Action.PARTICIPANT_CHANGE,
    Action.CONSENT_RECORD, Action.LINKING_CODE_ISSUE, Action.LINKING_CODE_REVOKE, Action.GUARDIANSHIP_END,
    Action.GUARDIANSHIP_LIMIT, Action.GUARDIANSHIP_LOCK, Action.GUARDIANSHIP_UNLOCK, Action.DEVICES_END,
    Action.ENTRY_LOG_ON_BEHALF, Action.DOSE_READ, Action.CONSENT_DOCUMENT_ADD,
)
FOR_FAMILY = [relation for relation in Relation if relation not in (Relation.SITE_STAFF, Relation.PARTICIPANT_SELF)]
CUSTODIANS = [relation for relation in Relation if relation in CAN_BE_CUSTODIAN]


@dataclass(frozen=True)
class OpenParticipant:
    """The participant somebody has before them, and the request they made about it."""

    request: Asked
    actor: Actor
    id: UUID
    now: datetime

    @property
    def wiring(self) -> Wiring:
        wiring: Wiring = self.request.app.state.wiring
        return wiring

    @property
    def address(self) -> str:
        return f"/console/participants/{self.id}"

    async def record(self) -> Participant:
        """Raises NotFound."""
        return await open_record(self._reader, self.id, self.now)

    def possible(self, participant: Participant) -> dict[str, bool]:
        """Act → whether this person may do it at the participant's site."""
        site: UUID = participant.site_id
        return {act.name: may_at(self.actor, act, site) for act in ACTS}

    async def people(self) -> tuple[list[Guardianship], bool]:
        """Who speaks or spoke for the participant, and whether names may be seen. Raises NotFound."""
        reader = self.actor.acting(Action.GUARDIANSHIP_READ)
        found, with_names = await guardianships_of(reader, self.id, None, MAX_LIMIT)
        return found.items, with_names

    async def show(
        self, *, form: str = "", typed: Typed | None = None, refusal: StudyError | None = None
    ) -> Response[Any]:
        """The page; after a refusal with what was typed into that form. Raises NotFound."""
        participant = await self.record()
        may = self.possible(participant)
        people, with_names = await self.people()
        living = [link for link in people if link.ends_at is None or link.ends_at > self.now]
        found = await linking_codes_of(self._reader, self.id, None, CODES)
        codes = [LinkingCodeView.of(code, self.now) for code in found.items]
        consents = await consents_of(self.actor.acting(Action.CONSENT_READ), self.wiring.protocol, self.id, self.now)
        has_account = participant.arm in self.wiring.protocol.file.consent.arms
        steps = next_steps(participant, consents, living, codes, has_account=has_account)
        return page(
            self.request, "participant.html", status=refusal.status if refusal else 200, now=self.now, form=form,
            typed=typed or {}, refusal=refusal, remarks=remarks_in(refusal, {}, QUESTIONS), may=may,
            participant=participant, is_woman=participant.kind is ParticipantKind.WOMAN, has_account=has_account,
            kin=await kin_of(self._reader, participant), rule=self.wiring.protocol.country(participant.site.country),
            people=living, former=[link for link in people if link not in living], with_names=with_names,
            inviters={link.account_id: link for link in people},
            open_codes=[code for code in codes if code.state == "active"],
            old_codes=[code for code in codes if code.state != "active"], consents=consents,
            texts=sorted(consents.in_force, key=lambda text: not text.is_needed), said_no=said_no(consents),
            waiting=await waiting_for_consent(self._reader, self.id), steps=steps if _can_do(may) else [],
            family=FOR_FAMILY, custodians=CUSTODIANS, roles=[Role.GUARDIAN, Role.CARER],
            strip=await strip_of(self.actor.acting(Action.COVERAGE_READ), self.id, self.wiring.protocol, self.now),
            reach=await family_reach(self.actor.acting(Action.ADHERENCE_READ), self.id, self.now),
            counts=await fracture_counts(self._reader, self.id, self.wiring.protocol),
            **await self._state(participant, may),
        )

    @property
    def _reader(self) -> Actor:
        return self.actor.acting(Action.PARTICIPANT_READ)

    async def _state(self, participant: Participant, may: dict[str, bool]) -> dict[str, Any]:
        status = await status_of(self.actor.acting(Action.STATUS_READ), self.id, self.now)
        changes = [row for row in status.history if row.state is not ParticipantState.TRANSFERRED]
        return {
            "history": status.history, "since": changes[0] if changes else None, "quiet": status.words == "quiet",
            "changes": possible_changes(participant) if may["STATUS_CHANGE"] else {},
            "has_ended": participant.state in ENDINGS, "is_still": participant.state in STILL,
        }

    async def attempt(
        self, form: str, act: Callable[[Typed], Awaitable[Any]], *, done: str
    ) -> Response[Any]:
        """Do what the form says; what refuses is said beside the question it is about."""
        typed = await typed_in(self.request)
        try:
            await act(typed)
        except SAID_ON_THE_PAGE as refusal:
            return await self.show(form=form, typed=typed, refusal=refusal)
        return onward(self.request, self.address, done=done)


CurrentParticipant: TypeAlias = NamedDependency[OpenParticipant]


async def provide_participant(
    request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, now: Now
) -> OpenParticipant:
    """The dependency behind CurrentParticipant, in every controller whose address names a participant."""
    return OpenParticipant(request, actor, participant_id, now)


def one_of(people: list[Guardianship], guardianship_id: UUID) -> Guardianship:
    """Raises NotFound."""
    found = next((link for link in people if link.id == guardianship_id), None)
    if found is None:
        raise NotFound
    return found


def _can_do(may: dict[str, bool]) -> bool:
    """What is next is said to whoever can do it."""
    return may["CONSENT_RECORD"] and may["LINKING_CODE_ISSUE"]


def ticked_relations(codes: Sequence[str]) -> list[Relation]:
    """Raises InvalidBody."""
    try:
        return [Relation(code) for code in codes]
    except ValueError as unknown:
        raise InvalidBody(errors=[{"pointer": "/custodians", "detail": "is not on the list"}]) from unknown
