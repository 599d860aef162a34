"""Reading a protocol file: refused with file, line, key and reason of everything in it that can't be right."""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from models.protocol.cross_checks import faults_in
from models.protocol.file import Protocol, ProtocolFile
from models.protocol.lines import Path as Key
from models.protocol.lines import line_of, lines_of
from models.protocol.not_published import not_published
from models.protocol.shape import Fault, shape_faults

BOOSTB4 = Path(__file__).parents[1] / "protocols" / "boostb4.toml"
NAMES = ("code", "id", "scale")
"""What a row of a table is called by; others are counted from 1."""
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class ProtocolError(Exception):
    """The protocol file can't be used; each argument names file, line, key and reason of one fault."""

    def __str__(self) -> str:
        return "; ".join(map(str, self.args))


def load_protocol(path: Path = BOOSTB4) -> Protocol:
    """Read a protocol file. Raises ProtocolError."""
    try:
        body = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ProtocolError(f"{path.name}: can't be read ({type(fault).__name__})") from fault
    return read_protocol(body, path.name)


@lru_cache(maxsize=4)
def read_protocol(body: str, name: str) -> Protocol:
    """A protocol from its text; the same text is read once. Raises ProtocolError."""
    try:
        told = tomllib.loads(body)
    except tomllib.TOMLDecodeError as fault:
        raise ProtocolError(_not_toml(body, name, str(fault))) from fault
    if faults := list(shape_faults(told, ProtocolFile)):
        raise ProtocolError(*_said(faults, told, body, name))
    content = msgspec.convert(told, ProtocolFile)
    if faults := list(faults_in(content)):
        raise ProtocolError(*_said(faults, told, body, name))
    return Protocol(content, body, hashlib.sha256(body.encode()).hexdigest())


def _not_toml(body: str, name: str, message: str) -> str:
    found = _AT_LINE.search(message)
    line = found[1] if found and found[1] else body.count("\n") + 1
    return f"{name}, line {line}: {_AT_LINE.sub('', message)}"


def _said(faults: Iterable[Fault], told: dict[str, Any], body: str, name: str) -> list[str]:
    """In the order of the file."""
    lines = lines_of(body)
    found = sorted((line_of(lines, key), _called(key, told), why) for key, why in faults)
    return [f"{name}, line {line}, {key}: {why}" if key else f"{name}: {why}" for line, key, why in found]


def _called(key: Key, told: Any) -> str:
    """`safety_rule.S3.trigger.1.all.1.field`: rows by their own name where they have one."""
    words = []
    for part in key:
        told = told[part] if isinstance(part, int) or (isinstance(told, dict) and part in told) else None
        named = next((told[one] for one in NAMES if isinstance(told, dict) and isinstance(told.get(one), str)), "")
        words.append((named or str(part + 1)) if isinstance(part, int) else part)
    return ".".join(words)


def published(protocol: Protocol) -> dict[str, Any]:
    """What the app gets, with the protocol's hash: forms, checks, rhythm, scales, safety rules, and what is unset."""
    content: dict[str, Any] = msgspec.to_builtins(protocol.file)
    return {"hash": protocol.hash, "code": protocol.file.code, "version": protocol.file.version,
            "forms": content["form"], "edit_checks": content["edit_check"], "check_in": content["check_in"],
            "pain_scales": content["pain_scale"], "follow_up": content.get("follow_up"),
            "lateness": content["lateness"], "safety_rules": content["safety_rule"],
            "not_published": msgspec.to_builtins(not_published(protocol.file))}
