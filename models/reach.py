"""Where a person can be reached besides e-mail: phones, browsers, a number, a calendar; and what providers lend us."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.account import Account
from models.delivery import Delivery
from models.fields import UtcDatetimeField, one_of
from models.record import Record
from models.vocabulary import PushEnvironment, PushProvider


class PushDevice(Record):
    """One installation of an app or one browser; it moves along with whoever signs in on it."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    session_id = fields.UUIDField(null=True, db_index=True)
    """The session it registered in: with that it ends."""
    installation_id = fields.CharField(max_length=64)
    """Chosen by the app at its installation."""
    service = one_of(PushProvider, max_length=10)
    environment = one_of(PushEnvironment, max_length=12, default=PushEnvironment.PRODUCTION)
    token = fields.CharField(max_length=2048, db_index=True)
    """FCM and APNs: the registration token. Web Push: the endpoint. Whoever registers it last has it alone."""
    keys: fields.JSONField[dict[str, str]] = fields.JSONField(default=dict, db_default="{}")
    """Web Push: `p256dh` and `auth`, base64url."""
    registered_at = UtcDatetimeField()
    """When it last told this token: what a service says of an older one is not about this."""
    last_seen_at = UtcDatetimeField()
    last_ok_at = UtcDatetimeField(null=True)
    last_error = fields.CharField(max_length=200, null=True)
    ended_at = UtcDatetimeField(null=True)
    end_reason = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "push_device"
        unique_together = (("installation_id", "service", "environment"),)


class PhoneCode(Delivery):
    """A code on its way by SMS: who types it reads what comes to that number. The code itself is kept nowhere."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    phone = fields.CharField(max_length=20)
    """E.164."""
    tries = fields.SmallIntField(default=0, db_default=0)
    """How often somebody typed a code for it, right or wrong."""
    expires_at = UtcDatetimeField()
    used_at = UtcDatetimeField(null=True)
    """When it was shown, or another one took its place."""

    class Meta:
        table = "phone_code"


class CalendarFeed(Record):
    """The secret address under which one person's calendar reads their visits."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    secret_hash = fields.CharField(max_length=64, unique=True)
    shows_details = fields.BooleanField(default=False)
    """Whether its owner wants to read there what the visit is, and not only that there is one."""
    created_at = UtcDatetimeField()
    revoked_at = UtcDatetimeField(null=True)
    last_read_at = UtcDatetimeField(null=True)

    class Meta:
        table = "calendar_feed"


class ProviderToken(Model):
    """A short-lived token with which we speak to a push service, shared by all processes: APNs counts new ones."""

    name = fields.CharField(max_length=120, primary_key=True)
    sealed_token = fields.TextField()
    """Sealed with the installation's secret key."""
    issued_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()

    class Meta:
        table = "provider_token"
