"""ETags: `"v3"` names an entry's version (families), `"s42"` its last change of any sort (staff); the last page of
changes carries its participant's last change number in this database (weak: `server_time` goes on).
"""

import re
from typing import Annotated
from uuid import UUID

from litestar.params import HeaderParameter

from backend.errors import InvalidParameter, PreconditionMissing

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]
IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match")]
_TAG = re.compile(r'^"([vs])(\d{1,18})"$')


def version_tag(version: int) -> str:
    return f'"v{version}"'


def change_tag(seq: int) -> str:
    return f'"s{seq}"'


def head_tag(seq: int, epoch: UUID) -> str:
    return f'W/"{epoch.hex}-{seq}"'


def number_in(tag: str | None, letter: str) -> int:
    """The number in an If-Match header. Raises PreconditionMissing (absent) or InvalidParameter (odd)."""
    if tag is None:
        raise PreconditionMissing
    found = _TAG.match(tag.strip())
    if not found or found[1] != letter:
        raise InvalidParameter("If-Match is not an ETag of this resource")
    return int(found[2])
