"""What stands on the wire about participants, linking codes and guardianships."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from backend.access.actor import Actor
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
from models.vocabulary import (
    Arm,
    Capability,
    Collection,
    LockReason,
    ParticipantKind,
    ParticipantState,
    Relation,
    Role,
    SessionKind,
    UnlockReason,
)

ParticipantCode = Annotated[
    str, Meta(max_length=20, pattern=r"^[A-Z0-9]{2,10}-[0-9]{3,6}$(?!\n)", examples=["SE01-003"])
]
Month = Annotated[str, Meta(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7, examples=["2019-05"])]
TypedCode = Annotated[str, Meta(max_length=60, examples=["7KXM-2PQW-HT4C"])]
Instant = Annotated[datetime, Meta(tz=True)]
Weeks = Annotated[int, Meta(ge=20, le=45)]
OddDays = Annotated[int, Meta(ge=0, le=6)]
Capabilities = Annotated[list[Capability], Meta(min_length=1, max_length=len(Capability))]
Custodians = Annotated[list[Relation], Meta(max_length=4)]
LinkingState = Literal["active", "redeemed", "revoked", "expired"]


class NewParticipant(msgspec.Struct, forbid_unknown_fields=True):
    code: ParticipantCode
    """Begins with the code of the site."""
    arm: Arm
    birth_month: Month | None = None
    """Null before birth (prenatal arm), and for the woman."""
    gestational_weeks: Weeks | None = None
    gestational_days: OddDays | None = None
    """Days over the full weeks at birth: 38 weeks and 2 days."""
    kind: ParticipantKind = ParticipantKind.CHILD
    """`woman`: of the prenatal arm, a participant of her own."""
    woman_code: ParticipantCode | None = None
    """Of a child in the prenatal arm: the woman, enrolled before."""
    custodians: Custodians = []
    """How those stand to the child who must consent for it, as staff saw it proved. Two mothers: mother twice."""


class ParticipantChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays."""

    custodians: Custodians | UnsetType = UNSET
    woman_code: ParticipantCode | UnsetType | None = UNSET
    """Of a child in the prenatal arm: the woman, enrolled at the same site. Null: there is none."""
    observer_rated: bool | UnsetType = UNSET
    """Whether this child can't rate its own pain, so that carers rate it by the scale for that."""


class Birth(msgspec.Struct, forbid_unknown_fields=True):
    birth_month: Month
    gestational_weeks: Weeks | None = None
    gestational_days: OddDays | None = None


class ParticipantView(msgspec.Struct):
    id: UUID
    code: str
    site: SiteCode
    kind: ParticipantKind
    arm: Arm
    woman_id: UUID | None
    custodians: list[Relation]
    collection: Collection
    birth_month: str | None
    gestational_weeks: int | None
    gestational_days: int | None
    observer_rated: bool
    state: ParticipantState
    enrolled_at: datetime

    @classmethod
    def of(cls, participant: Participant) -> "ParticipantView":
        born, age = participant.birth_month, participant.gestational_days
        weeks, days = divmod(age, 7) if age is not None else (None, None)
        return cls(
            id=participant.id, code=participant.code, site=participant.site.code, arm=participant.arm,
            kind=participant.kind, woman_id=participant.woman_id, collection=participant.collection,
            custodians=[Relation(word) for word in participant.custodians],
            birth_month=f"{born:%Y-%m}" if born else None, gestational_weeks=weeks, gestational_days=days,
            observer_rated=participant.observer_rated, state=participant.state, enrolled_at=participant.enrolled_at,
        )


class NewLinkingCode(msgspec.Struct, forbid_unknown_fields=True):
    relation: Relation
    role: Literal["guardian", "carer", "participant"]
    capabilities: Capabilities | None = None
    """All that the role has, unless said."""
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    """Of the guardianship; the code itself is good for 7 days."""
    replaces: UUID | None = None
    """The guardianship that ends when the code is redeemed: the same person with a new account."""


class NewInvitation(msgspec.Struct, forbid_unknown_fields=True):
    relation: Relation
    role: Literal["guardian", "carer"]
    capabilities: Capabilities | None = None
    """Never more than your own. Unless said: a guardian as you, a carer reports only."""
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    """Of the guardianship, not later than your own; the invitation itself is good for 7 days."""


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
    by_family: bool
    """An invitation by a guardian."""
    capabilities: list[Capability] | None
    """Null = all that the role has."""
    starts_at: datetime | None
    ends_at: datetime | None
    """Of the guardianship."""

    @classmethod
    def of(cls, code: LinkingCode, now: datetime) -> "LinkingCodeView":
        capabilities = None if code.capabilities is None else [Capability(word) for word in code.capabilities]
        return cls(
            code.id, code.relation, code.role, linking_state(code, now), code.issued_at, code.expires_at,
            code.by_family, capabilities, code.guardianship_starts_at, code.guardianship_ends_at,
        )


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


class GuardianshipLimit(msgspec.Struct, forbid_unknown_fields=True):
    """Less than there is; what is left out stays."""

    capabilities: Capabilities | None = None
    ends_at: Instant | None = None


class GuardianshipLock(msgspec.Struct, forbid_unknown_fields=True):
    reason: LockReason


class GuardianshipUnlock(msgspec.Struct, forbid_unknown_fields=True):
    reason: UnlockReason


class GuardianshipView(msgspec.Struct):
    id: UUID
    participant_id: UUID
    relation: Relation
    role: Role
    capabilities: list[Capability]
    starts_at: datetime
    ends_at: datetime | None
    is_yours: bool
    invited_by_you: bool
    """Limit or end it as you think right."""
    invited_by: UUID | None
    """The guardianship of whoever invited this person; empty = the site decided. What it loses, this one loses."""
    display_name: str | None = None
    """For staff of the participant's site only."""
    court_order_at: datetime | None = None
    """For staff of the participant's site only."""
    locked_at: datetime | None = None
    """For staff of the participant's site only: no access, because of this person's court order or the inviter's."""

    @classmethod
    def of(
        cls, link: Guardianship, actor: Actor, inviting: dict[UUID, UUID], *, for_site: bool = False
    ) -> "GuardianshipView":
        """`inviting`: account → guardianship. `for_site`: with what only those see who work with the families."""
        return cls(
            link.id, link.participant_id, link.relation, link.role,
            [Capability(word) for word in link.capabilities], link.starts_at, link.ends_at,
            link.account_id == actor.account, link.invited_by_id == actor.account,
            inviting.get(link.invited_by_id) if link.invited_by_id else None,
            link.account.display_name if for_site else None, link.court_order_at if for_site else None,
            link.locked_at if for_site else None,
        )


class ReaderView(msgspec.Struct):
    """Somebody opened the record within these 15 minutes."""

    at: datetime
    """When the 15 minutes began."""
    role: str
    """Of the person at that time; `account` where none is known any more."""
    site: SiteCode | None
    """Of staff of one site."""
    relation: Relation | None
    """Of the family."""
    is_you: bool
