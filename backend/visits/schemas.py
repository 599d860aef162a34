"""What stands on the wire about visits."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models import Visit
from models.vocabulary import VisitState


class VisitPlan(msgspec.Struct, forbid_unknown_fields=True):
    first_dose_on: date
    last_dose_on: date | None = None
    """As soon as it is known: the visits counted from it are planned then."""


class Agreement(msgspec.Struct, forbid_unknown_fields=True):
    at: Annotated[datetime, Meta(tz=False, examples=["2026-05-20T09:30:00"])]
    """Date and time on the clocks at the site, without an offset."""


class Attendance(msgspec.Struct, forbid_unknown_fields=True):
    attended_on: date


class VisitView(msgspec.Struct):
    id: UUID
    participant_id: UUID
    plan_code: str
    state: VisitState
    target_on: date
    opens_on: date | None
    closes_on: date | None
    agreed_at: datetime | None
    timezone: str
    """Of the site where it takes place."""
    attended_on: date | None
    seq: int

    @classmethod
    def of(cls, visit: Visit) -> "VisitView":
        return cls(
            visit.id, visit.participant_id, visit.plan_code, visit.state, visit.target_on,
            visit.opens_on, visit.closes_on, visit.agreed_at, visit.timezone, visit.attended_on, visit.seq,
        )


class Visits(msgspec.Struct):
    visits: list[VisitView]
