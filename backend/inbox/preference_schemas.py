"""What stands on the wire about how one wants to be told."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from models import NoticePreference
from models.vocabulary import NoticeKind

Hour = Annotated[int, Meta(ge=0, le=23)]
Weekday = Annotated[int, Meta(ge=1, le=7)]
Way = Literal["push", "email", "sms"]
Ways = Annotated[list[Way], Meta(max_length=3)]


class PreferencesChange(msgspec.Struct, forbid_unknown_fields=True):
    """Only what is sent changes, so that a phone that knows less undoes nothing."""

    push_on: bool | UnsetType = UNSET
    email_on: bool | UnsetType = UNSET
    sms_on: bool | UnsetType = UNSET
    """Needs a number that was proved."""
    by_kind: dict[NoticeKind, Ways] | UnsetType = UNSET
    """Kind → the channels for it, of those that are on; a kind left out takes them all, an empty list none."""
    fallback: Ways | UnsetType = UNSET
    """All three, in the order in which they are tried while nobody has looked; empty = push, e-mail, SMS."""
    quiet_from: Hour | UnsetType = UNSET
    quiet_until: Hour | UnsetType = UNSET
    """Full hours in the account's own zone; the same hour twice means no quiet hours."""
    hour: Hour | UnsetType | None = UNSET
    """For reminders; null = as the study has it."""
    weekday: Weekday | UnsetType | None = UNSET
    """1 = Monday: when the week is asked for; null = on its last day."""
    digest_weekday: Weekday | UnsetType | None = UNSET
    """1 = Monday: whatever can wait is told together on that day; null = each by itself."""
    away_from: date | UnsetType | None = UNSET
    away_until: date | UnsetType | None = UNSET
    """A holiday, both days included."""


class Reach(msgspec.Struct):
    """By what one can be reached at all."""

    email: Literal["proved", "unproved", "refused"]
    """refused = a mail server said that this address takes nothing; proved anew it is tried again."""
    phone_proved: bool
    push_devices: int
    """Phones and browsers that can be told by push now."""


class Preferences(msgspec.Struct):
    push_on: bool
    email_on: bool
    sms_on: bool
    by_kind: dict[NoticeKind, Ways]
    fallback: Ways
    quiet_from: Hour
    quiet_until: Hour
    """Full hours in the account's own zone; the same hour twice means no quiet hours."""
    hour: Hour | None
    weekday: Weekday | None
    digest_weekday: Weekday | None
    away_from: date | None
    away_until: date | None
    changed_at: datetime | None
    reach: Reach

    @classmethod
    def of(cls, preference: NoticePreference, reach: Reach) -> "Preferences":
        names = [name for name in cls.__struct_fields__ if name != "reach"]
        return msgspec.convert({name: getattr(preference, name) for name in names} | {"reach": reach}, cls)
