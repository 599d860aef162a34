"""Linking codes that could still let somebody in, and how they stop doing so."""

from datetime import datetime

from tortoise.queryset import QuerySet

from models import LinkingCode, Participant


def open_codes(participant: Participant) -> QuerySet[LinkingCode]:
    """Of this participant, neither redeemed nor revoked."""
    return every_open_code().filter(participant_id=participant.id)


def every_open_code() -> QuerySet[LinkingCode]:
    return LinkingCode.filter(redeemed_at__isnull=True, revoked_at__isnull=True)


async def void_codes(codes: QuerySet[LinkingCode], now: datetime) -> int:
    """Nobody can redeem these any more; how many. The caller holds the participant's lock."""
    return await codes.update(revoked_at=now)
