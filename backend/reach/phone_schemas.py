"""What stands on the wire about one's own phone number."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class PhoneView(msgspec.Struct):
    phone: str | None
    """The number that counts, E.164."""
    unproved: str | None
    """The number to which a code was sent that nobody has typed yet."""
    code: Literal["on_its_way", "sent", "failed"] | None
    """How far that code got."""


class PhoneChange(msgspec.Struct, forbid_unknown_fields=True):
    phone: Annotated[str, Meta(max_length=40, examples=["+46 70 174 06 05"])]
    """With its country code."""


class PhoneProof(msgspec.Struct, forbid_unknown_fields=True):
    code: Annotated[str, Meta(pattern=r"^[0-9]{6}$(?!\n)", examples=["492039"])]
    """The six digits of the SMS."""
