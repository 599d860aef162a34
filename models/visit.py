"""Planned contacts between a participant and the site, and the doses they are counted from."""

from uuid import UUID

from tortoise import fields

from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.vocabulary import DoseRoute, VisitState


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
