"""Safety cases: an entry that a person must look at soon, who was told, who looked, and what they said."""

from uuid import UUID

from tortoise import fields

from models.account import Account
from models.diary import DiaryEntry
from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.site import Site
from models.vocabulary import Assessment, CaseState, CaseStepKind, SignatureMeaning


class SafetyCase(Record):
    """One entry that fits a safety rule: a potential serious adverse event. What it is, people decide."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT
    )
    site_id: UUID
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", on_delete=fields.RESTRICT
    )
    entry_id: UUID
    entry: fields.OneToOneRelation[DiaryEntry] = fields.OneToOneField(
        "models.DiaryEntry", related_name="safety_case", on_delete=fields.RESTRICT
    )
    rules: fields.JSONField[list[str]] = fields.JSONField()
    """Code and version of every rule it ever fitted, such as `S1/1`."""
    fitting: fields.JSONField[list[str]] = fields.JSONField()
    """Those of them that its newest version fits."""
    state = one_of(CaseState, max_length=12, default=CaseState.OPEN)
    seq = fields.BigIntField()
    known_since = UtcDatetimeField()
    """When the server received what fits the rule (UTC): the clock starts here. A further rule that re-opens the case
    starts it anew; the steps keep the clock that was."""
    device_time = fields.CharField(max_length=40, null=True)
    """The phone's own time of that write: late sync is visible."""
    due_at = UtcDatetimeField()
    acknowledged_at = UtcDatetimeField(null=True)
    """Since when it is known that a person has read it; the family sees this."""
    assessment = one_of(Assessment, max_length=12, null=True)
    steps_climbed = fields.SmallIntField(default=0, db_default=0)
    """How many steps of the ladder were taken."""
    next_step_at = UtcDatetimeField(null=True)
    """When the next one is due; empty = nobody needs to be told any more."""

    class Meta:
        table = "safety_case"
        indexes = (("site_id", "state", "due_at"), ("participant_id", "seq"))


class SafetyCaseStep(Record):
    """What happened with a case. Append-only by trigger."""

    case_id: UUID
    case: fields.ForeignKeyRelation[SafetyCase] = fields.ForeignKeyField(
        "models.SafetyCase", related_name="steps", on_delete=fields.RESTRICT, db_index=True
    )
    kind = one_of(CaseStepKind, max_length=12)
    at = UtcDatetimeField()
    by_id = fields.UUIDField(null=True)
    """The account that acted; empty = the system."""
    detail: fields.JSONField[dict[str, str]] = fields.JSONField()
    """Rules, ladder step and accounts told, or the assessment."""
    note = fields.TextField(default="")
    meaning = one_of(SignatureMeaning, max_length=30, null=True)
    signed_name = fields.CharField(max_length=200, null=True)
    """The name as printed with the signature (21 CFR 11.50)."""
    entry_version = fields.IntField(null=True)
    content_hash = fields.CharField(max_length=64, null=True)
    """What was signed: SHA-256 of the entry's content at that version."""

    class Meta:
        table = "safety_case_step"


class DutyShift(Record):
    """Who answers for a site from one instant to another."""

    site_id: UUID
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", on_delete=fields.RESTRICT
    )
    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    starts_at = UtcDatetimeField()
    ends_at = UtcDatetimeField()
    phone = fields.CharField(max_length=40, default="")
    """Shown to colleagues when the ladder reaches its end."""
    recorded_by_id = fields.UUIDField()
    recorded_at = UtcDatetimeField()

    class Meta:
        table = "duty_shift"
        indexes = (("site_id", "ends_at"),)
