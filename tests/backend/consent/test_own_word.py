"""The child's own word: its no stops what is addressed to it; of age, its yes alone counts."""

from datetime import timedelta

import pytest

from models import Notice, Participant
from models.vocabulary import Collection, NoticeKind, Relation, Role
from notifications.planning.planner import plan_reminders
from tests.backend.consent.conftest import ADULT, CHILD, DECLINED

OPEN, OWN = Collection.OPEN, Collection.OWN_CONSENT_NEEDED


async def gets_an_account(cast, name, participant):
    await cast.guardian(name, participant, Relation.PARTICIPANT_SELF, Role.PARTICIPANT)


async def reminded(study, now):
    """Who is reminded of the week, in any week from now."""
    for hour in range(0, 8 * 24, 6):
        await plan_reminders(study.protocol, now + timedelta(hours=hour))
    found = await Notice.filter(kind=NoticeKind.CHECK_IN_DUE).select_related("account")
    return {notice.account.display_name for notice in found}


async def me(as_, name):
    (child,) = (await as_(name).get("/api/v1/me")).json()["participants"]
    return child


async def test_childs_no_stops_what_is_addressed_to_the_child_and_nothing_else(
    consent, as_, cast, study, now, phone_of,
):
    await consent.turns("leo", 13)
    await gets_an_account(cast, "leo_himself", cast.leo)
    await consent.of_leo()
    childs = await consent.text("child-information", audience=CHILD)

    await consent.signs("leo_himself", "leo", childs, DECLINED)

    assert (await me(as_, "leo_himself"))["child_tasks"] is False
    assert await consent.collection("leo") is OPEN
    assert (await phone_of("mia").push(phone_of("mia").item()))[0]["status"] == "applied"
    assert await reminded(study, now) == {"Mia", "Ben", "Eve"}


async def test_later_yes_of_the_child_lifts_it(consent, as_, cast, study, now):
    await consent.turns("leo", 13)
    await gets_an_account(cast, "leo_himself", cast.leo)
    await consent.of_leo()
    childs = await consent.text("child-information", audience=CHILD)
    await consent.signs("leo_himself", "leo", childs, DECLINED)

    await consent.signs("leo_himself", "leo", childs, at=now + timedelta(minutes=1))

    assert (await me(as_, "leo_himself"))["child_tasks"] is True
    assert "Leo_himself" in await reminded(study, now)


async def test_no_that_a_small_child_told_the_nurse_is_written_down(consent, cast, now):
    await consent.of_leo()
    childs = await consent.text("child-information", audience=CHILD)

    said_at = now - timedelta(days=3)
    collection = await consent.on_paper(Relation.PARTICIPANT_SELF, "leo", childs, DECLINED, said_at)

    assert collection is OPEN
    assert (await Participant.get(id=cast.leo.id)).dissented_at == said_at


async def test_childs_text_needs_nobodys_yes(consent):
    await consent.of_leo()

    await consent.text("child-information", audience=CHILD)

    assert await consent.collection("leo") is OPEN


@pytest.mark.parametrize(("participant", "age"), [("leo", 18), ("tom", 16)], ids=["SE at 18", "GB at 16"])
async def test_coming_of_age_waits_for_their_own_yes(consent, cast, participant, age):
    child, by = cast.participants[participant], "nora" if participant == "leo" else "otto"
    document = await consent.text(by=by)
    for relation in child.custodians:
        await consent.on_paper(Relation(relation), participant, document)
    own = await consent.text("own-information", by=by, audience=ADULT)
    await gets_an_account(cast, "grown_up", child)

    found = []
    for years in (age - 1, age):
        await consent.turns(participant, years)
        await Participant.filter(id=child.id).update(settle_at=consent.now)
        await consent.runs()
        found.append(await consent.collection(participant))

    assert found == [OPEN, OWN]
    waiting = await Notice.filter(kind=NoticeKind.CONSENT_WAITING, subject_id=own.id).select_related("account")
    assert [notice.account.display_name for notice in waiting] == ["Grown_up"]
    assert await consent.signs("grown_up", participant, own) is OPEN


async def test_day_of_coming_of_age_is_not_missed(consent, cast):
    """The first day of the month, at the site: the very next hourly run closes."""
    await consent.turns("leo", 17)
    await consent.of_leo()
    await consent.runs()
    leo = await Participant.get(id=cast.leo.id)

    before = leo.settle_at - timedelta(seconds=1)
    await consent.runs(before)
    open_until = await consent.collection("leo")
    await consent.runs(leo.settle_at)

    assert leo.settle_at.astimezone(consent.now.tzinfo).day in (1, 28, 29, 30, 31)  # midnight at the site
    assert (open_until, await consent.collection("leo")) == (OPEN, OWN)


async def test_custodian_can_not_sign_for_an_adult(consent, as_, cast):
    document = await consent.text()
    await consent.turns("leo", 18)

    answer = await as_("mia").post(f"/api/v1/participants/{cast.leo.id}/consents", json={
        "document_id": str(document.id), "body_hash": document.body_hash, "decision": "given"})

    assert answer.status_code == 404


async def test_child_does_not_sign_the_adults_text(consent, as_, cast):
    await consent.turns("leo", 17)
    await gets_an_account(cast, "leo_himself", cast.leo)
    own = await consent.text("own-information", audience=ADULT)

    answer = await as_("leo_himself").post(f"/api/v1/participants/{cast.leo.id}/consents", json={
        "document_id": str(own.id), "body_hash": own.body_hash, "decision": "given"})

    assert answer.status_code == 404


async def test_nobody_is_asked_for_a_week_that_could_not_be_taken_in(consent, study, now):
    await consent.text()

    assert await reminded(study, now) == {"Eve"}
