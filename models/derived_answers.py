"""What follows from the answers without being one; stands beside them, never over what was sent."""

from typing import Any

from models.pain import total_of

LOW_IMPACT = frozenset({"none_apparent", "minimal_handling", "fall_from_lying_or_sitting", "fall_from_standing"})
HIGH_IMPACT = frozenset({"fall_from_height", "road_accident"})
"""Key4OI: low = up to a fall from one's own height. A hit may be either."""


def derived_answers(data: dict[str, Any]) -> dict[str, Any]:
    """`pain_total` of FLACC and r-FLACC (0-10), `impact_class` of a fracture's force (low, high, unknown)."""
    total = total_of(data)
    derived: dict[str, Any] = {} if total is None else {"pain_total": total}
    if isinstance(data.get("force"), str):
        derived["impact_class"] = _impact_of(data["force"])
    return derived


def _impact_of(force: str) -> str:
    return "low" if force in LOW_IMPACT else "high" if force in HIGH_IMPACT else "unknown"
