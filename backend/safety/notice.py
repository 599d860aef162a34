"""The sentence families read wherever they write about an injury, in their own language."""

from uuid import UUID

from backend.safety.schemas import SafetyNotice
from models import Account
from notifications.words.languages import language_for
from notifications.words.safety_texts import safety_notice


async def notice_for(account_id: UUID, emergency_number: str, language: str | None = None) -> SafetyNotice:
    wanted = language or (await Account.get(id=account_id).only("id", "language")).language
    return SafetyNotice(language_for(wanted), safety_notice(wanted, emergency_number), emergency_number)
