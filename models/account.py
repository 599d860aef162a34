"""People who can sign in. Names and e-mail addresses stand here and nowhere else."""

from uuid import UUID

from tortoise import fields

from models.delivery import Delivery
from models.fields import UtcDatetimeField, one_of
from models.record import Record
from models.site import Site
from models.vocabulary import LinkPurpose, MailKind, Role, SessionKind


class Account(Record):
    email = fields.CharField(max_length=254, unique=True)
    """In its one form (`mail_address`); the sign-in name."""
    email_verified_at = UtcDatetimeField(null=True)
    """Until then nobody can sign in with it again, and no reminder goes there."""
    display_name = fields.CharField(max_length=120)
    password_hash = fields.CharField(max_length=200, null=True)
    """argon2id; empty until the first sign-in link was used."""
    totp_secret = fields.CharField(max_length=255, null=True)
    """Sealed with the installation's secret key."""
    totp_last_step = fields.BigIntField(default=0)
    """The last time step used, so that a code works once."""
    wrong_codes = fields.IntField(default=0, db_default=0)
    """After the right password, since the last right one: many mean that somebody else knows the password."""
    mail_refused_at = UtcDatetimeField(null=True)
    """When a mail server last said that this address takes nothing: reminders go elsewhere until it is proved anew."""
    phone = fields.CharField(max_length=20, null=True)
    """E.164, proved by a code; for those who want to be told by SMS."""
    language = fields.CharField(max_length=10, default="en")
    timezone = fields.CharField(max_length=64, default="Europe/Stockholm")
    disabled_at = UtcDatetimeField(null=True)
    created_at = UtcDatetimeField()

    class Meta:
        table = "account"


class StaffRole(Record):
    """One role at one site; without a site it holds for the whole study."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="staff_roles", on_delete=fields.RESTRICT, db_index=True
    )
    site_id: UUID | None
    site: fields.ForeignKeyNullableRelation[Site] = fields.ForeignKeyField(
        "models.Site", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    role = one_of(Role, max_length=20)
    starts_at = UtcDatetimeField()
    ends_at = UtcDatetimeField(null=True)

    class Meta:
        table = "staff_role"


class RecoveryCode(Record):
    """Lets staff in once without their authenticator."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="recovery_codes", on_delete=fields.RESTRICT, db_index=True
    )
    code_hash = fields.CharField(max_length=64)
    used_at = UtcDatetimeField(null=True)

    class Meta:
        table = "recovery_code"


class FirstSignInLink(Record):
    """A one-time link with which staff choose a password and set up their authenticator."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    token_hash = fields.CharField(max_length=64, unique=True)
    expires_at = UtcDatetimeField()
    used_at = UtcDatetimeField(null=True)

    class Meta:
        table = "first_sign_in_link"


class MailedLink(Record):
    """A one-time link sent by mail: whoever shows it has read what was sent to that address."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    purpose = one_of(LinkPurpose, max_length=20)
    email = fields.CharField(max_length=254)
    """The address it was sent to; proving a new one makes it the account's."""
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    used_at = UtcDatetimeField(null=True)

    class Meta:
        table = "mailed_link"


class AccountMail(Delivery):
    """A mail about an account itself, on its way; the worker sends it."""

    account_id: UUID | None
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    """Empty until the worker has looked whether somebody has the address that a stranger typed."""
    kind = one_of(MailKind, max_length=20)
    address = fields.CharField(max_length=254)
    sealed_link = fields.TextField(null=True)
    """The link it carries, sealed with the installation's secret key; emptied once it was sent."""
    useless_after = UtcDatetimeField(null=True)
    """What it carries is over then: not sent any more."""

    class Meta:
        table = "account_mail"


class Session(Record):
    """One signed-in device. Access dies with it at once."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="sessions", on_delete=fields.RESTRICT, db_index=True
    )
    kind = one_of(SessionKind, max_length=10)
    device_name = fields.CharField(max_length=120, default="")
    app_version = fields.CharField(max_length=40, default="")
    token_hash = fields.CharField(max_length=64)
    """App: the refresh token last issued and not used yet. Browser: the cookie."""
    parent_hash = fields.CharField(max_length=64, null=True)
    """App: the refresh token last used; works until its successor was used once."""
    generation = fields.IntField(default=1)
    created_at = UtcDatetimeField()
    last_seen_at = UtcDatetimeField()
    proved_at = UtcDatetimeField(null=True)
    """When its owner last proved with the password (staff: and a code) that it is them; see step-up."""
    expires_at = UtcDatetimeField()
    ended_at = UtcDatetimeField(null=True)
    end_reason = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "session"


class SigningKey(Record):
    """An ES256 key pair; the newest signs, all that have not ended verify."""

    kid = fields.CharField(max_length=40, unique=True)
    sealed_private_key = fields.TextField()
    """PEM, sealed with the installation's secret key."""
    created_at = UtcDatetimeField()
    ends_at = UtcDatetimeField(null=True)

    class Meta:
        table = "signing_key"
