"""The name of one request: in its log line, in X-Request-Id and, when it met a bug, in what its sender is told."""

import random
import re
from typing import Any

WELL_FORMED = re.compile(rb"[0-9a-fA-F-]{16,64}")
"""Hexadecimal digits, such as a UUID: no word of anybody's gets into a log by this way."""


def request_id(scope: Any) -> str:
    """A proxy's own, where the settings name one and it is well formed; otherwise made here. The same all along."""
    known: str | None = scope.get("request_id")
    if known is None:
        known = scope["request_id"] = _from_proxy(scope) or f"{random.getrandbits(64):016x}"
    return known


def _from_proxy(scope: Any) -> str | None:
    if not scope["litestar_app"].state.wiring.settings.trusted_proxies:
        return None
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if WELL_FORMED.fullmatch(given) else None
