"""What stands on the wire about participants, linking codes and guardianships."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

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
from models import Guardianship, LinkingCode, Participant
from models.vocabulary import Arm, Capability, ParticipantState, Relation, Role, SessionKind

ParticipantCode = Annotated[
    str, Meta(max_length=20, pattern=r"^[A-Z0-9]{2,10}-[0-9]{3,6}$(?!\n)", examples=["SE01-003"])
]
Month = Annotated[str, Meta(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7, examples=["2019-05"])]
TypedCode = Annotated[str, Meta(max_length=60, examples=["7KXM-2PQW-HT4C"])]
LinkingState = Literal["active", "redeemed", "revoked", "expired"]


class NewParticipant(msgspec.Struct, forbid_unknown_fields=True):
    code: ParticipantCode
    """Begins with the code of the site."""
    arm: Arm
    birth_month: Month | None = None
    """Null before birth (prenatal arm)."""
    gestational_weeks: Annotated[int, Meta(ge=20, le=45)] | None = None
    gestational_days: Annotated[int, Meta(ge=0, le=6)] | None = None
    """Days over the full weeks at birth: 38 weeks and 2 days."""


class ParticipantView(msgspec.Struct):
    id: UUID
    code: str
    site: SiteCode
    arm: Arm
    birth_month: str | None
    gestational_weeks: int | None
    gestational_days: int | None
    state: ParticipantState
    enrolled_at: datetime

    @classmethod
    def of(cls, participant: Participant) -> "ParticipantView":
        born, age = participant.birth_month, participant.gestational_days
        weeks, days = divmod(age, 7) if age is not None else (None, None)
        return cls(
            id=participant.id, code=participant.code, site=participant.site.code, arm=participant.arm,
            birth_month=f"{born:%Y-%m}" if born else None, gestational_weeks=weeks, gestational_days=days,
            state=participant.state, enrolled_at=participant.enrolled_at,
        )


class NewLinkingCode(msgspec.Struct, forbid_unknown_fields=True):
    relation: Relation
    role: Literal["guardian", "carer", "participant"]


class IssuedCode(msgspec.Struct):
    """The only time the code is seen: it is stored as a hash."""

    id: UUID
    code: str
    deep_link: str
    """For the phone's camera. Opening it redeems nothing until the person continues."""
    qr_svg: str
    expires_at: datetime


class LinkingCodeView(msgspec.Struct):
    id: UUID
    relation: Relation
    role: Role
    state: LinkingState
    issued_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, code: LinkingCode, now: datetime) -> "LinkingCodeView":
        return cls(code.id, code.relation, code.role, linking_state(code, now), code.issued_at, code.expires_at)


def linking_state(code: LinkingCode, now: datetime) -> LinkingState:
    if code.redeemed_at is not None:
        return "redeemed"
    if code.revoked_at is not None:
        return "revoked"
    return "active" if code.expires_at > now else "expired"


class Redemption(msgspec.Struct, forbid_unknown_fields=True):
    """By somebody not signed in: makes an account, or uses the one with this address and password."""

    code: TypedCode
    email: EmailAddress
    password: Password
    display_name: DisplayName
    language: LanguageTag
    timezone: ZoneName
    kind: SessionKind = SessionKind.APP
    device_name: DeviceName = ""
    app_version: AppVersion = ""


class OwnRedemption(msgspec.Struct, forbid_unknown_fields=True):
    code: TypedCode


class GuardianshipView(msgspec.Struct):
    id: UUID
    participant_id: UUID
    relation: Relation
    role: Role
    capabilities: list[Capability]
    starts_at: datetime
    ends_at: datetime | None
    display_name: str | None = None
    """For staff of the participant's site only."""

    @classmethod
    def of(cls, link: Guardianship, display_name: str | None = None) -> "GuardianshipView":
        return cls(
            link.id, link.participant_id, link.relation, link.role,
            [Capability(word) for word in link.capabilities], link.starts_at, link.ends_at, display_name,
        )
