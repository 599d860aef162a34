"""Texts as they may arrive, said once for all rooms; lengths are those of the columns.

Patterns end in `$(?!\\n)`: a bare `$` also matches before a last line break.
"""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from msgspec import Meta

from backend.errors import DoesNotFit

# \s is not the same everywhere: what Python or JavaScript alone take for a space is named.
EmailAddress = Annotated[str, Meta(
    max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f\x85\ufeff]+@[^@\s\x00-\x1f\x7f\x85\ufeff]+$(?!\n)",
    examples=["mia@example.org"],
)]
DisplayName = Annotated[
    str, Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$(?!\n)")
]
Password = Annotated[str, Meta(max_length=1024)]
LanguageTag = Annotated[str, Meta(max_length=10, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$(?!\n)", examples=["sv"])]
ZoneName = Annotated[str, Meta(max_length=64, examples=["Europe/Stockholm"])]
DeviceName = Annotated[str, Meta(max_length=120)]
AppVersion = Annotated[str, Meta(max_length=40)]
SiteCode = Annotated[str, Meta(max_length=10, examples=["SE01"])]


def require_timezone(name: str) -> str:
    """The name as given. Raises DoesNotFit unless it is an IANA time zone."""
    if name not in _zones():
        raise DoesNotFit(errors=[{"pointer": "/timezone", "detail": "is not a time zone of the IANA list"}])
    return name


@cache
def _zones() -> set[str]:
    return available_timezones()
