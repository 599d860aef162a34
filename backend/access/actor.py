"""Actor: the account acting, with everything its scope depends on, as read for this one request."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from litestar.di import NamedDependency

from models.actions import Action
from models.vocabulary import Capability, Collection, Relation, Role

STEP_UP_LASTS = timedelta(minutes=10)
"""How long a proof of who one is suffices for what asks for it (`step_up=True` on a route)."""


@dataclass(frozen=True, slots=True)
class Guardian:
    """One guardianship that holds now."""

    role: Role
    relation: Relation
    capabilities: frozenset[Capability]
    site_id: UUID
    birth_month: date | None
    collection: Collection = Collection.OPEN
    gestational_days: int | None = None
    enrolled_at: datetime | None = None
    observer_rated: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    account_id: UUID | None
    session_id: UUID | None
    action: Action
    """What it is about to do; scope is narrowed to the places where a role of it allows this."""
    staff_roles: tuple[tuple[Role, UUID | None], ...] = ()
    """(role, site); without a site the role holds everywhere."""
    guardians: dict[UUID, Guardian] = field(default_factory=dict)
    """participant → guardianship"""
    app_version: str = ""
    timezone: str = "UTC"
    proved_at: datetime | None = None
    """When this session's owner last proved with the password (staff: and a code) that it is them."""
    seen_at: datetime | None = None
    """When this session was last noted as in use; see `authentication`."""

    def acting(self, action: Action) -> "Actor":
        return replace(self, action=action)

    def has_just_proved(self, now: datetime) -> bool:
        return self.proved_at is not None and now - self.proved_at <= STEP_UP_LASTS

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_roles)

    @property
    def account(self) -> UUID:
        """The account id; a job (SYSTEM) has none and must not ask."""
        assert self.account_id is not None  # noqa: S101
        return self.account_id


SYSTEM = Actor(account_id=None, session_id=None, action=Action.VISIT_PLAN)
"""Jobs of the timetable and commands of the operator."""

CurrentActor: TypeAlias = NamedDependency[Actor]
