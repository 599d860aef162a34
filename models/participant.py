"""The enrolled persons and who may speak for them."""

from uuid import UUID

from tortoise import fields

from models.account import Account
from models.fields import UtcDatetimeField, one_of
from models.record import Record
from models.site import Site
from models.vocabulary import Arm, ParticipantState, Relation, Role


class Participant(Record):
    code = fields.CharField(max_length=20, unique=True)
    """Pseudonym such as SE01-003; the only name this table knows."""
    site_id: UUID
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", on_delete=fields.RESTRICT, db_index=True
    )
    arm = one_of(Arm, max_length=30)
    birth_month = fields.DateField(null=True)
    """First day of the month of birth; empty before birth in the prenatal arm."""
    gestational_days = fields.SmallIntField(null=True)
    """Gestational age at birth in days (40+0 = 280)."""
    state = one_of(ParticipantState, max_length=20, default=ParticipantState.ACTIVE)
    seq = fields.BigIntField(default=0)
    """Number of the last change about this participant: sync cursor and audit order in one.
    Every writer raises it under this row's lock, so nothing ever commits below a cursor already given."""
    enrolled_at = UtcDatetimeField()

    class Meta:
        table = "participant"


class Guardianship(Record):
    """The link between an account and a participant it may speak for, with dates."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="guardianships", on_delete=fields.RESTRICT, db_index=True
    )
    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", related_name="guardianships", on_delete=fields.RESTRICT, db_index=True
    )
    role = one_of(Role, max_length=20)
    relation = one_of(Relation, max_length=30)
    capabilities: fields.JSONField[list[str]] = fields.JSONField()
    starts_at = UtcDatetimeField()
    ends_at = UtcDatetimeField(null=True)

    class Meta:
        table = "guardianship"


class LinkingCode(Record):
    """A one-time code that turns an account into a guardian. One active per participant and relation."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT, db_index=True
    )
    role = one_of(Role, max_length=20)
    relation = one_of(Relation, max_length=30)
    code_hash = fields.CharField(max_length=64, unique=True)
    """Keyed hash (HMAC-SHA-256): the code is short, so a plain hash could be searched."""
    issued_by_id = fields.UUIDField()
    issued_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    redeemed_at = UtcDatetimeField(null=True)
    revoked_at = UtcDatetimeField(null=True)

    class Meta:
        table = "linking_code"
