"""Planned contacts between a participant and the site, and the doses they are counted from."""

from uuid import UUID

from tortoise import fields

from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.vocabulary import DayAnchor, DoseRoute, VisitCancelReason, VisitState


class Visit(Record):
    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT
    )
    seq = fields.BigIntField()
    plan_code = fields.CharField(max_length=40)
    """The visit's code in the protocol's plan, such as FU-L12."""
    state = one_of(VisitState, max_length=10, default=VisitState.PLANNED)
    target_on = fields.DateField()
    opens_on = fields.DateField(null=True)
    closes_on = fields.DateField(null=True)
    """Visit window; without one the visit has an agreed date and is never overdue."""
    agreed_at = UtcDatetimeField(null=True)
    """The appointment, as an instant."""
    timezone = fields.CharField(max_length=64)
    """Zone of the site where it takes place."""
    attended_on = fields.DateField(null=True)
    unscheduled = fields.BooleanField(default=False, db_default=False)
    """Outside the plan: its code is UNS- and a number, its target the day that was agreed."""
    cancel_reason = one_of(VisitCancelReason, max_length=20, null=True)
    """Of one cancelled visit; empty where the participant's state ended them all."""
    bring: fields.JSONField[list[str]] = fields.JSONField(default=list, db_default="[]")
    """What to think of before it (`BringItem`), as staff chose or the plan says."""
    protocol_hash = fields.CharField(max_length=64, null=True)
    """The protocol version by whose plan its days were last counted; empty = outside the plan, or as the site's
    records say, and then never moved by the plan."""
    sequence = fields.IntField(default=0, db_default=0)
    """Raised by each change that a calendar must follow (RFC 5545 SEQUENCE)."""
    changed_at = UtcDatetimeField(null=True)
    """When that was; empty = never since it was planned."""

    class Meta:
        table = "visit"
        unique_together = (("participant", "plan_code"),)
        indexes = (("participant_id", "seq"), ("state", "target_on"))


class Dose(Record):
    """One infusion, as staff noted it. Batch and donor are kept elsewhere: no product codes here."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT
    )
    seq = fields.BigIntField()
    number = fields.SmallIntField()
    given_on = fields.DateField()
    """The day at the site."""
    route = one_of(DoseRoute, max_length=20, null=True)
    recorded_by_id = fields.UUIDField()
    recorded_at = UtcDatetimeField()

    class Meta:
        table = "dose"
        unique_together = (("participant", "number"),)


class AnchorDay(Record):
    """A day, noted by staff, from which visits are counted; one of each sort per participant, corrected in place."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT
    )
    seq = fields.BigIntField()
    anchor = one_of(DayAnchor, max_length=20)
    on_day = fields.DateField()
    """The day at the site."""
    recorded_by_id = fields.UUIDField()
    recorded_at = UtcDatetimeField()

    class Meta:
        table = "anchor_day"
        unique_together = (("participant", "anchor"),)
