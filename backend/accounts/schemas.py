"""What stands on the wire about accounts, sessions and staff."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from backend.border.text_types import (
    AppVersion,
    DeviceName,
    DisplayName,
    EmailAddress,
    LanguageTag,
    Password,
    SiteCode,
    ZoneName,
)
from models import Session
from models.vocabulary import Capability, ParticipantState, Relation, Role, SessionKind

Code = Annotated[str, Meta(max_length=40)]


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    email: Annotated[str, Meta(max_length=254)]
    password: Password
    code: Code | None = None
    """Staff: of the authenticator, or a recovery code."""
    kind: SessionKind = SessionKind.APP
    """A browser gets a cookie and no tokens."""
    device_name: DeviceName = ""
    app_version: AppVersion = ""


class Refresh(msgspec.Struct, forbid_unknown_fields=True):
    refresh_token: Annotated[str, Meta(max_length=400)]


class SessionView(msgspec.Struct):
    id: UUID
    kind: SessionKind
    device_name: str
    app_version: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool
    """The device that asks."""

    @classmethod
    def of(cls, session: Session, current: UUID | None) -> "SessionView":
        return cls(
            session.id, session.kind, session.device_name, session.app_version, session.created_at,
            session.last_seen_at, session.expires_at, session.id == current,
        )


class StaffRoleView(msgspec.Struct):
    role: Role
    site: SiteCode | None
    """Without a site the role holds for the whole study."""


class OwnParticipant(msgspec.Struct):
    """Somebody the account may speak for. The pseudonym only; families name their children on the phone."""

    id: UUID
    code: str
    state: ParticipantState
    role: Role
    relation: Relation
    capabilities: list[Capability]
    birth_month: str | None
    """YYYY-MM, for the app's edit checks; empty before birth."""


class SyncVersions(msgspec.Struct):
    schema: int
    min_schema: int
    """Apps that speak an older one get 426 and keep their entries."""


class Me(msgspec.Struct):
    account_id: UUID
    display_name: str
    language: str
    timezone: str
    staff_roles: list[StaffRoleView]
    participants: list[OwnParticipant]
    server_time: datetime
    sync: SyncVersions
    protocol: str
    """Hash of the study protocol now in force."""


class AccountChange(msgspec.Struct, forbid_unknown_fields=True):
    """Only what is sent changes."""

    display_name: DisplayName | UnsetType = UNSET
    language: LanguageTag | UnsetType = UNSET
    timezone: ZoneName | UnsetType = UNSET


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
