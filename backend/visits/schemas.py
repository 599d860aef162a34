"""What stands on the wire about visits."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.visits.standing import days_from_target, is_agreed_outside_window, standing_of, was_in_window
from models import AnchorDay, Dose, Visit
from models.protocol import Protocol
from models.protocol.repeats import by_code
from models.vocabulary import (
    BringItem,
    ChangeReason,
    DayAnchor,
    DoseRoute,
    VisitCancelReason,
    VisitStanding,
    VisitState,
)

Bring = Annotated[list[BringItem], Meta(max_length=len(BringItem))]
WallTime = Annotated[datetime, Meta(tz=False, examples=["2026-05-20T09:30:00"])]
"""Date and time on the clocks at the site, without an offset."""


class VisitPlan(msgspec.Struct, forbid_unknown_fields=True):
    """Days that are expected; they hold as long as the dose itself is not noted."""

    first_dose_on: date | None = None
    last_dose_on: date | None = None


class Agreement(msgspec.Struct, forbid_unknown_fields=True):
    at: WallTime
    bring: Bring | None = None
    """What the family is told to think of; without it, that stays as it is."""


class NewVisit(msgspec.Struct, forbid_unknown_fields=True):
    at: WallTime
    bring: Bring = []


class Cancellation(msgspec.Struct, forbid_unknown_fields=True):
    reason: VisitCancelReason


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
    unscheduled: bool
    """Outside the plan."""
    phase: str
    """The part of the study it belongs to; empty where the protocol names none."""
    bring: list[BringItem]
    cancel_reason: VisitCancelReason | None
    standing: VisitStanding | None
    """Where today lies in the window of a visit to come; without a window there is none."""
    agreed_outside_window: bool
    days_from_target: int | None
    """Of a visit that took place: so many days after its target, negative before."""
    in_window: bool | None
    """Of a visit that took place; null where there is no window."""
    protocol_hash: str | None
    """The protocol version by whose plan its days were counted."""
    sequence: int
    changed_at: datetime | None

    @classmethod
    def of(cls, visit: Visit, phases: dict[str, str], now: datetime) -> "VisitView":
        return cls(
            id=visit.id, participant_id=visit.participant_id, plan_code=visit.plan_code, state=visit.state,
            target_on=visit.target_on, opens_on=visit.opens_on, closes_on=visit.closes_on, agreed_at=visit.agreed_at,
            timezone=visit.timezone, attended_on=visit.attended_on, seq=visit.seq, unscheduled=visit.unscheduled,
            phase=phases.get(visit.plan_code, ""), bring=[BringItem(item) for item in visit.bring],
            cancel_reason=visit.cancel_reason, standing=standing_of(visit, now),
            agreed_outside_window=is_agreed_outside_window(visit), days_from_target=days_from_target(visit),
            in_window=was_in_window(visit), protocol_hash=visit.protocol_hash, sequence=visit.sequence,
            changed_at=visit.changed_at,
        )


def phases_of(protocol: Protocol) -> dict[str, str]:
    """By the visit's code."""
    return {code: one.rule.phase for code, one in by_code(protocol.file.visit).items()}


class Visits(msgspec.Struct):
    visits: list[VisitView]

    @classmethod
    def of(cls, visits: list[Visit], protocol: Protocol, now: datetime) -> "Visits":
        phases = phases_of(protocol)
        return cls([VisitView.of(visit, phases, now) for visit in visits])


class AnchorDayNote(msgspec.Struct, forbid_unknown_fields=True):
    on_day: date
    """The day at the site; it may lie ahead."""
    reason: ChangeReason | None = None
    """Of a correction: where another day was noted."""


class AnchorDayView(msgspec.Struct):
    anchor: DayAnchor
    on_day: date
    recorded_by: UUID
    recorded_at: datetime
    seq: int

    @classmethod
    def of(cls, row: AnchorDay) -> "AnchorDayView":
        return cls(row.anchor, row.on_day, row.recorded_by_id, row.recorded_at, row.seq)


class AnchorDays(msgspec.Struct):
    anchor_days: list[AnchorDayView]


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
    """The first dose and, once no further one is due, the last: the visits are counted from these by themselves."""
