"""send_due(): claim a batch → is it still wanted? → note that it is handed over → hand over → note what came of it.

Nothing is sent inside a transaction. A sender that is killed leaves its notices leased and their attempts `sent`;
another takes them when the lease runs out and hands them over again under the same id and tag, so that a phone shows
one. The inbox shows a notice whatever happens here.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import BaseORMException

from models import Notice, StudyProtocol
from models.delivery import back_off, claim_due
from models.protocol import ReminderRule
from models.transaction import atomic
from models.vocabulary import AttemptState, DeliveryState, NoticeRank
from notifications.channels.base import Channel
from notifications.sending.circumstances import circumstances_of, lock_accounts
from notifications.sending.endings import WAITS, Work, after_replacing, after_tries, settled
from notifications.sending.errands import Desk
from notifications.sending.hand_over import Outcome, hand_over
from notifications.sending.parcels import Letterhead
from notifications.sending.relevance import Judge, by_rank
from notifications.sending.writing import GoingOn, go_on, mark_sent, note_refused_addresses, record_outcomes, still_mine
from notifications.words.privacy import ClinicalContent

BATCH = 96
MAX_BUGS = 17
"""Claims that ended in a fault of ours; with back-off about two days."""
WRITES = 6
"""So often we try to write down what has left, half a second apart: else it would leave again."""
log = logging.getLogger("notifications")
ByChannel = dict[str, Outcome]


@dataclass(frozen=True)
class Round:
    """What one run of the sender works with."""

    channels: Sequence[Channel]
    head: Letterhead
    rule: ReminderRule
    now: Callable[[], datetime]


async def send_due(
    channels: Sequence[Channel], app_name: str, now_fn: Callable[[], datetime], rule: ReminderRule | None = None
) -> int:
    """Send what is due; the answer is how many notices some channel accepted."""
    accepted = 0
    this: Round | None = None
    while claimed := await claim_due(Notice, now_fn(), BATCH):
        if this is None:
            codes = await StudyProtocol.all().values_list("code", flat=True)
            head = Letterhead(app_name, frozenset(codes))  # type: ignore[arg-type] # flat: each is a text
            this = Round(channels, head, rule or ReminderRule(), now_fn)
        accepted += await _send(this, claimed)
    return accepted


async def _send(this: Round, claimed: list[Notice]) -> int:
    desk = await _prepare(this, claimed)
    if desk is None or not desk.works:
        return 0
    outcomes: dict[tuple[UUID, str], Outcome] = {}
    try:
        await hand_over(desk.errands, this.now, outcomes)
    finally:
        await _write_down(this, desk.works, outcomes)
    taken = {key[0] for key, outcome in outcomes.items() if outcome.state is AttemptState.ACCEPTED}
    return len(taken & {work.notice.id for work in desk.works if not work.taken_back})


@atomic
async def _prepare(this: Round, claimed: list[Notice]) -> Desk | None:
    """Judge the whole batch, and write down what is about to leave."""
    now = this.now()
    await lock_accounts(n.account_id for n in claimed if n.rank >= NoticeRank.OTHER)
    mine = await still_mine(claimed[0].fence)
    notices = [notice for notice in by_rank(claimed) if notice.id in mine]
    if not notices:
        return None
    for notice in notices:
        notice.done_at = mine[notice.id]
    desk = Desk(this.channels, this.head, Judge(await circumstances_of(notices, now), this.rule, now))
    goings = [going for notice in notices if (going := _take(desk, notice))]
    await mark_sent(desk.errands, now)
    await go_on(goings, now)
    return desk


def _take(desk: Desk, notice: Notice) -> GoingOn | None:
    """Whatever goes wrong with one notice stays with it."""
    try:
        return desk.take(notice)
    except ClinicalContent as refusal:
        log.error("notice=%s kind=%s not sent: its text contains a %s", notice.id, notice.kind, refusal)
        return GoingOn(notice, DeliveryState.DEAD, last_error="clinical_content", supersedes=WAITS)
    except Exception as bug:
        log.error("notice=%s bug=%s", notice.id, type(bug).__name__)
        state = DeliveryState.DEAD if notice.attempts > MAX_BUGS else DeliveryState.QUEUED
        return GoingOn(notice, state, back_off(notice.attempts, desk.judge.now), "bug")


async def _write_down(this: Round, works: list[Work], outcomes: dict[tuple[UUID, str], Outcome]) -> None:
    """What has left must be known, also if the database is away for a moment."""
    by_notice: dict[UUID, ByChannel] = defaultdict(dict)
    for (notice_id, channel), outcome in outcomes.items():
        by_notice[notice_id][channel] = outcome
    for work in works:
        _note(work, by_notice[work.notice.id])
    for left in reversed(range(WRITES)):
        try:
            await _record(this, works, by_notice)
            return
        except BaseORMException:
            if not left:
                raise
            await asyncio.sleep(0.5)


def _note(work: Work, outcomes: ByChannel) -> None:
    """What came of it, among what has been tried so far."""
    for channel, outcome in outcomes.items():
        if not work.taken_back:
            attempt = work.tried[channel]
            attempt.tries -= not outcome.counts
            outcomes[channel] = settled(outcome, attempt.tries)
            attempt.state, attempt.error = outcomes[channel].state, outcome.error


@atomic
async def _record(this: Round, works: list[Work], by_notice: dict[UUID, ByChannel]) -> None:
    now = this.now()
    mine = await still_mine(works[0].notice.fence)
    outcomes = [outcome for by_channel in by_notice.values() for outcome in by_channel.values()]
    await record_outcomes(outcomes)
    goings = []
    for work in works:
        if work.notice.id not in mine:
            log.warning("notice=%s was taken over", work.notice.id)
            continue
        going = _going_on(this, work, by_notice[work.notice.id], now)
        if mine[work.notice.id] and not work.taken_back and going.told_at:
            going = replace(going, state=DeliveryState.QUEUED, due_at=now)  # done while it was in our hands
        goings.append(going)
    await go_on(goings, now)
    await note_refused_addresses(outcomes, now)


def _going_on(this: Round, work: Work, outcomes: ByChannel, now: datetime) -> GoingOn:
    if work.taken_back:
        return after_replacing(work, list(outcomes.values()), now)
    return after_tries(work, outcomes, this.rule, now)
