"""Withdrawal by the family: few calls, one custodian's word, nothing sent afterwards, all data kept."""

from datetime import date, timedelta

import pytest

from backend.access.passwords import hash_password
from models import (
    Account,
    AuditEvent,
    ConsentDocument,
    ConsentSignature,
    Guardianship,
    Participant,
    ParticipantStatus,
    Session,
)
from models.actions import Action
from models.vocabulary import (
    Capability,
    Collection,
    ConsentAudience,
    ConsentDecision,
    ConsentMethod,
    DeliveryState,
    ParticipantKind,
    ParticipantState,
    Relation,
    Role,
)
from tests.cast import PASSWORD
from tests.forwarded import queued, states


def url(participant) -> str:
    return f"/api/v1/participants/{participant.id}/withdrawal"


@pytest.fixture
async def text(cast) -> ConsentDocument:
    return await ConsentDocument.create(
        code="guardian-information", version="1", audience=ConsentAudience.CUSTODIAN, language="sv", title="t",
        body="b", body_hash="h" * 64, valid_from=cast.now, created_by_id=cast.nora.id, created_at=cast.now,
    )


@pytest.fixture
async def signed(cast, text) -> ConsentDocument:
    """Both parents have said yes to the text."""
    for name, relation in (("mia", Relation.MOTHER), ("ben", Relation.FATHER)):
        await sign(cast, text, name, relation, ConsentDecision.GIVEN, cast.now)
    return text


async def sign(cast, document, name, relation, decision, at) -> None:
    await ConsentSignature.create(
        participant=cast.leo, seq=0, document=document, document_hash=document.body_hash, relation=relation,
        signer_id=cast.people[name].id, decision=decision, method=ConsentMethod.APP, signed_at=at,
        recorded_by_id=cast.people[name].id, recorded_at=at,
    )


async def test_mother_withdraws_in_three_calls_and_is_told_what_becomes_of_the_data(as_, cast, signed, phone_of):
    phone = phone_of("mia")
    await phone.push(phone.item())
    await Session.filter(id=cast.mia.session.id).update(proved_at=cast.now - timedelta(hours=2))
    await Account.filter(id=cast.mia.id).update(password_hash=await hash_password(PASSWORD))
    mia = as_("mia")

    (leo,) = (await mia.get("/api/v1/me")).json()["participants"]
    asked = await mia.post(f"/api/v1/participants/{leo['id']}/withdrawal", json={})
    await Session.filter(id=cast.mia.session.id).update(proved_at=cast.now)  # what a step-up writes
    answer = await mia.post(f"/api/v1/participants/{leo['id']}/withdrawal", json={"reason": "family_wish"})

    assert (asked.status_code, asked.json()["code"]) == (403, "step_up.required")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told.pop("effective_on")
    assert told == {"participant_id": leo["id"], "state": "withdrawn", "collection": "withdrawn",
                    "data_so_far": "kept", "text": "withdrawal.kept_ctr_28_3"}
    assert len((await phone.pull())["changes"]) == 1, "the diary stays readable"
    word = await ConsentSignature.get(decision=ConsentDecision.WITHDRAWN)
    assert (word.relation, word.signer_id, word.document_hash) == (Relation.MOTHER, cast.mia.id, signed.body_hash)
    event = await AuditEvent.get(action=Action.CONSENT_WITHDRAW, subject_type="participant_status")
    assert (event.actor_id, event.actor_role, event.reason) == (cast.mia.id, "guardian", "family_wish")


async def test_said_twice_or_by_both_parents_it_is_one_withdrawal(as_, cast, signed):
    first = await as_("mia").post(url(cast.leo), json={})
    again = await as_("mia").post(url(cast.leo), json={})
    father = await as_("ben").post(url(cast.leo), json={"reason": "other"})

    assert first.json() == again.json() == father.json()
    assert await ParticipantStatus.all().count() == 1
    assert sorted([word.relation for word in await ConsentSignature.filter(decision="withdrawn")]) == [
        Relation.FATHER, Relation.MOTHER
    ]


async def test_carer_stranger_staff_and_who_was_only_invited_cannot_withdraw_for_a_child(as_, cast):
    await Guardianship.filter(account_id=cast.ben.id).update(invited_by_id=cast.mia.id)
    await cast.guardian("sam", cast.leo, Relation.STEP_PARENT)
    await cast.guardian("leo_himself", cast.leo, Relation.PARTICIPANT_SELF, Role.PARTICIPANT)

    refused = {who: (await as_(who).post(url(cast.leo), json={})).status_code
               for who in ("greta", "ben", "sam", "leo_himself", "eve", "nora", "otto", "alma")}

    assert refused == {"greta": 403, "ben": 403, "sam": 403, "leo_himself": 403, "eve": 404, "nora": 403,
                       "otto": 403, "alma": 403}
    assert (await Participant.get(id=cast.leo.id)).state is ParticipantState.ACTIVE


async def test_from_the_countrys_age_on_only_the_young_person_withdraws(as_, cast, now):
    await Participant.filter(id=cast.leo.id).update(birth_month=date(now.year - 19, 1, 1))
    await cast.guardian("leo_himself", cast.leo, Relation.PARTICIPANT_SELF, Role.PARTICIPANT)

    assert (await as_("mia").post(url(cast.leo), json={})).status_code == 403
    assert (await as_("leo_himself").post(url(cast.leo), json={})).status_code == 200


async def test_the_woman_withdraws_for_herself_alone(as_, cast):
    await Participant.filter(id=cast.leo.id).update(kind=ParticipantKind.WOMAN, birth_month=None)
    await cast.guardian("ida", cast.leo, Relation.PARTICIPANT_SELF, Role.PARTICIPANT)

    assert (await as_("ben").post(url(cast.leo), json={})).status_code == 403
    assert (await as_("ida").post(url(cast.leo), json={})).status_code == 200


async def test_parents_of_a_child_who_died_can_still_withdraw_its_data_from_what_leaves(as_, cast):
    await queued(cast)
    await Participant.filter(id=cast.leo.id).update(state=ParticipantState.DIED)

    assert (await as_("mia").post(url(cast.leo), json={})).status_code == 200
    assert await states() == [DeliveryState.HELD]


async def test_staff_cannot_undo_what_a_family_has_not_signed_again(as_, cast, signed, now):
    await as_("mia").post(url(cast.leo), json={})
    status = f"/api/v1/participants/{cast.leo.id}/status"
    found = (await as_("nora").get(status)).json()["history"][0]
    back = {"state": "active", "effective_on": found["effective_on"], "reason": "entered_in_error"}

    refused = await as_("nora").post(status, json=back)
    await sign(cast, signed, "mia", Relation.MOTHER, ConsentDecision.GIVEN, now + timedelta(hours=1))
    undone = await as_("nora").post(status, json=back)

    assert (refused.status_code, refused.json()["state"]) == (409, "withdrawn")
    assert undone.status_code == 200
    assert (await Participant.get(id=cast.leo.id)).state is ParticipantState.ACTIVE


async def test_a_guardian_who_may_only_log_withdraws_all_the_same(as_, cast):
    await Guardianship.filter(account_id=cast.ben.id).update(capabilities=[Capability.LOG])

    answer = await as_("ben").post(url(cast.leo), json={})

    assert (answer.status_code, answer.json()["collection"]) == (200, Collection.WITHDRAWN)


async def test_father_whom_staff_let_go_decides_nothing_when_invited_again(as_, cast, link_of, invited):
    await as_("nora").post(f"/api/v1/guardianships/{(await link_of('ben')).id}/end")
    await Session.filter(id=cast.ben.session.id).update(ended_at=None)
    await invited("ben", by="mia", relation="father")

    answer = await as_("ben").post(url(cast.leo), json={})

    assert answer.status_code == 403
    assert (await Participant.get(id=cast.leo.id)).state is ParticipantState.ACTIVE


@pytest.mark.parametrize("said", [None, ConsentDecision.DECLINED])
async def test_staff_cannot_undo_the_word_of_a_father_who_never_agreed(as_, cast, text, said):
    await sign(cast, text, "mia", Relation.MOTHER, ConsentDecision.GIVEN, cast.now)
    if said:
        await sign(cast, text, "ben", Relation.FATHER, said, cast.now)
    withdrawn = await as_("ben").post(url(cast.leo), json={})
    back = {"state": "active", "reason": "entered_in_error", "effective_on": withdrawn.json()["effective_on"]}

    answer = await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/status", json=back)

    assert (withdrawn.status_code, answer.status_code, answer.json()["code"]) == (200, 409, "state.refuses")
