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
    LanguageTag,
    Password,
    SiteCode,
    ZoneName,
)
from models import Session
from models.participation import Words
from models.vocabulary import (
    Capability,
    Collection,
    ParticipantKind,
    ParticipantState,
    Relation,
    Role,
    SessionKind,
)

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
    device_token: Annotated[str, Meta(max_length=200)] | None = None
    """Of an earlier sign-in on this device; a browser sends its cookie instead."""


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
    words: Words
    """`quiet`: nothing celebrates, nothing asks for the week."""
    role: Role
    relation: Relation
    capabilities: list[Capability]
    birth_month: str | None
    """YYYY-MM, for the app's edit checks; empty before birth."""
    collection: Collection
    """Whether new entries are taken in; what is sent meanwhile is kept and becomes entries later."""
    child_tasks: bool
    """False once the child has said no: the app addresses nothing to the child itself."""
    kind: ParticipantKind
    """Forms say in `subjects` about whom they are asked."""
    gestational_days: int | None
    """At birth; with `birth_month` and `enrolled_at` the bounds of what nobody dated."""
    enrolled_at: datetime
    observer_rated: bool
    """Whether the child can't rate its own pain: carers do, by the scale that the protocol has for that."""


class SyncVersions(msgspec.Struct):
    schema: int
    min_schema: int
    """Apps that speak an older one get 426 and keep their entries."""


class Me(msgspec.Struct):
    account_id: UUID
    email_verified: bool
    """Until then nobody can sign in with it elsewhere, and no reminder goes there."""
    email_refused: bool
    """A mail server has said that it takes nothing there: no reminder goes there until it is verified anew."""
    display_name: str
    language: str
    timezone: str
    staff_roles: list[StaffRoleView]
    participants: list[OwnParticipant]
    server_time: datetime
    sync: SyncVersions
    protocol: str
    """Hash of the study protocol now in force."""
    pain_faces: bool
    """Whether `/api/v1/pain-faces` has the licensed images; without them FPS-R is shown as own six steps."""


class AccountChange(msgspec.Struct, forbid_unknown_fields=True):
    """Only what is sent changes."""

    display_name: DisplayName | UnsetType = UNSET
    language: LanguageTag | UnsetType = UNSET
    timezone: ZoneName | UnsetType = UNSET


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True):
    current: Password
    new: Password
    """At least 15 characters and not a common one; anything else goes."""


class PasswordChanged(msgspec.Struct):
    device_token: str | None
    """Takes the place of the one this device has kept. Empty in browsers."""


class StepUp(msgspec.Struct, forbid_unknown_fields=True):
    password: Password
    code: Code | None = None
    """Staff: of the authenticator, or a recovery code."""


class Proved(msgspec.Struct):
    until: datetime
    """So long, nobody asks for the password again."""
