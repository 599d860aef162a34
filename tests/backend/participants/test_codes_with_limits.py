"""What staff may put into a linking code: fewer rights, dates, a lost account replaced, a child's own account."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.errors import FindingsRefused
from backend.participants.linking_codes import issue_linking_code
from backend.participants.schemas import NewLinkingCode
from models import AuditEvent, DiaryEntry, Guardianship, LinkingCode, Participant, Session
from models.actions import Action
from models.vocabulary import ParticipantKind

OWN = {"relation": "participant_self", "role": "participant"}


@pytest.fixture
def issue(as_, cast):
    async def ask(by="nora", **wanted):
        where = f"/api/v1/participants/{cast.leo.id}/linking-codes"
        return await as_(by).post(where, json={"relation": "father", "role": "guardian"} | wanted)

    return ask


async def test_staff_give_less_and_for_a_while(issue, hand_in, now, cast):
    ends = now + timedelta(days=20)
    code = (await issue(capabilities=["see", "log"], ends_at=ends.isoformat())).json()["code"]

    redeemed = (await hand_in("eve", code)).json()

    assert redeemed["capabilities"] == ["log", "see"]
    link = await Guardianship.get(id=redeemed["id"])
    assert (link.ends_at, link.invited_by_id) == (ends, None)


async def test_role_limits_what_staff_can_give(issue):
    answer = await issue(role="carer", capabilities=["answer"])

    assert (answer.status_code, answer.json()["code"]) == (403, "capability.escalation")


async def test_code_whose_guardianship_would_be_over_is_refused(issue, hand_in, now):
    issued = (await issue(ends_at=(now + timedelta(days=1)).isoformat())).json()
    await LinkingCode.filter(id=issued["id"]).update(guardianship_ends_at=now)

    assert (await hand_in("eve", issued["code"])).json()["code"] == "linking_code.refused"


async def test_mother_with_a_lost_address_goes_on_with_a_new_account(
    issue, hand_in, link_of, as_, cast, phone_of, invited
):
    mia = phone_of("mia")
    (hers,) = await mia.push(mia.item())
    await invited("dana", by="mia", role="carer", relation="grandparent")
    old = await link_of("mia")
    code = (await issue(relation="mother", replaces=str(old.id))).json()["code"]
    assert (await mia.client.get(f"{mia.url}/changes")).status_code == 200, "nothing ends before the code is redeemed"

    redeemed = (await hand_in("eve", code)).json()

    assert redeemed["capabilities"] == ["log", "see", "answer", "invite"]
    assert (await mia.client.get(f"{mia.url}/changes")).status_code == 401
    assert (await Session.get(id=cast.mia.session.id)).end_reason == "guardianship_over"
    assert (await DiaryEntry.get(id=hers["id"])).recorded_by_id == cast.mia.id
    assert (await AuditEvent.get(action=Action.GUARDIANSHIP_END, subject_id=old.id)).reason == "replaced"
    danas = await link_of("dana")
    assert danas.invited_by_id == cast.eve.id
    assert (await as_("eve").post(f"/api/v1/guardianships/{danas.id}/end")).status_code == 200


async def test_what_a_new_account_takes_over_is_no_more_than_there_was(issue, hand_in, link_of, invited, cast, now):
    ends = now + timedelta(days=9)
    old = await invited("dana", by="mia", role="carer", relation="grandparent", ends_at=ends.isoformat())

    code = (await issue(relation="grandparent", role="carer", replaces=str(old.id))).json()["code"]
    await hand_in("eve", code)

    new = await link_of("eve")
    assert (new.capabilities, new.ends_at, new.invited_by_id) == (["log"], ends, cast.mia.id)


async def test_only_a_living_guardianship_of_this_child_in_this_place_is_replaced(issue, link_of, cast, as_):
    toms = await Guardianship.get(participant_id=cast.tom.id)
    ben = await link_of("ben")
    odd = [await issue(replaces=str(toms.id)), await issue(relation="mother", replaces=str(ben.id)),
           await issue(role="carer", replaces=str(ben.id))]
    await as_("nora").post(f"/api/v1/guardianships/{ben.id}/lock", json={"reason": "court_order"})
    locked = await issue(replaces=str(ben.id))
    await as_("nora").post(f"/api/v1/guardianships/{ben.id}/end")
    await Guardianship.filter(id=ben.id).update(court_order_at=None, locked_at=None)
    ended = await issue(replaces=str(ben.id))

    assert {answer.json()["errors"][0]["pointer"] for answer in odd} == {"/replaces"}
    assert (locked.json()["code"], ended.json()["state"]) == ("guardianship.court_order", "ended")


async def test_lock_in_between_keeps_a_new_account_out(issue, link_of, hand_in, as_):
    ben = await link_of("ben")
    code = (await issue(replaces=str(ben.id))).json()["code"]
    await as_("nora").post(f"/api/v1/guardianships/{ben.id}/lock", json={"reason": "court_order"})

    assert (await hand_in("eve", code)).json()["code"] == "linking_code.refused"


@pytest.mark.parametrize(("site", "born", "at", "may"), [
    ("leo", date(2014, 5, 1), datetime(2026, 5, 31, 12, tzinfo=UTC), False),
    ("leo", date(2014, 5, 1), datetime(2026, 5, 31, 23, tzinfo=UTC), True),  # June has begun in Stockholm
    ("tom", date(2014, 5, 1), datetime(2026, 5, 31, 23, 30, tzinfo=UTC), True),
    ("tom", date(2014, 5, 1), datetime(2026, 5, 31, 22, 30, tzinfo=UTC), False),
    ("leo", None, datetime(2040, 1, 1, tzinfo=UTC), False),
])
async def test_child_has_an_own_account_only_when_surely_old_enough(study, cast, site, born, at, may):
    child = cast.participants[site]
    await Participant.filter(id=child.id).update(birth_month=born)
    staff = await cast.actor("nora" if site == "leo" else "otto", Action.LINKING_CODE_ISSUE)

    issue = issue_linking_code(staff, study, child.id, NewLinkingCode(**OWN), now=at)

    if may:
        assert (await issue).row.role == "participant"
    else:
        with pytest.raises(FindingsRefused) as refused:
            await issue
        assert refused.value.extra["findings"][0]["code"] == "own_account.too_young"


async def test_country_that_says_nothing_waits_until_they_are_of_age(study, cast, monkeypatch):
    monkeypatch.setattr(study.protocol.country("SE"), "own_account_from", None)
    await Participant.filter(id=cast.leo.id).update(birth_month=date(2009, 5, 1))
    staff = await cast.actor("nora", Action.LINKING_CODE_ISSUE)

    with pytest.raises(FindingsRefused):
        await issue_linking_code(staff, study, cast.leo.id, NewLinkingCode(**OWN), now=datetime(2027, 5, 9, tzinfo=UTC))
    assert await issue_linking_code(
        staff, study, cast.leo.id, NewLinkingCode(**OWN), now=datetime(2027, 6, 1, tzinfo=UTC))


async def test_teenagers_own_words_are_told_apart_from_the_parents(issue, hand_in, cast, phone_of):
    await Participant.filter(id=cast.leo.id).update(birth_month=date(2012, 1, 1))
    await hand_in("eve", (await issue(**OWN)).json()["code"])
    leos_own = phone_of("eve")

    (stored,) = await leos_own.push(leos_own.item())

    assert (await DiaryEntry.get(id=stored["id"])).relation == "participant_self"


async def test_woman_speaks_for_herself_at_any_age_and_nobody_for_her(issue, hand_in, cast):
    await Participant.filter(id=cast.leo.id).update(kind=ParticipantKind.WOMAN, birth_month=None, arm="prenatal")

    partner = await issue(relation="other_guardian")
    own = await issue(**OWN)

    assert partner.json()["errors"][0]["pointer"] == "/role"
    assert (await hand_in("eve", own.json()["code"])).json()["relation"] == "participant_self"
