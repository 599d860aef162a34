"""Twelve weeks of reminders that have left, an address that takes nothing any more, and a family not heard from, whom
Nora tried to call."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from backend.adherence.acts import note_contact, take
from backend.adherence.jobs import open_work_items
from backend.adherence.schemas import NewContact
from backend.demo.cohort import Cast
from backend.demo.people import Family
from backend.wiring import Wiring
from models import Account, Notice, NoticeAttempt, Participant, Session, WorkItem
from models.actions import Action
from models.fields import new_id
from models.protocol import last_days
from models.vocabulary import AttemptState, ChannelName, ContactWay, DeliveryState, NoticeKind, WorkItemKind
from notifications.local_time import to_utc, zone_named
from notifications.slots import day_slot

WEEKS = timedelta(weeks=12)
REFUSED = "arvid"
NOT_HEARD_OF = "SE01-009"


async def tell_of_reminders(wiring: Wiring, cast: Cast, now: datetime) -> None:
    notices = [notice for family, child, _ in cast.families
               for notice in _notices(wiring, family, child, await _first(cast, child), now)]
    await Notice.bulk_create(notices, batch_size=500)
    await NoticeAttempt.bulk_create([
        NoticeAttempt(notice_id=one.id, channel=ChannelName.EMAIL, state=AttemptState.ACCEPTED, at=one.told_at)
        for one in notices
    ], batch_size=500)
    for _, child, people in cast.families:
        last = timedelta(days=29 if child.code == NOT_HEARD_OF else 1)
        await Session.filter(account_id__in=[one.account for one in people.values()]).update(last_seen_at=now - last)
    await Account.filter(display_name=REFUSED.capitalize()).update(mail_refused_at=now - timedelta(days=2))
    await open_work_items(wiring, now - timedelta(days=1))
    item = await WorkItem.get(participant__code=NOT_HEARD_OF, kind=WorkItemKind.SILENCE)
    nora = cast.staff["nora"]
    await take(nora.acting(Action.WORK_ITEM_TAKE), item.id, item.seq, now - timedelta(hours=5))
    await item.refresh_from_db()
    told = NewContact(ContactWay.PHONE, reached=False, note="No answer; will try again tomorrow")
    await note_contact(nora.acting(Action.WORK_ITEM_CONTACT), item.id, item.seq, told, now - timedelta(hours=4))


async def _first(cast: Cast, child: Participant) -> Account:
    """Whoever of the family comes first was asked."""
    people = next(people for _, one, people in cast.families if one.id == child.id)
    return await Account.get(id=next(iter(people.values())).account)


def _notices(wiring: Wiring, family: Family, child: Participant, asked: Account, now: datetime) -> Iterator[Notice]:
    zone = zone_named(asked.timezone)
    today = now.astimezone(zone).date()
    for day, _ in last_days(wiring.protocol.file.check_in, today - WEEKS, today - timedelta(days=1)):
        at = to_utc(datetime.combine(day, time(18)), zone)
        seen = None if family.code == NOT_HEARD_OF and now - at < timedelta(weeks=4) else at + timedelta(hours=1)
        yield Notice(
            id=new_id(), account_id=asked.id, participant_id=child.id, kind=NoticeKind.CHECK_IN_DUE,
            subject_id=child.id, slot=day_slot(day), state=DeliveryState.DELIVERED, attempts=1, due_at=at,
            created_at=at, told_at=at, delivered_at=at, read_at=seen,
        )
