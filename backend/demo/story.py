"""What makes the demo worth looking at: open questions, a conflict, a duplicate, deliveries under way, one that
failed, appointments ahead and one visit missed."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from backend.demo.cohort import Cast, coordinator_of
from backend.demo.people import STUDY_TEAM
from backend.diary.sync import accept_batch
from backend.diary.uploads import Sender
from backend.review.data_queries import open_query
from backend.review.duplicates_links import mark_duplicate
from backend.visits.jobs import close_windows
from backend.visits.schedule import agree_visit, attend_visit, plan_visits
from backend.wiring import Wiring
from models import DeliveryAttempt, DiaryEntry, OutboxMessage, Visit
from models.actions import Action
from models.fields import new_id
from models.transaction import atomic
from models.vocabulary import DeliveryState, EntryState, LinkReason

QUESTIONS = ("Which side was it?", "Was an X-ray taken?", "About what time of day did it happen?")
AHEAD = timedelta(days=60)
FRACTURE = {"occurred": "2026-01-10", "sites": [{"bone": "tibia", "side": "left"}], "pain": 6}


async def tell_the_story(wiring: Wiring, cast: Cast, now: datetime) -> None:
    await _tell(wiring, cast, now)
    await close_windows(wiring, now)


@atomic
async def _tell(wiring: Wiring, cast: Cast, now: datetime) -> None:
    await _history_has_left(now)
    await _deliveries_under_way(now)
    await _open_questions(cast, now)
    await _two_parents(wiring, cast, now)
    await _visits(wiring, cast, now)


async def _history_has_left(now: datetime) -> None:
    """What was validated long ago was delivered long ago, each at the first try."""
    old = await OutboxMessage.filter(created_at__lt=now - timedelta(days=28)).only("id", "created_at")
    await DeliveryAttempt.bulk_create([
        DeliveryAttempt(message_id=m.id, number=1, worker="demo", started_at=m.created_at, milliseconds=180,
                        outcome="delivered", status=200) for m in old
    ], batch_size=500)
    await OutboxMessage.filter(created_at__lt=now - timedelta(days=28)).update(
        state=DeliveryState.DELIVERED, attempts=1, delivered_at=now - timedelta(days=28)
    )


async def _deliveries_under_way(now: datetime) -> None:
    """The study team's server was away for a while, and refused one message for good."""
    waiting = await OutboxMessage.filter(destination=STUDY_TEAM, state=DeliveryState.QUEUED).order_by("created_at")
    for message in waiting[1:6]:
        await _tried(message, now, [503, 503], DeliveryState.QUEUED, now + timedelta(minutes=20))
    for message in waiting[:1]:
        await _tried(message, now, [422] * 5, DeliveryState.DEAD, now)


async def _tried(
    message: OutboxMessage, now: datetime, statuses: list[int], state: DeliveryState, due_at: datetime
) -> None:
    for number, status in enumerate(statuses, 1):
        await DeliveryAttempt.create(
            message=message, number=number, worker="demo", started_at=now - timedelta(hours=6 - number),
            milliseconds=210, outcome="failed", status=status, error=f"status {status}",
        )
    message.state, message.attempts, message.due_at = state, len(statuses), due_at
    message.last_error = f"status {statuses[-1]}"
    await message.save(update_fields=["state", "attempts", "due_at", "last_error"])


async def _open_questions(cast: Cast, now: datetime) -> None:
    """Staff asked three families something."""
    waiting = DiaryEntry.filter(state=EntryState.RECEIVED).exclude(kind="check_in").order_by("received_at")
    for entry, question in zip(await waiting.limit(3), QUESTIONS, strict=False):
        family = next(f for f in cast.families if f[1].id == entry.participant_id)
        actor = coordinator_of(cast, family[0]).acting(Action.QUERY_OPEN)
        await open_query(actor, entry.id, entry.seq, ("", question, None), now - timedelta(days=1))


async def _two_parents(wiring: Wiring, cast: Cast, now: datetime) -> None:
    """Leo's parents both logged the same fall, and edited one answer differently while offline."""
    family, participant, people = cast.families[0]
    mia, ben = (Sender(people[name], participant.id, wiring.protocol, now - timedelta(hours=5), replica_id=uuid4(),
                       app_version="1.0") for name in ("mia", "ben"))
    yesterday = (now - timedelta(days=1)).date().isoformat()
    told = {**FRACTURE, "occurred": yesterday}
    (first,) = await accept_batch(mia, [_item(1, told)])
    (second,) = await accept_batch(ben, [_item(1, {**told, "pain": 8})])
    await accept_batch(mia, [_item(2, {"pain": 4}, id=first.id, base_version=1)])
    await accept_batch(ben, [_item(2, {"pain": 7}, id=first.id, base_version=1)])
    entry = await DiaryEntry.get(id=second.id)
    nora = coordinator_of(cast, family).acting(Action.ENTRY_MARK_DUPLICATE)
    original = await DiaryEntry.get(id=first.id)
    reason = LinkReason.TOLD_BY_ANOTHER
    await mark_duplicate(nora, entry.id, entry.seq, original.id, reason, now - timedelta(hours=2))


def _item(number: int, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "kind": "fracture", "client_seq": number, "timezone": "Europe/Stockholm",
            "data": data, **more}


async def _visits(wiring: Wiring, cast: Cast, now: datetime) -> None:
    """Every treated child has its plan; past visits took place but for Leo's, whose family did not come."""
    first_dose, last_dose = ((now - timedelta(days=days)).date() for days in (700, 335))
    for family, participant, _ in cast.families:
        if family.arm == "prospective_untreated":
            continue
        actor = coordinator_of(cast, family)
        await plan_visits(actor.acting(Action.VISIT_PLAN), participant.id, wiring.protocol, now - timedelta(days=700),
                          first_dose_on=first_dose, last_dose_on=last_dose)
        for visit in await Visit.filter(participant_id=participant.id, target_on__lt=(now + AHEAD).date()):
            if visit.target_on > now.date() or (family.code == "SE01-001" and visit.plan_code == "FU-P6"):
                ten_o_clock = datetime.combine(visit.target_on, time(10))
                await agree_visit(actor.acting(Action.VISIT_AGREE), visit.id, ten_o_clock, now)
            else:
                await attend_visit(actor.acting(Action.VISIT_ATTEND), visit.id, visit.target_on, wiring.protocol, now)
