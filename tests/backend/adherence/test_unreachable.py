"""A guardian whom nothing reaches any more: staff are told who, and it ends by itself when something works again."""

from datetime import timedelta

import pytest

from models import Account, Guardianship, NoticePreference, Participant, PushDevice, Session, WorkItem
from models.vocabulary import PushProvider, Relation, WorkItemClosing, WorkItemKind

DAY = timedelta(days=1)


async def phone(person, now, *, ended=None):
    return await PushDevice.create(
        account=person.account, session_id=person.session.id, installation_id=f"i-{person.id}", token="t",
        service=PushProvider.FCM, registered_at=now - 9 * DAY, last_seen_at=now - 9 * DAY, ended_at=ended,
        last_error="UNREGISTERED 404" if ended else None)


async def refuse_mail(person, at):
    await Account.filter(id=person.id).update(mail_refused_at=at)


async def unreached():
    return await WorkItem.filter(kind=WorkItemKind.UNREACHABLE).order_by("opened_at")


async def test_guardian_whose_mail_is_refused_and_whose_phone_is_gone_is_named_to_staff(cast, now, work_on, as_):
    await Guardianship.all().update(starts_at=now - 30 * DAY)
    await refuse_mail(cast.ben, now - 2 * DAY)
    await phone(cast.ben, now, ended=now - DAY)

    await work_on(now)
    await work_on(now + DAY)

    (item,) = await unreached()
    link = await Guardianship.get(account_id=cast.ben.id)
    assert item.slot == f"{link.id.hex}/{now - DAY:%y%m%d}"
    (shown,) = (await as_("nora").get("/api/v1/work-items")).json()["items"]
    assert (shown["kind"], shown["relation"], shown["since"]) == ("unreachable", "father", f"{now - DAY:%Y-%m-%d}")


async def nothing(cast, now):
    """Only the mail is refused; they never had a device."""


async def signed_out_phone(cast, now):
    await phone(cast.ben, now)
    await Session.filter(id=cast.ben.session.id).update(ended_at=now - DAY)


async def living_phone(cast, now):
    await phone(cast.ben, now)


async def number(cast, now):
    await Account.filter(id=cast.ben.id).update(phone="+46701740605")
    await NoticePreference.create(account_id=cast.ben.id, sms_on=True)


async def inbox_alone(cast, now):
    await NoticePreference.create(account_id=cast.ben.id, email_on=False)


async def no_guardian_any_more(cast, now):
    await Guardianship.filter(account_id=cast.ben.id).update(ends_at=now - DAY)


async def paused(cast, now):
    await Participant.filter(id=cast.leo.id).update(state="paused")


async def phone_not_wanted(cast, now):
    await phone(cast.ben, now)
    await NoticePreference.create(account_id=cast.ben.id, push_on=False)


async def number_not_wanted(cast, now):
    await Account.filter(id=cast.ben.id).update(phone="+46701740605")


@pytest.mark.parametrize(("also", "opened"), [
    (nothing, 1), (phone_not_wanted, 1), (number_not_wanted, 1), (signed_out_phone, 1),
    (living_phone, 0), (number, 0), (inbox_alone, 0), (no_guardian_any_more, 0), (paused, 0),
], ids=lambda value: getattr(value, "__name__", None))
async def test_guardian_with_refused_mail_is_reached_if_anything_they_want_works(cast, now, work_on, also, opened):
    await refuse_mail(cast.ben, now - DAY)
    await also(cast, now)

    await work_on(now)

    assert len(await unreached()) == opened


async def test_grandmother_who_may_only_report_is_asked_for_nothing_and_missed_by_nobody(cast, now, work_on):
    await refuse_mail(cast.greta, now - DAY)

    await work_on(now)

    assert await unreached() == []


async def test_new_proof_of_the_address_ends_it_and_another_refusal_is_another_item(cast, now, work_on):
    await refuse_mail(cast.mia, now - DAY)
    await work_on(now)
    await refuse_mail(cast.mia, None)
    await work_on(now + DAY)
    await refuse_mail(cast.mia, now + 30 * DAY)
    await work_on(now + 31 * DAY)

    first, second = await unreached()

    assert (first.closing, first.closed_at) == (WorkItemClosing.ANSWERED, now + DAY)
    assert second.closed_at is None


async def test_staff_who_gave_up_are_not_told_of_the_same_again(cast, now, work_on):
    await refuse_mail(cast.mia, now - DAY)
    await work_on(now)
    await WorkItem.all().update(closing=WorkItemClosing.NOT_REACHED, closed_at=now)

    await work_on(now + 30 * DAY)

    assert len(await unreached()) == 1


async def test_guardianship_that_ends_takes_its_item_along(cast, now, work_on):
    await refuse_mail(cast.mia, now - DAY)
    await work_on(now)
    await Guardianship.filter(relation=Relation.MOTHER).update(ends_at=now)

    await work_on(now + DAY)

    assert [item.closing for item in await unreached()] == [WorkItemClosing.NOT_NEEDED]
