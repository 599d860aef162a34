"""What let somebody in when the backup was made lets nobody in after a restore: it may have been ended since."""

from datetime import datetime

from backend.access.open_codes import every_open_code, void_codes
from backend.access.sessions import end_every_session
from models import AccountMail, CalendarFeed, FirstSignInLink, MailedLink
from models.vocabulary import DeliveryState, MailKind

RESTORED = "restored"
WITH_A_LINK = (MailKind.VERIFY_EMAIL, MailKind.CHANGE_EMAIL, MailKind.RESET_PASSWORD)


async def end_what_lets_in(now: datetime) -> dict[str, int]:
    """Sessions, linking codes and secret links; how many of each. Inside the restore's own transaction."""
    queued = AccountMail.filter(state=DeliveryState.QUEUED, kind__in=WITH_A_LINK)
    mailed = await MailedLink.filter(used_at__isnull=True).update(used_at=now)
    first = await FirstSignInLink.filter(used_at__isnull=True).update(used_at=now)
    feeds = await CalendarFeed.filter(revoked_at=None).update(revoked_at=now)
    await queued.update(state=DeliveryState.CANCELLED, last_error=RESTORED, sealed_link=None)
    return {
        "sessions": await end_every_session(RESTORED, now), "codes": await void_codes(every_open_code(), now),
        "links": mailed + first + feeds,
    }
