"""What who writes is told about safety: that nobody watches day and night, and later that the study staff have read it.

Who may report only is told by their own words alone: whether there is a case may be news that others wrote.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from backend.diary.schemas import EntryView, ItemResult, SafetyTold
from backend.diary.uploads import Sender, Upload
from backend.safety.rules import may_fit
from models import Account, SafetyCase
from models.vocabulary import EntryKind
from notifications.words.safety_texts import safety_notice


async def cases_among(entry_ids: Iterable[UUID]) -> dict[UUID, datetime | None]:
    """Entry → since when somebody has read it, for those that opened a case."""
    found = SafetyCase.filter(entry_id__in=list(entry_ids))
    return dict(await found.values_list("entry_id", "acknowledged_at"))


async def seen_by_family(view: EntryView, account_id: UUID, emergency_number: str) -> EntryView:
    """The entry as one of its readers gets it."""
    found = await cases_among([view.id])
    if view.id not in found:
        return view
    told = SafetyTold(await _notice(account_id, emergency_number), True, found[view.id])
    return msgspec.structs.replace(view, safety=told)


async def told_after(sender: Sender, view: EntryView, upload: Upload) -> EntryView:
    """The same after a write of theirs."""
    if sender.may_see:
        return await seen_by_family(view, sender.actor.account, sender.emergency_number)
    if not may_fit(sender.protocol, view.kind, upload.data):
        return view
    notice = await _notice(sender.actor.account, sender.emergency_number)
    return msgspec.structs.replace(view, safety=SafetyTold(notice))


async def add_to_results(sender: Sender, written: list[tuple[EntryKind, Upload, ItemResult]]) -> None:
    """To each result of a batch what its entry asks for."""
    found = await cases_among([upload.id for _, upload, _ in written]) if sender.may_see else {}
    notice = None
    for kind, upload, result in written:
        is_told = upload.id in found or (not sender.may_see and may_fit(sender.protocol, kind, upload.data))
        if is_told:
            notice = notice or await _notice(sender.actor.account, sender.emergency_number)
            result.safety = SafetyTold(notice, upload.id in found, found.get(upload.id))


async def _notice(account_id: UUID, emergency_number: str) -> str:
    account = await Account.get(id=account_id).only("id", "language")
    return safety_notice(account.language, emergency_number)
