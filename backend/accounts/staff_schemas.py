"""What stands on the wire about members of staff."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.accounts.schemas import Code
from backend.accounts.staff_roles import Colleague
from backend.border.text_types import DisplayName, EmailAddress, Password, SiteCode
from models import Account, StaffRole
from models.vocabulary import Role


class RoleGiven(msgspec.Struct, forbid_unknown_fields=True):
    role: Role
    site: SiteCode | None = None


class NewStaff(msgspec.Struct, forbid_unknown_fields=True):
    email: EmailAddress
    display_name: DisplayName
    roles: Annotated[list[RoleGiven], Meta(max_length=20)]


class StaffAdded(msgspec.Struct):
    account_id: UUID
    link: str
    """Shown once; hand it over in person or by mail. Works once, until `expires_at`."""
    expires_at: datetime


class RoleHeld(msgspec.Struct):
    id: UUID
    role: Role
    site: SiteCode | None
    """Without a site it holds for the whole study."""
    starts_at: datetime
    ends_at: datetime | None

    @classmethod
    def of(cls, role: StaffRole) -> "RoleHeld":
        return cls(role.id, role.role, role.site.code if role.site else None, role.starts_at, role.ends_at)


class StaffView(msgspec.Struct):
    account_id: UUID
    email: str
    display_name: str
    has_signed_in: bool
    """Whether the first sign-in, with its authenticator, was finished."""
    disabled_at: datetime | None

    @classmethod
    def of(cls, account: Account) -> "StaffView":
        return cls(
            account.id, account.email, account.display_name, account.email_verified_at is not None, account.disabled_at
        )


class ColleagueView(msgspec.Struct):
    person: StaffView
    roles: list[RoleHeld]
    """At the sites you administer, past ones too."""

    @classmethod
    def of(cls, colleague: Colleague) -> "ColleagueView":
        return cls(StaffView.of(colleague.account), [RoleHeld.of(role) for role in colleague.roles])


class FirstSignIn(msgspec.Struct, forbid_unknown_fields=True):
    """First with `password`, then with `code`."""

    token: Annotated[str, Meta(max_length=100)]
    password: Password | None = None
    code: Code | None = None


class AuthenticatorSetup(msgspec.Struct):
    totp_secret: str
    otpauth_uri: str
    qr_svg: str


class RecoveryCodes(msgspec.Struct):
    recovery_codes: list[str]
    """Shown once. Each lets you in once without the authenticator."""
