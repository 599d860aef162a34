"""One person who speaks for a participant: less, an end, signing out their devices, a court order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import CurrentActor
from backend.accounts.guardian_devices import end_guardian_devices
from backend.clock import Now
from backend.console.pages import REFUSALS, onward, page
from backend.console.participant_code_routes import end_of_day
from backend.console.participant_page import QUESTIONS, SAID_ON_THE_PAGE, OpenParticipant
from backend.console.remarks import remarks_in
from backend.console.typed import Asked, Typed, ticked, typed_in, wanted
from backend.errors import StudyError
from backend.participants.court_order import lock_guardianship, unlock_guardianship
from backend.participants.guardianship import end_guardianship, limit_guardianship
from backend.participants.schemas import GuardianshipLimit, GuardianshipLock, GuardianshipUnlock
from models.actions import Action
from models.vocabulary import LockReason, UnlockReason


class GuardianshipPages(Controller):
    path = "/console/participants/{participant_id:uuid}/guardianships/{guardianship_id:uuid}"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.GUARDIANSHIP_LIMIT)
    async def show(
        self, request: Asked, participant_id: FromPath[UUID], guardianship_id: FromPath[UUID], actor: CurrentActor,
        now: Now,
    ) -> Response[Any]:
        """What this person may, and all that staff can do about it."""
        return await _Person(OpenParticipant(request, actor, participant_id, now), guardianship_id).show()

    @post("/end", action=Action.GUARDIANSHIP_END)
    async def end(
        self, request: Asked, participant_id: FromPath[UUID], guardianship_id: FromPath[UUID], actor: CurrentActor,
        now: Now,
    ) -> Response[Any]:
        """That account's access to this participant is gone at once."""
        person = _Person(OpenParticipant(request, actor, participant_id, now), guardianship_id)

        async def act(_typed: Typed) -> None:
            await end_guardianship(actor, guardianship_id, now)

        return await person.attempt("end", act, done="guardianship", leaves=True)

    @post("/limit", action=Action.GUARDIANSHIP_LIMIT)
    async def limit(
        self, request: Asked, participant_id: FromPath[UUID], guardianship_id: FromPath[UUID], actor: CurrentActor,
        now: Now,
    ) -> Response[Any]:
        """Less than there is, or until a day."""
        person = _Person(OpenParticipant(request, actor, participant_id, now), guardianship_id)

        async def act(typed: Typed) -> None:
            told = {"capabilities": ticked(typed, "capabilities"), "ends_at": end_of_day(typed, actor.timezone)}
            await limit_guardianship(actor, guardianship_id, wanted({}, GuardianshipLimit, **told), now)

        return await person.attempt("limit", act, done="limited")

    @post("/signing-out", action=Action.DEVICES_END)
    async def sign_out(
        self, request: Asked, participant_id: FromPath[UUID], guardianship_id: FromPath[UUID], actor: CurrentActor,
        now: Now,
    ) -> Response[Any]:
        """A lost phone: all devices of the account ask for the password again."""
        person = _Person(OpenParticipant(request, actor, participant_id, now), guardianship_id)

        async def act(_typed: Typed) -> None:
            await end_guardian_devices(actor, guardianship_id, now)

        return await person.attempt("devices", act, done="devices")

    @get("/court-order", action=Action.GUARDIANSHIP_LOCK, step_up=True)
    async def ask(
        self, request: Asked, participant_id: FromPath[UUID], guardianship_id: FromPath[UUID], actor: CurrentActor,
        now: Now,
    ) -> Response[Any]:
        """The form, behind the proof."""
        person = _Person(OpenParticipant(request, actor, participant_id, now), guardianship_id)
        return await person.show("participant_court_order.html")

    @post("/court-order", action=Action.GUARDIANSHIP_LOCK, step_up=True, has_page=True)
    async def lock(
        self, request: Asked, participant_id: FromPath[UUID], guardianship_id: FromPath[UUID], actor: CurrentActor,
        now: Now,
    ) -> Response[Any]:
        """No access from now on, and nobody is told why."""
        person = _Person(OpenParticipant(request, actor, participant_id, now), guardianship_id)

        async def act(typed: Typed) -> None:
            await lock_guardianship(actor, guardianship_id, wanted(typed, GuardianshipLock).reason, now)

        return await person.attempt("court-order", act, done="locked", template="participant_court_order.html")

    @post("/court-order/lifting", action=Action.GUARDIANSHIP_UNLOCK, step_up=True)
    async def unlock(
        self, request: Asked, participant_id: FromPath[UUID], guardianship_id: FromPath[UUID], actor: CurrentActor,
        now: Now,
    ) -> Response[Any]:
        """Access is as before."""
        person = _Person(OpenParticipant(request, actor, participant_id, now), guardianship_id)

        async def act(typed: Typed) -> None:
            await unlock_guardianship(actor, guardianship_id, wanted(typed, GuardianshipUnlock).reason, now)

        return await person.attempt("court-order", act, done="unlocked", template="participant_court_order.html")


@dataclass(frozen=True)
class _Person:
    """Somebody who speaks for the participant, and the request made about them."""

    opened: OpenParticipant
    id: UUID

    async def show(
        self, template: str = "participant_person.html", *, form: str = "", typed: Typed | None = None,
        refusal: StudyError | None = None,
    ) -> Response[Any]:
        """Raises NotFound."""
        participant = await self.opened.record()
        link, with_names = await self.opened.guardianship(self.id)
        return page(
            self.opened.request, template, status=refusal.status if refusal else 200, form=form, typed=typed or {},
            refusal=refusal, remarks=remarks_in(refusal, {}, QUESTIONS), participant=participant, link=link,
            with_names=with_names, is_over=link.ends_at is not None and link.ends_at <= self.opened.now,
            may=self.opened.possible(participant), lock_reasons=list(LockReason),
            unlock_reasons=list(UnlockReason),
        )

    async def attempt(
        self, form: str, act: Callable[[Typed], Awaitable[Any]], *, done: str, leaves: bool = False,
        template: str = "participant_person.html",
    ) -> Response[Any]:
        """Do what the form says, for a person of this very participant; what refuses is said on the page."""
        await self.opened.guardianship(self.id)
        # a form without questions has nothing in it
        typed = await typed_in(self.opened.request) if await self.opened.request.body() else {}
        try:
            await act(typed)
        except SAID_ON_THE_PAGE as refusal:
            return await self.show(template, form=form, typed=typed, refusal=refusal)
        there = self.opened.address if leaves else f"{self.opened.address}/guardianships/{self.id}"
        return onward(self.opened.request, there, done=done)
