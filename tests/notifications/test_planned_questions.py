"""Questions that stay open and consents that will not be enough: read from the tables, told to whom they concern."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models import (
    ConsentDocument,
    ConsentSignature,
    DataQuery,
    Notice,
    Participant,
    QueryReply,
    SafetyCase,
)
from models.vocabulary import (
    CaseState,
    ConsentAudience,
    ConsentDecision,
    ConsentMethod,
    DeliveryState,
    EntryKind,
    NoticeKind,
    NoticeRank,
    QueryState,
    Relation,
)
from notifications.planning.planner import plan_reminders
from tests.notifications.written import changed, entry, slots_of, told

DAY = timedelta(days=1)


async def question(cast, now, about) -> DataQuery:
    """As the site asks: both guardians are told at once."""
    await changed(cast.leo)
    query = await DataQuery.create(
        entry_id=about.id, participant_id=cast.leo.id, seq=1, field="", question="Which side?", state=QueryState.OPEN,
        entry_version=1, opened_by_id=cast.nora.id, opened_at=now)
    for name in ("mia", "ben"):
        await Notice.create(
            account_id=cast.people[name].id, participant=cast.leo, kind=NoticeKind.QUERY_WAITING, subject_id=query.id,
            slot="opened", due_at=now, created_at=now, told_at=now, state=DeliveryState.DELIVERED)
    return query


async def test_an_open_question_is_told_again_after_three_and_seven_days(cast, study, now):
    await question(cast, now, await entry(cast, EntryKind.FRACTURE, {}, now))

    await plan_reminders(study.protocol, now)

    assert await slots_of(cast, "ben", NoticeKind.QUERY_WAITING) == {"opened", "opened/3d", "opened/7d"}
    assert (await Notice.get(account_id=cast.ben.id, slot="opened/3d")).due_at == now + 3 * DAY
    assert await Notice.filter(slot="opened", last_error=None).count() == 2, "what the site's question made stays"


@pytest.mark.parametrize(("state", "rank"), [
    (CaseState.OPEN, NoticeRank.SAFETY), (CaseState.ACKNOWLEDGED, NoticeRank.SAFETY),
    (CaseState.CLOSED, NoticeRank.OTHER),
])
async def test_a_question_about_something_urgent_is_told_whatever_else_was(cast, study, now, state, rank):
    about = await entry(cast, EntryKind.FRACTURE, {}, now)
    await SafetyCase.create(
        participant_id=cast.leo.id, site_id=cast.leo.site_id, entry_id=about.id, rules=["S1/1"], fitting=["S1/1"],
        seq=1, known_since=now, due_at=now + DAY, state=state)
    await question(cast, now, about)

    await plan_reminders(study.protocol, now)

    assert (await Notice.get(account_id=cast.mia.id, slot="opened/3d")).rank == rank


async def test_an_answered_question_is_taken_back_from_who_did_not_answer(cast, study, now):
    query = await question(cast, now, await entry(cast, EntryKind.FRACTURE, {}, now))
    await plan_reminders(study.protocol, now)
    await DataQuery.filter(id=query.id).update(state=QueryState.ANSWERED)
    await QueryReply.create(query_id=query.id, author_id=cast.ben.id, entry_version=1, at=now + DAY)
    await changed(cast.leo)

    await plan_reminders(study.protocol, now + DAY)

    mia, ben = [await Notice.get(account_id=cast.people[name].id, subject_id=query.id, slot="opened")
                for name in ("mia", "ben")]
    assert (mia.state, mia.done_at) == (DeliveryState.QUEUED, now + DAY)
    assert (ben.state, ben.done_at) == (DeliveryState.DELIVERED, now + DAY)
    assert await slots_of(cast, "mia", NoticeKind.QUERY_WAITING) == {"opened"}


async def test_who_comes_of_age_has_the_end_of_the_consent_announced(cast, study, now):
    """Sixteen in London on the first of July: a month and a week before, at six in the evening."""
    await Participant.filter(id=cast.tom.id).update(birth_month=date(2010, 7, 1))

    await plan_reminders(study.protocol, now)

    found = await Notice.filter(kind=NoticeKind.CONSENT_EXPIRING).order_by("due_at")
    assert [(n.account_id, n.slot, n.subject_id) for n in found] == [
        (cast.eve.id, "2026-07-01/30d", cast.tom.id), (cast.eve.id, "2026-07-01/7d", cast.tom.id)]
    assert found[0].useless_after == found[1].due_at
    assert found[1].useless_after == datetime(2026, 6, 30, 23, tzinfo=UTC)


async def test_who_signed_an_older_text_is_told_before_the_new_one_is_required(cast, study, now):
    """Mia signed both, Ben only the old one."""
    old, new = [await ConsentDocument.create(
        code="guardian-information", version=version, audience=ConsentAudience.CUSTODIAN, language="sv", title="T",
        body="B", body_hash="0" * 64, valid_from=now - DAY, required_from=required, created_by_id=cast.nora.id,
        created_at=now - DAY) for version, required in (("1", None), ("2", now + 40 * DAY))]
    for name, relation, documents in (("mia", Relation.MOTHER, (old, new)), ("ben", Relation.FATHER, (old,))):
        for document in documents:
            await ConsentSignature.create(
                participant_id=cast.leo.id, seq=1, document=document, document_hash="0" * 64, relation=relation,
                signer_id=cast.people[name].id, decision=ConsentDecision.GIVEN, method=ConsentMethod.APP,
                signed_at=now, recorded_by_id=cast.people[name].id, recorded_at=now)

    await plan_reminders(study.protocol, now)

    assert await told(cast, "2026-06-19/7d", NoticeKind.CONSENT_EXPIRING) == ["ben"]
    assert await slots_of(cast, "mia", NoticeKind.CONSENT_EXPIRING) == set()


async def test_whose_entries_are_not_taken_in_is_told_of_no_end(cast, study, now):
    await Participant.filter(id=cast.tom.id).update(birth_month=date(2010, 7, 1), collection="no_consent")

    await plan_reminders(study.protocol, now)

    assert not await Notice.filter(kind=NoticeKind.CONSENT_EXPIRING).exists()
