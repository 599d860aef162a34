"""A new version: the yes to the old one goes on counting until the new one is required; each custodian is told once."""

from datetime import timedelta

from backend.consent import jobs
from backend.consent.jobs import due_by
from backend.consent.standing import standing_of
from models import Guardianship, Notice, Participant
from models.statement import rows
from models.vocabulary import Collection, DeliveryState, NoticeKind, ParticipantState, Relation
from notifications.sending.sender import send_due
from tests.backend.consent.conftest import DECLINED
from tests.bench.plans import steps

OPEN, NO_CONSENT = Collection.OPEN, Collection.NO_CONSENT
DAY = timedelta(days=1)


async def told(kind=NoticeKind.CONSENT_WAITING):
    found = await Notice.filter(kind=kind).order_by("account_id").select_related("account")
    return sorted(notice.account.display_name for notice in found)


async def test_new_version_that_is_not_required_leaves_the_old_yes_valid(consent):
    await consent.of_leo()

    await consent.text(version="2", valid_from=consent.now - timedelta(minutes=5))

    assert await consent.collection("leo") is OPEN


async def test_required_version_closes_on_its_day_until_all_have_signed_it(consent, now):
    await consent.of_leo()
    second = await consent.text(version="2", valid_from=now - timedelta(minutes=5), required_from=now + 7 * DAY)

    await consent.runs(now + 6 * DAY)
    before = await consent.collection("leo")
    await consent.runs(now + 7 * DAY)

    assert (before, await consent.collection("leo")) == (OPEN, NO_CONSENT)
    assert await consent.signs("mia", "leo", second, at=now + 8 * DAY) is NO_CONSENT
    assert await consent.signs("ben", "leo", second, at=now + 8 * DAY) is OPEN


async def test_no_to_the_new_version_is_a_no_also_while_it_is_not_required(consent):
    await consent.of_leo()
    second = await consent.text(version="2", valid_from=consent.now - timedelta(minutes=5))

    assert await consent.signs("ben", "leo", second, DECLINED) is NO_CONSENT


async def test_late_paper_about_the_old_version_counts_until_the_new_one_is_required(consent, now):
    first = await consent.text(valid_from=now - 2 * DAY)
    await consent.text(version="2")
    await consent.on_paper(Relation.MOTHER, "leo", first)

    assert await consent.on_paper(Relation.FATHER, "leo", first) is OPEN
    await consent.text(version="3", valid_from=now - timedelta(minutes=5), required_from=now - timedelta(minutes=1))
    assert await consent.collection("leo") is NO_CONSENT


async def test_each_custodian_with_an_account_is_told_once_per_version(consent, now):
    document = await consent.text()
    await consent.text(language="sv")
    for day in range(3):
        await consent.runs(now + day * DAY)
    first_time = await told()
    await consent.signs("mia", "leo", document)
    await consent.signs("ben", "leo", document)
    await consent.text(version="2", valid_from=now - timedelta(minutes=5), required_from=now)
    await consent.runs(now + 4 * DAY)

    assert first_time == ["Ben", "Mia"]
    assert await told() == ["Ben", "Ben", "Mia", "Mia"]


async def test_father_whose_account_came_later_is_told_then(consent, cast, now):
    link = Guardianship.filter(account_id=cast.ben.id)
    await link.update(starts_at=now + DAY)
    await consent.text()

    before = await told()
    await consent.runs(now + DAY + timedelta(hours=1))

    assert (before, await told()) == (["Mia"], ["Ben", "Mia"])


async def test_who_has_signed_meanwhile_is_not_told_any_more(consent, study, now):
    document = await consent.text()
    await consent.text(language="sv")
    swedish = await consent.text(version="1", language="sv", arm="postnatal")
    await consent.signs("mia", "leo", swedish)

    await send_due(study.channels, "Diary", lambda: (now + DAY).replace(hour=12))

    ended = await Notice.get(account_id=consent.cast.mia.id)
    waits = await Notice.get(account_id=consent.cast.ben.id)
    assert (ended.state, ended.last_error) == (DeliveryState.CANCELLED, "decided")
    assert waits.state is not DeliveryState.CANCELLED
    assert waits.subject_id == document.id


async def test_nobody_is_told_about_a_child_in_hospital(consent, cast):
    await Participant.filter(id=cast.leo.id).update(state=ParticipantState.IN_HOSPITAL)

    await consent.text()

    assert await told() == []
    assert await consent.collection("leo") is NO_CONSENT


async def test_only_those_concerned_are_looked_at(consent, cast, now):
    await consent.of_leo()
    await consent.runs(now)

    assert await consent.runs(now + timedelta(minutes=1)) == 0
    await consent.text(version="2", by="otto")
    settled = dict(await Participant.all().values_list("code", "settle_at"))
    assert settled["SE01-001"] > now + timedelta(hours=1)
    assert await consent.runs(now) == 0


async def test_looking_for_those_concerned_does_not_grow_with_the_study(cast, now):
    await Participant.bulk_create([
        Participant(code=f"SE01-{number:05}", site_id=cast.leo.site_id, arm="postnatal", enrolled_at=now,
                    settle_at=now + timedelta(days=number)) for number in range(1, 3001)
    ])
    await rows("ANALYZE")

    plan = await steps(due_by(now).only("id", "settle_at").sql(params_inline=True))

    assert any("participant_to_settle" in node for node in plan), plan


async def test_more_than_a_batch_is_settled_in_one_go(consent, cast, now, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    await Participant.bulk_create([
        Participant(code=f"SE01-{number:05}", site_id=cast.leo.site_id, arm="postnatal", enrolled_at=now, settle_at=now)
        for number in range(5)
    ])

    assert await consent.runs() == 5
    assert await Participant.filter(collection=NO_CONSENT).count() == 5


async def test_version_in_force_at_receipt_of_an_entry_can_be_told_later(consent, study, cast, phone_of, now):
    first = await consent.of_leo()
    (stored,) = await phone_of("mia").push(phone_of("mia").item())
    received_at = now + timedelta(seconds=30)
    later = type(consent)(consent.cast, consent.wiring, now + DAY)
    await later.text(version="2", valid_from=now + timedelta(hours=1), required_from=now + timedelta(hours=2))

    leo = await Participant.get(id=cast.leo.id)
    then, today = await standing_of(study.protocol, leo, received_at), await standing_of(study.protocol, leo, later.now)

    assert stored["status"] == "applied"
    assert [asked.version.first_id for asked in then.asked] == [first.id]
    assert sorted(then.asked[0].given) == ["father", "mother"]
    assert (today.asked[0].version.name, today.asked[0].given) == ("2", ())
