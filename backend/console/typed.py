"""What somebody typed into a form of ours, read as strictly as a JSON body."""

import re
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from msgspec.structs import fields as struct_fields

from backend.border.etags import number_in
from backend.errors import InvalidBody, MalformedBody, WrongContentType

Asked = Request[Any, Any, Any]
Typed = dict[str, str]
T = TypeVar("T", bound=msgspec.Struct)
EVERY_SITE = "all"
MAX_FIELDS = 500
"""A fracture in twenty places is one form, and a browser sends what stayed empty, too."""
_NAMED = re.compile(r"`(?:\$\.)?(\w+)`$")


async def typed_in(request: Asked) -> Typed:
    """The form's fields. Raises WrongContentType or MalformedBody."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise WrongContentType("Please send the page's own form")
    try:
        text = (await request.body()).decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as fault:  # also a UnicodeDecodeError
        raise MalformedBody("The form can't be read") from fault
    if any("\0" in part for pair in pairs for part in pair):
        raise MalformedBody("Text can't contain the character U+0000")
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


def wanted(typed: Typed, struct: type[T], **read: Any) -> T:
    """What a use case takes; an empty field counts as not filled in. Raises InvalidBody naming the field.

    `read`: what the page has read from the form itself.
    """
    names = [field.name for field in struct_fields(struct) if field.name not in read]
    filled = {name: typed[name].strip() for name in names if typed.get(name, "").strip()} | read
    try:
        return msgspec.convert(filled, struct, strict=False)
    except msgspec.ValidationError as fault:
        found = _NAMED.search(str(fault))
        pointer = f"/{found[1]}" if found else ""
        raise InvalidBody(errors=[{"pointer": pointer, "detail": str(fault)}]) from fault


def with_site(typed: Typed) -> Typed:
    """The same with a site as a use case takes it: none for "all", which has to be chosen. Raises InvalidBody."""
    site = typed.get("site", "").strip()
    if not site:
        raise InvalidBody(errors=[{"pointer": "/site", "detail": "is missing"}])
    return {**typed, "site": "" if site == EVERY_SITE else site}


def ticked(typed: Typed, question: str) -> list[str]:
    """The codes of the boxes of that question that were ticked, as in `custodians.mother`."""
    return [name.partition(".")[2] for name in typed if name.startswith(question + ".")]


def seen_in(typed: Typed, letter: str = "s") -> int:
    """The change number ("v": the version) the page showed. Raises PreconditionMissing or InvalidParameter."""
    return number_in(f'"{typed["seen"]}"' if "seen" in typed else None, letter)
