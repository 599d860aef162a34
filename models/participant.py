"""The enrolled persons and who may speak for them."""

from uuid import UUID

from tortoise import fields

from models.account import Account
from models.fields import UtcDatetimeField, one_of
from models.record import Record
from models.site import Site
from models.vocabulary import (
    Arm,
    Collection,
    ParticipantKind,
    ParticipantState,
    Relation,
    Role,
    StatusReason,
)


class Participant(Record):
    code = fields.CharField(max_length=20, unique=True)
    """Pseudonym such as SE01-003; the only name this table knows."""
    site_id: UUID
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", on_delete=fields.RESTRICT, db_index=True
    )
    kind = one_of(ParticipantKind, max_length=10, default=ParticipantKind.CHILD, db_default="child")
    arm = one_of(Arm, max_length=30)
    woman_id: UUID | None
    woman: "fields.ForeignKeyNullableRelation[Participant]" = fields.ForeignKeyField(
        "models.Participant", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    """Prenatal arm: the woman who carries or carried the child; a participant of her own."""
    birth_month = fields.DateField(null=True)
    """First day of the month of birth; empty before birth in the prenatal arm."""
    gestational_days = fields.SmallIntField(null=True)
    """Gestational age at birth in days (40+0 = 280)."""
    state = one_of(ParticipantState, max_length=20, default=ParticipantState.ACTIVE)
    collection = one_of(Collection, max_length=20, default=Collection.OPEN, db_default="open")
    """Whether new entries may be stored: follows from state, consents and age, and is kept here for every write."""
    custodians: fields.JSONField[list[str]] = fields.JSONField(default=list, db_default="[]")
    """Relations (`mother`, `father` …) of those who consent for a child, as staff attested."""
    dissented_at = UtcDatetimeField(null=True)
    """The child's own refusal: tasks addressed to the child stop, whatever the custodians signed."""
    observer_rated = fields.BooleanField(default=False, db_default=False)
    """Staff marked that this child can't rate its own pain: carers rate, by the scale for that (r-FLACC)."""
    settle_at = UtcDatetimeField(null=True)
    """When time alone may change `collection`: a birthday, a consent version's day; the timetable looks then."""
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
    invited_by_id = fields.UUIDField(null=True)
    """The guardian who invited, and may limit and end it; empty = staff decided."""
    court_order_at = UtcDatetimeField(null=True)
    """A court order against this person, set and lifted by staff. It stands when the guardianship ends, too; while
    any stands, only staff decide who speaks for the participant."""
    locked_at = UtcDatetimeField(null=True)
    """No access: a court order stands against this person or against somebody by whose invitation they came."""

    class Meta:
        table = "guardianship"


class ParticipantStatus(Record):
    """One change of state, for ever: since when, by whom, why. Append-only by trigger."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", related_name="status_history", on_delete=fields.RESTRICT, db_index=True
    )
    seq = fields.BigIntField()
    state = one_of(ParticipantState, max_length=20)
    effective_on = fields.DateField()
    """The day it happened, at the site; never in the future."""
    reason = one_of(StatusReason, max_length=30)
    recorded_by_id = fields.UUIDField()
    recorded_at = UtcDatetimeField()
    from_site_id = fields.UUIDField(null=True)
    to_site_id = fields.UUIDField(null=True)
    """Of a transfer."""

    class Meta:
        table = "participant_status"


class PrivateNote(Record):
    """What one guardian writes for themselves alone. No source data: never reviewed, never forwarded."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT
    )
    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT, db_index=True
    )
    entry_id = fields.UUIDField(null=True)
    sealed_text = fields.TextField()
    """Sealed with the installation's secret key."""
    created_at = UtcDatetimeField()
    changed_at = UtcDatetimeField()

    class Meta:
        table = "private_note"
        indexes = (("account_id", "participant_id", "id"),)


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
    capabilities: fields.JSONField[list[str] | None] = fields.JSONField(null=True)
    """What the guardianship will allow; empty = all that its role has."""
    guardianship_starts_at = UtcDatetimeField(null=True)
    guardianship_ends_at = UtcDatetimeField(null=True)
    replaces_id = fields.UUIDField(null=True)
    """The guardianship that ends when this code is redeemed (the same person with a new account)."""
    by_family = fields.BooleanField(default=False, db_default=False)
    """An invitation by a guardian."""
    issued_by_id = fields.UUIDField()
    issued_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    redeemed_at = UtcDatetimeField(null=True)
    revoked_at = UtcDatetimeField(null=True)

    class Meta:
        table = "linking_code"
