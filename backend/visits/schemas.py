"""What stands on the wire about visits."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models import Dose, Visit
from models.vocabulary import ChangeReason, DoseRoute, VisitState


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


class DoseNote(msgspec.Struct, forbid_unknown_fields=True):
    given_on: date
    """The day at the site."""
    route: DoseRoute | None = None
    reason: ChangeReason | None = None
    """Of a correction: where another day or route was noted."""


class DoseView(msgspec.Struct):
    number: int
    given_on: date
    route: DoseRoute | None
    recorded_by: UUID
    recorded_at: datetime
    seq: int

    @classmethod
    def of(cls, dose: Dose) -> "DoseView":
        return cls(dose.number, dose.given_on, dose.route, dose.recorded_by_id, dose.recorded_at, dose.seq)


class Doses(msgspec.Struct):
    doses: list[DoseView]
    plan: VisitPlan | None
    """What to send to `visit-plan` so that the visits are counted from these doses; nothing does so by itself."""
