"""One person who speaks for a participant: less, an end, signing out their devices, a court order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from backend.access.actor import Actor
from backend.accounts.guardian_devices import end_guardian_devices
from backend.console.pages import REFUSALS, onward, page
from backend.console.participant_code_routes import end_of_day
from backend.console.participant_page import (
    QUESTIONS,
    SAID_ON_THE_PAGE,
    CurrentParticipant,
    OpenParticipant,
    one_of,
    provide_participant,
)
from backend.console.remarks import remarks_in
from backend.console.typed import Typed, ticked, typed_in, wanted
from backend.errors import StudyError
from backend.participants.court_order import lock_guardianship, unlock_guardianship
from backend.participants.guardianship import end_guardianship, limit_guardianship
from backend.participants.schemas import GuardianshipLimit, GuardianshipLock, GuardianshipUnlock
from backend.participants.whom_they_invited import whom_they_invited
from models.actions import Action
from models.vocabulary import LockReason, UnlockReason

COURT_ORDER = "participant_court_order.html"


@dataclass(frozen=True)
class OpenPerson:
    """Somebody who speaks for the participant, and the request made about them."""

    opened: OpenParticipant
    id: UUID

    @property
    def actor(self) -> Actor:
        return self.opened.actor

    async def show(
        self, template: str = "participant_person.html", *, form: str = "", typed: Typed | None = None,
        refusal: StudyError | None = None,
    ) -> Response[Any]:
        """Raises NotFound."""
        participant = await self.opened.record()
        people, with_names = await self.opened.people()
        link = one_of(people, self.id)
        came = {one.id for one in await whom_they_invited(participant, link.account_id, self.opened.now)}
        return page(
            self.opened.request, template, status=refusal.status if refusal else 200, form=form, typed=typed or {},
            refusal=refusal, remarks=remarks_in(refusal, {}, QUESTIONS), participant=participant, link=link,
            invited=[one for one in people if one.id in came],
            inviter=next((one for one in people if one.account_id == link.invited_by_id), None),
            with_names=with_names, is_over=link.ends_at is not None and link.ends_at <= self.opened.now,
            may=self.opened.possible(participant), lock_reasons=list(LockReason),
            unlock_reasons=list(UnlockReason),
        )

    async def attempt(
        self, form: str, act: Callable[[Typed], Awaitable[Any]], *, done: str, leaves: bool = False,
        template: str = "participant_person.html",
    ) -> Response[Any]:
        """Do what the form says, for a person of this very participant; what refuses is said on the page."""
        people, _ = await self.opened.people()
        one_of(people, self.id)
        # a form without questions has nothing in it
        typed = await typed_in(self.opened.request) if await self.opened.request.body() else {}
        try:
            await act(typed)
        except SAID_ON_THE_PAGE as refusal:
            return await self.show(template, form=form, typed=typed, refusal=refusal)
        there = self.opened.address if leaves else f"{self.opened.address}/guardianships/{self.id}"
        return onward(self.opened.request, there, done=done)


Person: TypeAlias = NamedDependency[OpenPerson]


async def provide_person(opened: CurrentParticipant, guardianship_id: FromPath[UUID]) -> OpenPerson:
    return OpenPerson(opened, guardianship_id)


class GuardianshipPages(Controller):
    path = "/console/participants/{participant_id:uuid}/guardianships/{guardianship_id:uuid}"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_participant), "person": Provide(provide_person)}

    @get("/", action=Action.GUARDIANSHIP_LIMIT)
    async def show(self, person: Person) -> Response[Any]:
        """What this person may, and all that staff can do about it."""
        return await person.show()

    @post("/end", action=Action.GUARDIANSHIP_END)
    async def end(self, person: Person) -> Response[Any]:
        """That account's access to this participant is gone at once; that of whom they invited too, unless kept."""

        async def act(typed: Typed) -> None:
            keep_invited = typed.get("keep_invited") == "yes"
            await end_guardianship(person.actor, person.id, person.opened.now, keep_invited=keep_invited)

        return await person.attempt("end", act, done="guardianship", leaves=True)

    @post("/limit", action=Action.GUARDIANSHIP_LIMIT)
    async def limit(self, person: Person) -> Response[Any]:
        """Less than there is, or until a day."""

        async def act(typed: Typed) -> None:
            told = {"capabilities": ticked(typed, "capabilities"), "ends_at": end_of_day(typed, person.actor.timezone)}
            less = wanted({}, GuardianshipLimit, **told)
            await limit_guardianship(person.actor, person.id, less, person.opened.now)

        return await person.attempt("limit", act, done="limited")

    @post("/signing-out", action=Action.DEVICES_END)
    async def sign_out(self, person: Person) -> Response[Any]:
        """A lost phone: all devices of the account ask for the password again."""
        return await person.attempt(
            "devices", lambda _: end_guardian_devices(person.actor, person.id, person.opened.now), done="devices"
        )

    @get("/court-order", action=Action.GUARDIANSHIP_LOCK, step_up=True)
    async def ask(self, person: Person) -> Response[Any]:
        """The form, behind the proof."""
        return await person.show(COURT_ORDER)

    @post("/court-order", action=Action.GUARDIANSHIP_LOCK, step_up=True, has_page=True)
    async def lock(self, person: Person) -> Response[Any]:
        """No access from now on, and nobody is told why."""

        async def act(typed: Typed) -> None:
            reason = wanted(typed, GuardianshipLock).reason
            await lock_guardianship(person.actor, person.id, reason, person.opened.now)

        return await person.attempt("court-order", act, done="locked", template=COURT_ORDER)

    @post("/court-order/lifting", action=Action.GUARDIANSHIP_UNLOCK, step_up=True)
    async def unlock(self, person: Person) -> Response[Any]:
        """Access is as before."""

        async def act(typed: Typed) -> None:
            reason = wanted(typed, GuardianshipUnlock).reason
            await unlock_guardianship(person.actor, person.id, reason, person.opened.now)

        return await person.attempt("court-order", act, done="unlocked", template=COURT_ORDER)
