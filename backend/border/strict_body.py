"""Bodies are read strictly: no "5" for 5, every fault at once with its JSON pointer, nothing that hurts the process.

Litestar's own reading is lax (it turns "5" into 5 and 0 into 1970), reports one fault, parses text/plain as JSON,
and answers 500 to deep nesting and invalid UTF-8.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Request
from litestar.types.empty import Empty
from msgspec.structs import fields as struct_fields

from backend.errors import InvalidBody, MalformedBody, WrongContentType

MAX_BODY = 1024 * 1024
MAX_DEPTH = 32
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


class StrictRequest(Request[Any, Any, Any]):
    """The request class of the whole app."""

    async def json(self) -> Any:
        if self._json is not Empty:
            return self._json
        wanted = self.route_handler.parsed_fn_signature.parameters.get("data")
        if wanted is None:
            return await super().json()
        _require_json(self.headers.get("content-type", ""))
        self._json = self._connection_state.json = read_body(await self.body(), wanted.annotation)
        return self._json


def _require_json(content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise WrongContentType


def read_body(body: bytes, wanted: Any) -> Any:
    """Decode and validate. Raises MalformedBody or InvalidBody."""
    refuse_hostile(body)
    decoder = _decoders.get(wanted) or _decoders.setdefault(wanted, msgspec.json.Decoder(wanted, strict=True))
    try:
        value = decoder.decode(body)
    except msgspec.ValidationError as fault:
        raise _invalid(body, wanted, str(fault)) from fault
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as fault:
        raise MalformedBody("The body is not JSON") from fault
    if b"\\u0000" in body and _has_nul(msgspec.json.decode(body)):
        raise MalformedBody("Text can't contain the character U+0000")
    return value


def refuse_hostile(body: bytes) -> None:
    """Refuse invalid UTF-8 and nesting beyond MAX_DEPTH in linear time, before any parser sees it."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise MalformedBody("The body is not UTF-8") from fault
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        raise MalformedBody(f"The body is nested deeper than {MAX_DEPTH}")


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for bracket in _STRINGS.sub(b"", body).translate(None, _NOT_BRACKETS):
        if bracket in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(_has_nul(inner) for inner in value)


def _invalid(body: bytes, wanted: Any, fallback: str) -> InvalidBody | MalformedBody:
    try:
        raw = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError):  # truncated after the first fault
        return MalformedBody("The body is not JSON")
    return InvalidBody(errors=list(faults(raw, wanted)) or [{"pointer": "", "detail": fallback}])


def faults(raw: Any, wanted: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Every fault of a decoded body against a struct type, with RFC 6901 pointers."""
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct) and isinstance(raw, dict):
        yield from _struct_faults(raw, wanted, pointer)
        return
    element = _list_element(wanted)
    if element is not None and isinstance(raw, list):
        for index, inner in enumerate(raw):
            yield from faults(inner, element, f"{pointer}/{index}")
        return
    try:
        msgspec.convert(raw, wanted, strict=True, builtin_types=())
    except msgspec.ValidationError as fault:
        message, _, location = str(fault).partition(" - at `$")
        yield {"pointer": pointer + _as_pointer(location), "detail": message}


def _struct_faults(raw: dict[str, Any], wanted: type[msgspec.Struct], pointer: str) -> Iterator[dict[str, str]]:
    known = set()
    for field in struct_fields(wanted):
        known.add(field.encode_name)
        here = f"{pointer}/{field.encode_name}"
        if field.encode_name in raw:
            yield from faults(raw[field.encode_name], field.type, here)
        elif field.required:
            yield {"pointer": here, "detail": "is required"}
    if wanted.__struct_config__.forbid_unknown_fields:
        yield from ({"pointer": f"{pointer}/{_escaped(name)}", "detail": "is not known here"}
                    for name in raw if name not in known)


def _list_element(wanted: Any) -> Any:
    described = msgspec.inspect.type_info(wanted)
    if isinstance(described, msgspec.inspect.ListType) and isinstance(
        described.item_type, msgspec.inspect.StructType
    ):
        return described.item_type.cls
    return None


def _as_pointer(location: str) -> str:
    return location.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
