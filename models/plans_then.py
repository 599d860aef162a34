"""The visit plan of the protocol version by which a child's visits were counted: a running child keeps its plan until
somebody moves it to a newer version.
"""

import tomllib
from functools import lru_cache

import msgspec

from models.protocol import Protocol, VisitRule
from models.study import StudyProtocol


async def visit_rules_of(version: str, protocol: Protocol) -> list[VisitRule]:
    """Of the version with this hash; today's where that one was never kept or can't be read any more."""
    if version == protocol.hash:
        return protocol.file.visit
    kept = await StudyProtocol.get_or_none(hash=version)
    rules = _rules_in(kept.body) if kept else None
    return protocol.file.visit if rules is None else list(rules)


@lru_cache(maxsize=64)
def _rules_in(body: str) -> tuple[VisitRule, ...] | None:
    try:
        return tuple(msgspec.convert(tomllib.loads(body).get("visit", []), list[VisitRule]))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError):
        return None
