"""send_due(): claim → is it still wanted? → channel → record. Nothing is sent inside a transaction.

A sender that is killed leaves a lease; another takes the notice when it runs out. What was handed over but not
recorded then leaves a second time under the same Message-ID. The inbox shows a notice whatever happens here.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import Notice, NoticeAttempt, StudyProtocol
from models.delivery import back_off, claim_due, finish
from models.transaction import atomic
from models.vocabulary import DeliveryState
from notifications.channels.base import Channel, ChannelError, Parcel
from notifications.messages import Text, text_of
from notifications.privacy import ClinicalContent, refuse_clinical_content
from notifications.relevance import Later, Tell, Void, judge

AT_ONCE = 10
DEADLINE = 30.0
"""Seconds for one notice on all channels together: well inside the lease, so that its fence still holds."""
GIVE_UP_AFTER = timedelta(days=2)
MAX_BUGS = 17
"""Tries that ended in a fault of ours; with back-off about two days as well."""
ACCEPTED, FAILED, REFUSED = "accepted", "failed", "refused"
log = logging.getLogger("notifications")


@dataclass(frozen=True)
class Round:
    """What one run of the sender works with."""

    channels: Sequence[Channel]
    app_name: str
    now: Callable[[], datetime]
    study_codes: frozenset[str]


async def send_due(channels: Sequence[Channel], app_name: str, now_fn: Callable[[], datetime]) -> int:
    """Send what is due; the answer is how many notices some channel accepted."""
    accepted = 0
    codes: frozenset[str] | None = None
    while claimed := await claim_due(Notice, now_fn(), AT_ONCE):
        if codes is None:
            codes = frozenset(await StudyProtocol.all().values_list("code", flat=True))  # type: ignore[arg-type]
        this = Round(channels, app_name, now_fn, codes)
        accepted += sum(await asyncio.gather(*(_send(this, notice) for notice in claimed)))
    return accepted


async def _send(this: Round, notice: Notice) -> bool:
    """One notice to its end; whatever goes wrong with it stays with it."""
    try:
        match await judge(notice, this.now()):
            case Void(reason):
                await _finish(notice, state=DeliveryState.CANCELLED, last_error=reason)
            case Later(due_at):
                await _finish(notice, due_at=due_at, attempts=notice.attempts - 1)
            case Tell() as tell:
                return await _tell(this, notice, tell)
    except Exception as bug:
        log.error("notice=%s bug=%s", notice.id, type(bug).__name__)
        state = DeliveryState.DEAD if notice.attempts > MAX_BUGS else DeliveryState.QUEUED
        await _finish(notice, state=state, due_at=back_off(notice.attempts, this.now()), last_error="bug")
    return False


async def _tell(this: Round, notice: Notice, tell: Tell) -> bool:
    text = text_of(notice, tell.account.language, this.app_name)
    try:
        _refuse_clinical(text, this.study_codes | tell.codes)
    except ClinicalContent as refusal:
        log.error("notice=%s kind=%s not sent: its text contains a %s", notice.id, notice.kind, refusal)
        await _finish(notice, state=DeliveryState.DEAD, last_error="clinical_content")
        return False
    earlier = await NoticeAttempt.filter(notice_id=notice.id).order_by("at", "id")
    settled = {attempt.channel for attempt in earlier if attempt.outcome != FAILED}
    tries = []
    for channel in this.channels:
        address = channel.address_of(tell.account, tell.preference)
        if address and channel.name not in settled:
            parcel = Parcel(notice.id, address, text.subject, f"{text.body}\n\n{text.footer}\n", this.now())
            tries.append(await _try(this, channel, parcel))
    await _record(notice, earlier, tries, this.now())
    return any(attempt.outcome == ACCEPTED for attempt in tries)


def _refuse_clinical(text: Text, codes: frozenset[str]) -> None:
    for part in (text.subject, text.body, text.footer):
        refuse_clinical_content(part, codes)


async def _try(this: Round, channel: Channel, parcel: Parcel) -> NoticeAttempt:
    outcome, error = ACCEPTED, None
    try:
        async with asyncio.timeout(DEADLINE / len(this.channels)):
            await channel.send(parcel)
    except ChannelError as failure:
        outcome, error = REFUSED if failure.permanent else FAILED, str(failure)
    except TimeoutError:
        outcome, error = FAILED, "deadline"
    return NoticeAttempt(
        notice_id=parcel.id, channel=channel.name, at=this.now(), outcome=outcome, error=error
    )


@atomic
async def _record(
    notice: Notice, earlier: list[NoticeAttempt], tries: list[NoticeAttempt], now: datetime
) -> None:
    """Every try is kept, also one whose lease ran out meanwhile."""
    for attempt in tries:
        await attempt.save(force_create=True)
    await _finish(notice, **_ending(notice, earlier, tries, now))


def _ending(
    notice: Notice, earlier: list[NoticeAttempt], tries: list[NoticeAttempt], now: datetime
) -> dict[str, Any]:
    errors = [attempt.error for attempt in tries if attempt.error]
    last_error = errors[-1] if errors else None
    failed = any(attempt.outcome == FAILED for attempt in tries)
    if failed and now - (earlier or tries)[0].at < GIVE_UP_AFTER:
        return {"due_at": back_off(notice.attempts, now), "last_error": last_error}
    outcomes = {attempt.outcome for attempt in [*earlier, *tries]}
    if outcomes and ACCEPTED not in outcomes:
        return {"state": DeliveryState.DEAD, "last_error": last_error}
    # Without any channel it is told by the inbox alone, as that person wishes.
    return {"state": DeliveryState.DELIVERED, "delivered_at": now, "last_error": last_error}


async def _finish(notice: Notice, **changes: Any) -> None:
    if not await finish(notice, notice.fence, **changes):
        log.warning("notice=%s was taken over", notice.id)
