"""What goes with somebody's access to a participant, in the same transaction: what we were about to tell them,
the invitations they gave, and their signed-in devices when they speak for nobody else."""

from datetime import datetime
from uuid import UUID

from backend.access.credentials import is_staff
from backend.access.open_codes import open_codes, void_codes
from backend.access.scope import locked_account
from backend.access.sessions import end_sessions
from backend.audit import Changes
from models import Guardianship, Notice, Participant
from models.spans import not_over
from models.vocabulary import DeliveryState

GUARDIANSHIP_OVER = "guardianship_over"


async def cut_off(participant: Participant, account_id: UUID, now: datetime) -> Changes:
    """The guardianship itself has ended or is locked; the answer is what went with it, for the trail."""
    notices = await Notice.filter(
        account_id=account_id, participant_id=participant.id, state=DeliveryState.QUEUED
    ).update(state=DeliveryState.CANCELLED, last_error=GUARDIANSHIP_OVER)
    counts = {
        "notices": notices,
        "invitations": await revoke_invitations(participant, now, by=account_id),
        "sessions": await _end_sessions(account_id, now),
    }
    return {name: [count, 0] for name, count in counts.items() if count}


async def revoke_invitations(participant: Participant, now: datetime, *, by: UUID) -> int:
    """Those that this account gave and nobody has redeemed."""
    return await void_codes(open_codes(participant).filter(by_family=True, issued_by_id=by), now)


async def _end_sessions(account_id: UUID, now: datetime) -> int:
    account = await locked_account(account_id)
    speaks = await Guardianship.filter(not_over(now), account_id=account_id, locked_at__isnull=True).exists()
    if speaks or account is None or await is_staff(account, now):
        return 0
    return await end_sessions(account_id, GUARDIANSHIP_OVER, now)
