"""What a sender writes down of a whole batch: that it hands over, what came of it, and how each notice goes on.

States of an attempt only rise: a receipt that was quicker than our own note stands.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models import Account, Notice, NoticePreference
from models.fields import new_id
from models.statement import identifier, instant, is_postgres, many, rows
from models.vocabulary import AttemptState, ChannelName, DeliveryState
from notifications.sending.hand_over import Errand, Outcome

ADDRESS_REFUSED = frozenset({"recipient_refused", "address_unusable"})
STOPPED = "stopped"
_MARK = """INSERT INTO notice_attempt (id, notice_id, channel, state, at, tries) VALUES ($1, $2, $3, 'sent', $4, 1)
ON CONFLICT (notice_id, channel) DO UPDATE SET state = 'sent', at = excluded.at, tries = notice_attempt.tries + 1
WHERE notice_attempt.state IN ('queued', 'sent')"""
_RECORD = """UPDATE notice_attempt SET
  state = CASE WHEN state IN ('queued', 'sent') THEN CAST($3 AS varchar) ELSE state END,
  error = CAST($4 AS varchar), provider_id = coalesce(CAST($5 AS varchar), provider_id), segments = segments + $6,
  tries = tries - $7 WHERE notice_id = $1 AND channel = $2"""
_GO_ON = """UPDATE notice SET state = $3, due_at = $4, attempts = $5, told_at = coalesce(told_at, $6),
  done_at = coalesce(done_at, $7), delivered_at = $8, last_error = $9, leased_until = NULL, fence = NULL
WHERE id = $1 AND fence = $2"""
_SUPERSEDE = "UPDATE notice_attempt SET state = 'superseded' WHERE notice_id = $1 AND state = $2"
_GIVE_UP = """UPDATE notice_attempt SET state = 'failed'
WHERE notice_id = $1 AND channel = $2 AND state IN ('queued', 'sent')"""
_MINE = "SELECT id, done_at, state FROM notice WHERE fence = $1 ORDER BY id {lock}"


@dataclass(frozen=True)
class GoingOn:
    """How one notice goes on."""

    notice: Notice
    state: DeliveryState
    due_at: datetime | None = None
    """None = as it was."""
    last_error: str | None = None
    told_at: datetime | None = None
    done_at: datetime | None = None
    claimed_in_vain: bool = False
    """Nothing was tried: it doesn't count."""
    supersedes: frozenset[AttemptState] = frozenset()
    """Attempts in these states are over with it."""
    gives_up: tuple[str, ...] = ()
    """Channels that were to be tried again and are not."""


async def still_mine(fence: UUID | None) -> dict[UUID, datetime | None]:
    """Which notices of this claim are still ours, locked, and when they turned out to be done."""
    found = await rows(_MINE.format(lock="FOR UPDATE" if is_postgres() else ""), fence)
    return {identifier(row["id"]): instant(row["done_at"]) for row in found if row["state"] == DeliveryState.QUEUED}


async def mark_sent(errands: Sequence[Errand], now: datetime) -> None:
    """Before anything leaves: who is killed now leaves behind that it may or may not have arrived."""
    firsts = [errand for errand in errands if not errand.replaces]
    if firsts:
        await many(_MARK, [(new_id(), e.notice.id, e.channel.name, now) for e in firsts])


async def record_outcomes(outcomes: Iterable[Outcome]) -> None:
    """Every try is kept, also one whose lease ran out meanwhile."""
    tried = [outcome for outcome in outcomes if not outcome.errand.replaces]
    if tried:
        await many(_RECORD, [
            (o.errand.notice.id, o.errand.channel.name, o.state, o.error, o.provider_id, o.segments, int(not o.counts))
            for o in tried
        ])


async def go_on(goings: Collection[GoingOn], now: datetime) -> None:
    """Write how they go on, and give up their lease."""
    if goings:
        await many(_GO_ON, [_values(going, now) for going in goings])
    if given_up := [(g.notice.id, channel) for g in goings for channel in g.gives_up]:
        await many(_GIVE_UP, given_up)
    if closed := [(g.notice.id, state) for g in goings for state in sorted(g.supersedes)]:
        await many(_SUPERSEDE, closed)


def _values(going: GoingOn, now: datetime) -> tuple[object, ...]:
    notice = going.notice
    delivered_at = now if going.state is DeliveryState.DELIVERED else None
    return (
        notice.id, notice.fence, going.state, going.due_at or notice.due_at,
        notice.attempts - going.claimed_in_vain, going.told_at, going.done_at, delivered_at, going.last_error,
    )


async def note_refused_addresses(outcomes: Iterable[Outcome], now: datetime) -> None:
    """What a person must be told in the app: that their mail address takes nothing; and who said STOP is left alone."""
    for outcome in outcomes:
        if outcome.state is AttemptState.FAILED and outcome.error:
            channel, code = outcome.errand.channel.name, outcome.error.split()[0]
            account_id = outcome.errand.notice.account_id
            if channel == ChannelName.EMAIL and code in ADDRESS_REFUSED:
                address = outcome.errand.parcel.address
                await Account.filter(id=account_id, email=address).update(mail_refused_at=now)
            elif channel == ChannelName.SMS and code == STOPPED:
                await NoticePreference.filter(account_id=account_id).update(sms_on=False, changed_at=now)
