"""What fits a rule opens one case with the entry, and never closes by itself."""

import asyncio
from datetime import timedelta

from backend.access.actor import SYSTEM
from backend.diary.quarantine_release import release_waiting
from backend.safety.ladder import climb_due
from models import (
    AccountMail,
    AuditEvent,
    DiaryEntry,
    Dose,
    Participant,
    QuarantinedItem,
    SafetyCase,
    SafetyCaseStep,
    StaffRole,
)
from models.fields import new_id
from models.transaction import atomic
from models.vocabulary import CaseState, Collection, MailKind, Role
from tests.backend.safety.conftest import CALM, SKULL, kinds_of
from tests.ledger import require_whole


async def test_urgent_entry_opens_a_case_in_its_own_commit(opened, cast, now):
    case = await opened()

    entry = await DiaryEntry.get(id=case.entry_id)
    assert (case.rules, case.fitting, case.state) == (["S3/1"], ["S3/1"], CaseState.OPEN)
    assert case.known_since == entry.received_at
    assert case.due_at - case.known_since == timedelta(hours=24)
    assert case.next_step_at - case.known_since == timedelta(hours=1)
    assert case.seq == entry.seq + 1 == (await Participant.get(id=cast.leo.id)).seq
    trail = await AuditEvent.get(subject_id=case.id)
    assert (trail.action, trail.actor_role, trail.seq) == ("safety_case.open", "system", case.seq)
    await require_whole(cast.leo.id)


async def test_whoever_is_on_duty_is_told_at_once_in_neutral_words(opened, cast):
    case = await opened()

    mail = await AccountMail.get(kind=MailKind.STAFF_PAGE_WAITS)
    assert mail.account_id == cast.dag.id
    assert (await SafetyCaseStep.get(case_id=case.id)).detail["told"] == str(cast.dag.id)


async def test_where_nobody_is_on_duty_the_ladder_begins_at_once(opened, cast):
    await StaffRole.filter(role=Role.DUTY_PERSON).delete()

    case = await opened()

    assert case.next_step_at <= case.known_since + timedelta(minutes=1)
    assert (await SafetyCaseStep.get(case_id=case.id)).detail["told"] == ""


async def test_calm_entries_open_nothing(phone_of):
    phone = phone_of("mia")
    await phone.push(
        phone.item(CALM), phone.item({"symptom": "fatigue", "occurred": "2026-11-20"}, kind="symptom"),
        phone.item({"from": "2026-11-09", "to": "2026-11-15", "answer": "had"}, kind="check_in"),
    )

    assert await SafetyCase.all().count() == 0


async def test_two_fractures_within_a_week_open_a_case_with_the_second(phone_of):
    phone = phone_of("mia")
    first, second = await phone.push(phone.item(CALM), phone.item({**CALM, "occurred": "2026-11-24"}))

    assert [case.rules for case in await SafetyCase.filter(entry_id=second["id"])] == [["S7/1"]]
    assert not await SafetyCase.exists(entry_id=first["id"])


async def test_fractures_that_were_taken_back_do_not_count(phone_of):
    phone = phone_of("mia")
    (first,) = await phone.push(phone.item(CALM))
    await phone.push(phone.item({}, id=first["id"], op="delete", base_version=1, reason="entered_in_error"))
    await phone.push(phone.item({**CALM, "occurred": "2026-11-24"}))

    assert await SafetyCase.all().count() == 0


async def test_late_sync_starts_the_clock_at_receipt_and_keeps_the_phones_time(opened, as_, cast, now):
    written = (now - timedelta(days=3)).isoformat()
    case = await opened(recorded_at=written)

    shown = (await as_("nora").get(f"/api/v1/safety-cases/{case.id}")).json()
    assert abs(case.known_since - now) < timedelta(minutes=1)
    assert shown["device_time"] == written
    assert shown["late_by_seconds"] // 86400 == 3


async def test_correction_that_adds_a_rule_reopens_what_was_read(opened, phone_of, cast, as_, now):
    case = await opened()
    await SafetyCase.filter(id=case.id).update(state=CaseState.CLOSED, acknowledged_at=now, assessment="not_serious")
    phone = phone_of("mia")

    await phone.push(phone.item({"outcome": "life_threatening"}, id=str(case.entry_id), base_version=1))

    after = await SafetyCase.get(id=case.id)
    assert (after.state, after.rules, after.acknowledged_at, after.assessment) == (
        CaseState.OPEN, ["S3/1", "S10/1"], None, None)
    assert after.known_since > case.known_since
    step = await SafetyCaseStep.filter(case_id=case.id).order_by("-id").first()
    assert (step.kind, step.detail["known_since"]) == ("rule_added", case.known_since.isoformat())
    await require_whole(cast.leo.id)


async def test_correction_of_an_open_case_keeps_its_clock(opened, phone_of):
    case = await opened()
    phone = phone_of("mia")

    await phone.push(phone.item({"outcome": "life_threatening"}, id=str(case.entry_id), base_version=1))

    after = await SafetyCase.get(id=case.id)
    assert (after.known_since, after.due_at, after.next_step_at) == (case.known_since, case.due_at, case.next_step_at)
    assert await kinds_of(case) == ["opened", "rule_added"]


async def test_what_fits_no_longer_stays_open_and_says_so(opened, phone_of):
    case = await opened()
    phone = phone_of("mia")

    await phone.push(phone.item({"sites": CALM["sites"]}, id=str(case.entry_id), base_version=1))
    await phone.push(phone.item({"note": "as I said"}, id=str(case.entry_id), base_version=2))
    await phone.push(phone.item({}, id=str(case.entry_id), op="delete", base_version=3, reason="entered_in_error"))

    after = await SafetyCase.get(id=case.id)
    assert (after.state, after.rules, after.fitting) == (CaseState.OPEN, ["S3/1"], [])
    assert await kinds_of(case) == ["opened", "rule_gone"]


async def test_urgent_words_of_a_conflict_open_a_case_before_anybody_settles_it(phone_of):
    mia, ben = phone_of("mia"), phone_of("ben")
    (made,) = await mia.push(mia.item(CALM))
    await mia.push(mia.item({"outcome": "none_of_these"}, id=made["id"], base_version=1))

    (clash,) = await ben.push(ben.item({"outcome": "died"}, id=made["id"], base_version=1))

    assert clash["status"] == "conflict"
    assert (await SafetyCase.get(entry_id=made["id"])).rules == ["S10/1"]


async def test_dose_noted_after_the_fever_opens_its_case(phone_of, as_, cast, now):
    phone = phone_of("mia")
    day = now.date().isoformat()
    (made,) = await phone.push(phone.item({"symptom": "breathing", "occurred": day}, kind="symptom"))
    assert await SafetyCase.all().count() == 0

    noted = await as_("nora").put(f"/api/v1/participants/{cast.leo.id}/doses/1", json={"given_on": day})

    assert noted.status_code == 200
    assert (await SafetyCase.get(entry_id=made["id"])).rules == ["S8/1"]
    assert await Dose.all().count() == 1
    await require_whole(cast.leo.id)


async def test_what_staff_write_down_opens_a_case_too(as_, cast):
    answer = await as_("nora").put(
        f"/api/v1/participants/{cast.leo.id}/entries-on-behalf/{new_id()}",
        json={"kind": "fracture", "data": SKULL, "source": "site_interview", "relation": "grandparent"},
        headers={"If-None-Match": "*"},
    )

    assert answer.status_code == 201, answer.text
    assert await SafetyCase.all().count() == 1


async def test_same_entry_sent_twenty_times_at_once_is_one_case(phone_of, cast):
    phone = phone_of("mia")
    item = phone.item(SKULL)

    answers = await asyncio.gather(*(phone.push(item) for _ in range(20)))

    assert {answer[0]["status"] for answer in answers} <= {"applied", "unchanged", "retry"}
    case = await SafetyCase.get()
    assert await kinds_of(case) == ["opened"]
    assert await AccountMail.filter(kind=MailKind.STAFF_PAGE_WAITS).count() == 1
    await require_whole(cast.leo.id)


async def test_what_waited_for_a_consent_is_known_since_it_came(phone_of, study, cast, now):
    """Three days in quarantine are three days of the clock: the case is overdue from its first moment."""
    await Participant.filter(id=cast.leo.id).update(collection=Collection.NO_CONSENT)
    phone = phone_of("mia")
    (kept,) = await phone.push(phone.item(SKULL))
    came = now - timedelta(days=3)
    await QuarantinedItem.all().update(received_at=came)
    await Participant.filter(id=cast.leo.id).update(collection=Collection.OPEN)

    await _release(study, cast, now)

    case = await SafetyCase.get()
    assert (kept["status"], case.known_since, case.due_at) == ("rejected", came, came + timedelta(hours=24))
    assert await climb_due(study.protocol, now) == 1
    assert await kinds_of(case) == ["opened"] + 4 * ["escalated"]


@atomic
async def _release(study, cast, now) -> None:
    participant = await Participant.get(id=cast.leo.id)
    await release_waiting(SYSTEM, study.protocol, participant, now)
