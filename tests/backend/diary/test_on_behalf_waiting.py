"""What staff write down while the consent is missing: kept as the family's own would be, and an entry in time."""

from datetime import timedelta

import pytest

from backend.access.actor import SYSTEM
from backend.diary.quarantine_release import release_waiting
from models import AuditEvent, DiaryEntry, EntryRevision, Guardianship, Participant, QuarantinedItem
from models.actions import Action
from models.fields import new_id
from models.transaction import atomic
from models.vocabulary import Collection, EntrySource, Relation
from tests.backend.diary.test_on_behalf import FEMUR, NEW, told, url_of


@pytest.fixture
async def closed(cast):
    await Participant.filter(id=cast.leo.id).update(collection=Collection.NO_CONSENT)


@atomic
async def consent_comes(cast, study, later):
    participant = await Participant.get(id=cast.leo.id)
    participant.collection = Collection.OPEN
    await participant.save()
    await release_waiting(SYSTEM.acting(Action.QUARANTINE_RELEASE), study.protocol, participant, later)


async def test_what_a_parent_told_is_kept_and_becomes_an_entry_with_the_consent(as_, cast, study, now, closed):
    link = await Guardianship.get(account_id=cast.mia.id)
    url, body = url_of(cast, new_id()), told(guardianship_id=str(link.id), told_at="2026-10-03T08:00:00+02:00")

    first, again = [await as_("nora").put(url, json=body, headers=NEW) for _ in range(2)]
    item = await QuarantinedItem.get()
    await consent_comes(cast, study, now + timedelta(days=3))

    assert (first.status_code, first.json()["code"], first.json()["kept"]) == (403, "collection.closed", True)
    assert "becomes an entry by itself" in again.json()["detail"]
    assert item.times_sent == 2
    entry, revision = await DiaryEntry.get(), await EntryRevision.get()
    assert (str(entry.id), entry.data, entry.relation) == (url.rpartition("/")[2], FEMUR, Relation.MOTHER)
    assert (entry.source, entry.received_at) == (EntrySource.SITE_INTERVIEW, item.received_at)
    assert (revision.author_id, revision.originator_id) == (cast.nora.id, cast.mia.id)
    assert (revision.device_time, revision.session_id) == ("2026-10-03T08:00:00+02:00", cast.nora.session.id)
    act = await AuditEvent.get(action="diary_entry.log_on_behalf")
    assert (act.actor_id, act.actor_role) == (cast.nora.id, "coordinator")
    stored = await as_("nora").put(url, json=body, headers=NEW)
    assert (stored.status_code, stored.json()["version"]) == (201, 1)


async def test_nurse_looks_at_what_is_odd_before_it_is_kept(as_, cast, study, now, closed):
    url, early = url_of(cast, new_id()), {**FEMUR, "occurred": "2018-12"}

    refused = await as_("nora").put(url, json=told(early), headers=NEW)
    assert (refused.status_code, refused.json()["findings"][0]["code"]) == (422, "onset_before_birth")
    assert await QuarantinedItem.all().count() == 0

    await as_("nora").put(url, json=told(early, confirmed=["onset_before_birth"]), headers=NEW)
    await consent_comes(cast, study, now)
    assert [(f["code"], f["confirmed"]) for f in (await DiaryEntry.get()).findings] == [("onset_before_birth", True)]


async def test_days_stay_those_of_the_site_where_it_was_told(as_, cast, study, now):
    await Participant.filter(id=cast.tom.id).update(collection=Collection.NO_CONSENT)
    await as_("otto").put(url_of(cast, new_id(), "tom"), json=told(source="chart_review"), headers=NEW)
    tom = await Participant.get(id=cast.tom.id)
    tom.collection = Collection.OPEN
    await tom.save()

    await atomic(release_waiting)(SYSTEM.acting(Action.QUARANTINE_RELEASE), study.protocol, tom, now)

    entry = await DiaryEntry.get()
    assert entry.occurred_from.isoformat() == "2026-10-01T23:00:00+00:00"
    assert (entry.source, entry.relation) == (EntrySource.CHART_REVIEW, Relation.SITE_STAFF)


async def test_after_a_withdrawal_nothing_is_kept(as_, cast):
    await Participant.filter(id=cast.leo.id).update(collection=Collection.WITHDRAWN)

    answer = await as_("nora").put(url_of(cast, new_id()), json=told(), headers=NEW)

    assert (answer.status_code, "nothing was stored" in answer.json()["detail"]) == (403, True)
    assert await QuarantinedItem.all().count() == 0
