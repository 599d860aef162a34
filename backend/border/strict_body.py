"""Bodies are read strictly: no "5" for 5, every fault at once with its JSON pointer, nothing that hurts the process.

Litestar's own reading is lax (it turns "5" into 5 and 0 into 1970), reports one fault, parses text/plain as JSON,
and answers 500 to deep nesting and invalid UTF-8.
"""

import re
from itertools import islice
from typing import Any

import msgspec
from litestar import Request
from litestar.types.empty import Empty

from backend.border.faults import faults
from backend.errors import InvalidBody, MalformedBody, WrongContentType

MAX_BODY = 1024 * 1024
SMALL_BODY = 16 * 1024
"""For those whom we don't know yet: reading a large body costs a tenth of a second of everybody's."""
MAX_DEPTH = 32
MAX_FAULTS = 100
TOO_LARGE_NUMBER = 2**63
"""From here on the two databases give back other numbers than were sent."""
# An open string runs to the end and nothing is tried twice: a body of many \" costs linear time.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
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
    raw = sound_json(body)
    decoder = _decoders.get(wanted) or _decoders.setdefault(wanted, msgspec.json.Decoder(wanted, strict=True))
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as fault:
        wrong = list(islice(faults(raw, wanted), MAX_FAULTS)) or [{"pointer": "", "detail": str(fault)}]
        if all(_is_whole(found, raw) for found in wrong):
            return read_body(msgspec.json.encode(raw), wanted)
        raise InvalidBody(errors=wrong) from fault
    except (msgspec.DecodeError, RecursionError, ValueError) as fault:
        raise MalformedBody("The body is not JSON") from fault


def _is_whole(fault: dict[str, str], raw: Any) -> bool:
    """Whether it is only a whole number written as 5.0, as some languages do; it then becomes 5 in `raw`."""
    if not fault["detail"].startswith("Expected `int") or not fault["detail"].endswith("got `float`"):
        return False
    *way, name = [step.replace("~1", "/").replace("~0", "~") for step in fault["pointer"].split("/")[1:]]
    for step in way:
        raw = raw[int(step) if isinstance(raw, list) else step]
    place: Any = int(name) if isinstance(raw, list) else name
    if not raw[place].is_integer():
        return False
    raw[place] = int(raw[place])
    return True


def sound_json(body: bytes) -> Any:
    """The decoded body, if it would come back as it was sent. Raises MalformedBody, in linear time."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise MalformedBody("The body is not UTF-8") from fault
    frame = _STRINGS.sub(b"", body)
    if _depth(frame) > MAX_DEPTH:
        raise MalformedBody(f"The body is nested deeper than {MAX_DEPTH}")
    try:
        raw = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as fault:
        raise MalformedBody("The body is not JSON") from fault
    if _members(raw) != frame.count(b":"):
        raise MalformedBody("An object names a member twice")
    if b"\\u0000" in body and _has_nul(raw):
        raise MalformedBody("Text can't contain the character U+0000")
    return raw


def _depth(frame: bytes) -> int:
    if frame.count(b"[") + frame.count(b"{") <= MAX_DEPTH:
        return 0
    deepest = depth = 0
    for bracket in frame.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _members(value: Any) -> int:
    """How many members all objects have together. Raises MalformedBody for a number that can't be kept."""
    if isinstance(value, dict):
        return len(value) + sum(map(_members, value.values()))
    if isinstance(value, list):
        return sum(map(_members, value))
    if isinstance(value, int | float) and abs(value) >= TOO_LARGE_NUMBER:
        raise MalformedBody("A number is too large")
    return 0


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(_has_nul(inner) for inner in value)
