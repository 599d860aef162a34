"""Time zones by their IANA name."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=1000)
def known_zone(name: str | None) -> ZoneInfo | None:
    """None for a name that nobody knows, and for none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
