"""What holds from one instant to another, or until further notice: roles, guardianships, keys."""

from datetime import datetime

from tortoise.expressions import Q


def not_over(now: datetime) -> Q:
    """It holds, or will."""
    return Q(Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def holds(now: datetime) -> Q:
    """It has begun and is not over."""
    return Q(not_over(now), starts_at__lte=now)


def speaks(now: datetime) -> Q:
    """Guardianships whose holder speaks for the participant now: no court order has locked them."""
    return Q(holds(now), locked_at__isnull=True)
