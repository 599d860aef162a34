"""HTTP in and out of the staff's accounts and roles, and of signing a family's lost phone out."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from backend.access.actor import CurrentActor
from backend.access.sign_in_answer import NO_STORE
from backend.accounts.first_sign_in import first_sign_in
from backend.accounts.guardian_devices import end_guardian_devices
from backend.accounts.staff import add_staff, reset_staff
from backend.accounts.staff_leave import disable_staff, enable_staff
from backend.accounts.staff_roles import colleagues, end_role, give_role
from backend.accounts.staff_schemas import (
    AuthenticatorSetup,
    ColleagueView,
    FirstSignIn,
    NewStaff,
    RecoveryCodes,
    RoleGiven,
    RoleHeld,
    StaffAdded,
    StaffView,
)
from backend.border.address import address_of
from backend.border.strict_body import SMALL_BODY
from backend.clock import Now
from backend.paging import DEFAULT_LIMIT, Page
from backend.wiring import CurrentWiring
from models.actions import Action

AnyRequest = Request[Any, Any, Any]


class DevicesEnded(msgspec.Struct):
    sessions: int


class StaffController(Controller):
    path = "/api/v1"
    tags = ["accounts"]

    @post("/staff", operation_id="AddStaff", action=Action.STAFF_ADD, step_up=True)
    async def add(
        self, wiring: CurrentWiring, actor: CurrentActor, data: JSONBody[NewStaff], now: Now
    ) -> Response[StaffAdded]:
        """Add a member of staff and get the link for the first sign-in."""
        added = await add_staff(
            actor, wiring, email=data.email, display_name=data.display_name,
            roles=[(given.role, given.site) for given in data.roles], now=now,
        )
        return Response(StaffAdded(added.account_id, added.link, added.expires_at), headers=NO_STORE)

    @post(
        "/staff/{account_id:uuid}/reset", operation_id="ResetStaff", action=Action.STAFF_RESET, step_up=True
    )
    async def reset(
        self, wiring: CurrentWiring, actor: CurrentActor, account_id: FromPath[UUID], now: Now
    ) -> Response[StaffAdded]:
        """End a lost authenticator, password and all sessions, and get a link for a new first sign-in."""
        made = await reset_staff(actor, wiring, account_id, now)
        return Response(StaffAdded(made.account_id, made.link, made.expires_at), headers=NO_STORE)

    @get("/staff", operation_id="ListStaff", action=Action.STAFF_READ)
    async def show_all(
        self, actor: CurrentActor, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = DEFAULT_LIMIT
    ) -> Page[ColleagueView]:
        """List who has or had a role at the sites one administers."""
        page = await colleagues(actor, cursor, limit)
        return Page([ColleagueView.of(colleague) for colleague in page.items], page.next_cursor)

    @post(
        "/staff/{account_id:uuid}/roles", operation_id="GiveRole", action=Action.STAFF_ROLE_GIVE, step_up=True
    )
    async def give_role(
        self, actor: CurrentActor, account_id: FromPath[UUID], data: JSONBody[RoleGiven], now: Now
    ) -> RoleHeld:
        """Give a member of staff a role."""
        return RoleHeld.of(await give_role(actor, account_id, data.role, data.site, now))

    @post(
        "/staff/{account_id:uuid}/roles/{role_id:uuid}/end", operation_id="EndRole",
        action=Action.STAFF_ROLE_END, step_up=True, status_code=200,
    )
    async def end_role(
        self, actor: CurrentActor, account_id: FromPath[UUID], role_id: FromPath[UUID], now: Now
    ) -> RoleHeld:
        """End a role; what it allowed is refused from the next request on."""
        return RoleHeld.of(await end_role(actor, account_id, role_id, now))

    @post(
        "/staff/{account_id:uuid}/disable", operation_id="DisableStaff", action=Action.STAFF_DISABLE,
        step_up=True, status_code=200,
    )
    async def disable(self, actor: CurrentActor, account_id: FromPath[UUID], now: Now) -> StaffView:
        """Disable the account of somebody on leave; all its devices are signed out."""
        return StaffView.of(await disable_staff(actor, account_id, now))

    @post(
        "/staff/{account_id:uuid}/enable", operation_id="EnableStaff", action=Action.STAFF_ENABLE,
        step_up=True, status_code=200,
    )
    async def enable(self, actor: CurrentActor, account_id: FromPath[UUID], now: Now) -> StaffView:
        """Enable the account of somebody who is back."""
        return StaffView.of(await enable_staff(actor, account_id, now))

    @post(
        "/first-sign-ins", operation_id="FirstSignIn", public=True, status_code=200, request_max_body_size=SMALL_BODY
    )
    async def first_sign_in(
        self, request: AnyRequest, wiring: CurrentWiring, data: JSONBody[FirstSignIn], now: Now
    ) -> Response[AuthenticatorSetup | RecoveryCodes]:
        """Use a one-time link: first with a password, then with the authenticator's first code."""
        return Response(await first_sign_in(wiring, data, address_of(request), now), headers=NO_STORE)


class GuardianDevicesController(Controller):
    path = "/api/v1/guardianships"
    tags = ["accounts"]

    @post(
        "/{guardianship_id:uuid}/devices/end", operation_id="EndGuardianDevices", action=Action.DEVICES_END,
        status_code=200,
    )
    async def end_devices(self, actor: CurrentActor, guardianship_id: FromPath[UUID], now: Now) -> DevicesEnded:
        """Sign all devices of one guardian out, whose phone is lost."""
        return DevicesEnded(await end_guardian_devices(actor, guardianship_id, now))
