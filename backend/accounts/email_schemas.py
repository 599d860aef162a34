"""What stands on the wire about e-mail addresses and forgotten passwords."""

from typing import Annotated

import msgspec
from msgspec import Meta

from backend.border.text_types import EmailAddress, Password
from models.vocabulary import SessionKind

LinkToken = Annotated[str, Meta(max_length=100)]


class EmailProof(msgspec.Struct, forbid_unknown_fields=True):
    token: LinkToken
    """What stands behind the # of the link in the mail."""


class EmailChange(msgspec.Struct, forbid_unknown_fields=True):
    email: EmailAddress


class ResetRequest(msgspec.Struct, forbid_unknown_fields=True):
    email: EmailAddress


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    token: LinkToken
    """What stands behind the # of the link in the mail."""
    password: Password
    kind: SessionKind = SessionKind.APP
    """A browser gets its device token as a cookie."""
