"""plan_reminders(): children whose plan is stale → their guardians' notices of the next 60 days, as wanted now.

One statement finds who must be looked at: a child about whom something changed, a guardian's zone or wishes, the
protocol, or a day that has passed. Slots are planned once: any number of workers may plan at the same time.
"""

from datetime import datetime
from uuid import UUID

from models import Notice, Participant
from models.protocol import Protocol
from models.statement import identifier, is_postgres, rows
from models.transaction import atomic
from notifications.planning.fact_reading import AHEAD, LOOKS_BACK, Known, known_of
from notifications.planning.facts import Child
from notifications.planning.occasions import reminders_of
from notifications.planning.plan_writing import look_at_siblings, note_plans, write_changes
from notifications.planning.reconciling import Changes, key_of, reconcile

BATCH = 50
"""Children in one transaction, which holds them against their families' own writes meanwhile."""
NOBODY = UUID(int=0)
STALE = """SELECT child.id FROM participant AS child WHERE child.id > $1 AND EXISTS (
  SELECT 1 FROM guardianship AS link JOIN account ON account.id = link.account_id
  LEFT JOIN notice_preference AS wishes ON wishes.account_id = link.account_id
  LEFT JOIN reminder_plan AS plan ON plan.guardianship_id = link.id
  WHERE link.participant_id = child.id AND link.starts_at <= $2 AND (link.ends_at IS NULL OR link.ends_at > $2)
    AND link.locked_at IS NULL AND account.disabled_at IS NULL
    AND (plan.guardianship_id IS NULL OR plan.next_at <= $2 OR plan.participant_seq <> child.seq
      OR plan.timezone <> account.timezone OR plan.protocol_hash <> $3
      OR plan.wishes_at <> wishes.changed_at OR (plan.wishes_at IS NULL) <> (wishes.changed_at IS NULL)))
ORDER BY child.id LIMIT $4"""


async def plan_reminders(protocol: Protocol, now: datetime) -> int:
    """Bring what is planned in line with what is wanted; the answer is how many notices are new."""
    planned, last = 0, NOBODY
    while found := [identifier(row["id"]) for row in await rows(STALE, last, now, protocol.hash, BATCH)]:
        planned += await _plan(protocol, found, now)
        last = found[-1]
    return planned


@atomic
async def _plan(protocol: Protocol, stale: list[UUID], now: datetime) -> int:
    """Under the children's locks: nobody writes about them meanwhile. Whom another worker holds is left to it."""
    chosen = Participant.filter(id__in=stale).order_by("id")
    children = await (chosen.select_for_update(no_key=True, skip_locked=True) if is_postgres() else chosen)
    known = await known_of([child.id for child in children], protocol, now)
    changes = {child.id: _changes(protocol, child, known, now) for child in known.children}
    new = [notice for one in changes.values() for notice in one.new]
    # One order for all workers, so that two who plan at once never wait for each other in a circle.
    await Notice.bulk_create(sorted(new, key=key_of), ignore_conflicts=True)
    in_hand = {child for child, one in changes.items() if not await write_changes(one, now)}
    await note_plans(known, protocol, in_hand, now)
    await look_at_siblings({child: one.digests_lost for child, one in changes.items()}, now)
    return len(new)


def _changes(protocol: Protocol, child: Child, known: Known, now: datetime) -> Changes:
    wanted = reminders_of(protocol.file, child, now - LOOKS_BACK, now + AHEAD)
    accounts = {guardian.account_id for guardian in child.guardians}
    written = [notice for account in accounts for notice in known.notices[account]]
    return reconcile(child, wanted, written, known.answered, now)
