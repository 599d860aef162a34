"""Who works here and as what: an administrator adds a colleague, gives and ends roles, and lets somebody in anew.

What weighs much asks for the password once more; a one-time link is shown once, on the page that made it.
"""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import Actor, CurrentActor
from backend.access.permissions import may, sites_for
from backend.accounts.staff import add_staff, reset_staff
from backend.accounts.staff_leave import disable_staff, enable_staff
from backend.accounts.staff_roles import colleague, colleagues, end_role, give_role
from backend.accounts.staff_schemas import ColleagueView, RoleGiven, RoleHeld
from backend.border.text_types import DisplayName, EmailAddress
from backend.clock import Now
from backend.console.pages import REFUSALS, onward, page
from backend.console.remarks import remarks_in
from backend.console.typed import Asked, Typed, typed_in, wanted, with_site
from backend.errors import (
    AlreadyExists,
    IllegalState,
    InvalidBody,
    InvalidParameter,
    LastAdministrator,
    NotFound,
    OwnAccount,
    StudyError,
)
from backend.wiring import CurrentWiring
from models import Site
from models.actions import Action
from models.vocabulary import STAFF_ROLES, Role

HERE = "/console/staff"
PAGE = 50
ROLES = [role for role in Role if role in STAFF_ROLES]
SAID_ON_THE_PAGE = (AlreadyExists, IllegalState, InvalidBody, LastAdministrator, NotFound, OwnAccount)


class NewColleague(msgspec.Struct):
    """One role to begin with; further ones are given on the person's page."""

    email: EmailAddress
    display_name: DisplayName


class StaffPages(Controller):
    path = HERE
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.STAFF_READ)
    async def show_all(self, request: Asked, actor: CurrentActor, now: Now) -> Response[Any]:
        """In the order in which they were added."""
        cursor = request.query_params.get("cursor")
        found = await colleagues(actor, cursor, PAGE)
        return page(
            request, "staff.html", found=found, people=[ColleagueView.of(one) for one in found.items],
            is_first=cursor is None, may_add=may(actor, Action.STAFF_ADD), holds=_holder(now),
        )

    @get("/new", action=Action.STAFF_ADD, step_up=True)
    async def ask(self, request: Asked, actor: CurrentActor) -> Response[Any]:
        """An empty form; the password is asked for before anything is typed."""
        return await _form(request, actor, {})

    @post("/new", action=Action.STAFF_ADD, step_up=True)
    async def add(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """Add a colleague, and show the link for the first sign-in once."""
        typed = await typed_in(request)
        try:
            person, given = wanted(typed, NewColleague), wanted(with_site(typed), RoleGiven)
            added = await add_staff(actor, wiring, email=person.email, display_name=person.display_name,
                                    roles=[(given.role, given.site)], now=now)
        except SAID_ON_THE_PAGE as refusal:
            return await _form(request, actor, typed, refusal)
        return page(request, "staff_link.html", added=added, name=person.display_name)

    @get("/{account_id:uuid}", action=Action.STAFF_READ)
    async def show(self, request: Asked, account_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """One colleague: roles, and what can be done."""
        return await _person(request, actor, account_id, now)

    @post("/{account_id:uuid}/role", action=Action.STAFF_ROLE_GIVE, step_up=True)
    async def give(self, request: Asked, account_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """One more role; it holds at once."""
        typed = await typed_in(request)
        try:
            given = wanted(with_site(typed), RoleGiven)
            await give_role(actor, account_id, given.role, given.site, now)
        except SAID_ON_THE_PAGE as refusal:
            return await _person(request, actor, account_id, now, typed=typed, refusal=refusal)
        return onward(request, f"{HERE}/{account_id}", done="role")

    @post("/{account_id:uuid}/role-end", action=Action.STAFF_ROLE_END, step_up=True)
    async def end(self, request: Asked, account_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """What the role allowed is over at once."""
        role_id = _role_id(await typed_in(request))
        return await _done(request, actor, account_id, now, end_role(actor, account_id, role_id, now), "role-end")

    @post("/{account_id:uuid}/disable", action=Action.STAFF_DISABLE, step_up=True)
    async def disable(self, request: Asked, account_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Somebody goes on leave, or has left."""
        return await _done(request, actor, account_id, now, disable_staff(actor, account_id, now), "disabled")

    @post("/{account_id:uuid}/enable", action=Action.STAFF_ENABLE, step_up=True)
    async def enable(self, request: Asked, account_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Somebody is back."""
        return await _done(request, actor, account_id, now, enable_staff(actor, account_id, now), "enabled")

    @post("/{account_id:uuid}/reset", action=Action.STAFF_RESET, step_up=True)
    async def reset(
        self, request: Asked, account_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[Any]:
        """Password and authenticator are lost: a new link, shown once."""
        person = await colleague(actor.acting(Action.STAFF_READ), account_id)
        try:
            made = await reset_staff(actor, wiring, account_id, now)
        except SAID_ON_THE_PAGE as refusal:
            return await _person(request, actor, account_id, now, refusal=refusal)
        return page(request, "staff_link.html", added=made, name=person.account.display_name)


async def _done(
    request: Asked, actor: Actor, account_id: UUID, now: datetime, act: Awaitable[Any], done: str
) -> Response[Any]:
    try:
        await act
    except SAID_ON_THE_PAGE as refusal:
        return await _person(request, actor, account_id, now, refusal=refusal)
    return onward(request, f"{HERE}/{account_id}", done=done)


async def _form(
    request: Asked, actor: Actor, typed: Typed, refusal: StudyError | None = None
) -> Response[Any]:
    names = ["email", "display_name", "role", "site"]
    return page(
        request, "staff_new.html", status=refusal.status if refusal else 200, typed=typed, refusal=refusal,
        remarks=remarks_in(refusal, typed, names), **await _to_choose(actor),
    )


async def _person(
    request: Asked, actor: Actor, account_id: UUID, now: datetime, *, typed: Typed | None = None,
    refusal: StudyError | None = None,
) -> Response[Any]:
    """Raises NotFound."""
    found = ColleagueView.of(await colleague(actor.acting(Action.STAFF_READ), account_id))
    return page(
        request, "staff_person.html", status=refusal.status if refusal else 200, person=found.person,
        roles=found.roles, typed=typed or {}, refusal=refusal,
        remarks=remarks_in(refusal, typed or {}, ["role", "site"]),
        is_me=account_id == actor.account_id, holds=_holder(now), elsewhere=isinstance(refusal, NotFound),
        **await _to_choose(actor.acting(Action.STAFF_ROLE_GIVE)),
    )


async def _to_choose(actor: Actor) -> dict[str, Any]:
    own = sites_for(actor)
    return {
        "every_role": ROLES, "for_all_sites": own is None,
        "sites": [site.code for site in await Site.all().order_by("code") if own is None or site.id in own],
    }


def _holder(now: datetime) -> Any:
    def holds(role: RoleHeld) -> bool:
        return role.ends_at is None or role.ends_at > now

    return holds


def _role_id(typed: Typed) -> UUID:
    try:
        return UUID(typed.get("role_id", ""))
    except ValueError as malformed:
        raise InvalidParameter("There is no such role") from malformed
