"""One's own number: it counts once the code sent there was typed, and nothing of it stands where it needn't."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from backend.clock import utc_now
from backend.housekeeping import clear_what_is_over
from backend.reach.phone import CODES_PER_DAY, CODES_PER_QUARTER, TRIES
from models import Account, AttemptCount, AuditEvent, NoticePreference, PhoneCode
from models.vocabulary import DeliveryState
from notifications.channels.base import Reach
from notifications.channels.sms_budget import used

PHONE, PROOF = "/api/v1/me/phone", "/api/v1/me/phone/proof"
TYPED, NUMBER = {"phone": "+46 (0)70-174 06 05"}, "+46701740605"
OTHER = "+447911123456"


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "111111"


async def reason(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_mia_proves_her_number_with_the_code_that_came_there(as_, cast, pocket):
    asked = await as_("mia").put(PHONE, json=TYPED)
    code = await pocket.code()
    waiting = (await as_("mia").get(PHONE)).json()
    proved = await as_("mia").post(PROOF, json={"code": code})

    assert (asked.status_code, asked.json()) == (202, {"phone": None, "unproved": NUMBER, "code": "on_its_way"})
    assert waiting == {"phone": None, "unproved": NUMBER, "code": "sent"}
    assert (proved.status_code, proved.json()) == (200, {"phone": NUMBER, "unproved": None, "code": None})
    assert pocket.provider.sent[0][1]["to"] == NUMBER
    assert (await Account.get(id=cast.mia.id)).phone == NUMBER


async def test_a_number_that_nobody_has_proved_is_never_reached(as_, cast, pocket):
    await as_("mia").put(PHONE, json=TYPED)
    await pocket.code()

    account = await Account.get(id=cast.mia.id)
    assert pocket.wiring.channels[0].address_of(Reach(account, NoticePreference(account_id=account.id))) is None


async def test_neither_number_nor_code_stands_in_the_trail_the_log_or_in_counters(as_, cast, pocket, caplog):
    await as_("mia").put(PHONE, json=TYPED)
    code = await pocket.code()
    await as_("mia").post(PROOF, json={"code": code})
    await as_("mia").delete(PHONE)

    written = str([await AuditEvent.all().values(), await AttemptCount.all().values(), caplog.text])
    assert "701740605" not in written
    assert code not in written
    assert code not in str(await PhoneCode.all().values("phone", "last_error", "state"))
    events = await AuditEvent.filter(actor_id=cast.mia.id).order_by("seq").values_list("action", "reason")
    assert events == [("phone.change", "code_asked_for"), ("phone.change", None), ("phone.change", None)]


async def test_after_five_wrong_codes_the_right_one_is_refused_too(as_, pocket):
    await as_("mia").put(PHONE, json=TYPED)
    code = await pocket.code()
    guesses = await asyncio.gather(*(
        as_("mia").post(PROOF, json={"code": other_than(code)}) for _ in range(TRIES)
    ))

    assert {await reason(guess) for guess in guesses} == {(410, "phone_code.refused")}
    assert await reason(await as_("mia").post(PROOF, json={"code": code})) == (410, "phone_code.refused")


async def test_the_right_code_still_works_as_the_fifth_try_and_only_once(as_, pocket):
    await as_("mia").put(PHONE, json=TYPED)
    code = await pocket.code()
    for _ in range(TRIES - 1):
        await as_("mia").post(PROOF, json={"code": other_than(code)})

    assert (await as_("mia").post(PROOF, json={"code": code})).status_code == 200
    assert await reason(await as_("mia").post(PROOF, json={"code": code})) == (410, "phone_code.refused")


async def test_a_code_is_over_after_ten_minutes_and_is_not_sent_then(as_, cast, pocket):
    await as_("mia").put(PHONE, json=TYPED)
    code = await pocket.code()
    await PhoneCode.all().update(expires_at=utc_now() - timedelta(seconds=1))
    assert await reason(await as_("mia").post(PROOF, json={"code": code})) == (410, "phone_code.refused")

    await as_("mia").put(PHONE, json=TYPED)
    assert await pocket.work(utc_now() + timedelta(minutes=10, seconds=1)) == 0
    assert len(pocket.provider.sent) == 1
    assert (await PhoneCode.all().order_by("-created_at").first()).last_error == "too_late"


async def test_another_persons_code_proves_nothing(as_, pocket):
    await as_("mia").put(PHONE, json=TYPED)
    code = await pocket.code()
    await as_("ben").put(PHONE, json={"phone": OTHER})

    assert await reason(await as_("ben").post(PROOF, json={"code": code})) == (410, "phone_code.refused")
    assert await reason(await as_("eve").post(PROOF, json={"code": code})) == (410, "phone_code.refused")


async def test_the_newest_code_ends_the_older_and_the_former_number_counts_until_then(as_, cast, pocket):
    await as_("mia").put(PHONE, json=TYPED)
    await as_("mia").post(PROOF, json={"code": await pocket.code()})
    await as_("mia").put(PHONE, json={"phone": OTHER})
    first = await pocket.code()
    await as_("mia").put(PHONE, json={"phone": OTHER})
    second = await pocket.code()

    assert (await as_("mia").get(PHONE)).json() == {"phone": NUMBER, "unproved": OTHER, "code": "sent"}
    assert first == second or (await as_("mia").post(PROOF, json={"code": first})).status_code == 410
    assert (await as_("mia").post(PROOF, json={"code": second})).json()["phone"] == OTHER


async def test_no_sms_any_more_forgets_the_number_and_the_wish(as_, cast, pocket):
    await as_("mia").put(PHONE, json=TYPED)
    await as_("mia").post(PROOF, json={"code": await pocket.code()})
    await NoticePreference.update_or_create(account_id=cast.mia.id, defaults={"sms_on": True})

    assert [(await as_("mia").delete(PHONE)).status_code for _ in range(2)] == [204, 204]

    wish = await NoticePreference.get(account_id=cast.mia.id)
    assert (wish.sms_on, wish.changed_at is not None) == (False, True)
    assert (await as_("mia").get(PHONE)).json() == {"phone": None, "unproved": None, "code": None}
    assert await AuditEvent.filter(action="preferences.change", actor_id=cast.mia.id).count() == 1


@pytest.mark.parametrize("typed", ["0701740605", "+46 8 123 456", "+46 900 100 00 00", "+1 900 555 0100", "mia", "",
                                   "+467017406051234", "+46 70 174\x00"])
async def test_what_is_no_mobile_number_is_refused_without_being_quoted(as_, pocket, typed):
    answer = await as_("mia").put(PHONE, json={"phone": typed})

    assert answer.status_code in (400, 422)
    assert not typed or typed not in answer.text
    assert await PhoneCode.all().count() == 0


@pytest.mark.parametrize("body", [{"code": "12345"}, {"code": "1234567"}, {"code": "１２３４５６"}, {"code": 123456},
                                  {"code": "123456\n"}, {}, {"code": "123456", "phone": "+46"}])
async def test_what_is_no_code_is_refused_and_costs_no_try(as_, pocket, body):
    await as_("mia").put(PHONE, json=TYPED)

    assert (await as_("mia").post(PROOF, json=body)).status_code in (400, 422)
    assert (await PhoneCode.get()).tries == 0


async def test_nobody_fills_a_strangers_phone_through_us(as_, pocket):
    mias = [(await as_("mia").put(PHONE, json=TYPED)).status_code for _ in range(CODES_PER_QUARTER + 1)]
    bens = await as_("ben").put(PHONE, json=TYPED)

    assert mias == [202] * CODES_PER_QUARTER + [429]
    assert await reason(bens) == (429, "too_many_attempts")
    assert int(bens.headers["retry-after"]) > 0


async def test_ten_codes_a_day_are_enough_for_everybody(as_, cast, pocket, now):
    for hour in range(CODES_PER_DAY):
        at = now - timedelta(hours=hour)
        await PhoneCode.create(account=cast.mia.account, phone=OTHER, expires_at=at, due_at=at, created_at=at,
                               used_at=at)

    answer = await as_("mia").put(PHONE, json=TYPED)

    assert await reason(answer) == (429, "too_many_attempts")
    assert 14 * 3600 < int(answer.headers["retry-after"]) <= 15 * 3600


async def test_where_no_provider_is_set_up_nobody_is_asked_for_a_number(as_, reaching):
    reaching(None)

    assert await reason(await as_("mia").put(PHONE, json=TYPED)) == (409, "sms.not_set")


async def test_a_provider_that_is_down_gets_the_same_code_a_little_later(as_, cast, pocket, now):
    pocket.provider.answers = [httpx.ConnectError("down"), httpx.Response(503)]
    await as_("mia").put(PHONE, json=TYPED)

    assert await pocket.work() == 0
    waiting = await PhoneCode.get()
    assert (waiting.state, waiting.last_error) == (DeliveryState.QUEUED, "connection_failed")
    assert await pocket.work(utc_now() + timedelta(seconds=10)) == 0
    assert await pocket.work(utc_now() + timedelta(seconds=60)) == 1
    assert (await as_("mia").get(PHONE)).json()["code"] == "sent"


async def test_a_refused_number_and_a_used_up_cap_are_told(as_, cast, reaching, pocket):
    pocket.provider.answers = [httpx.Response(400, text='Invalid value for key "to"')]
    await as_("mia").put(PHONE, json=TYPED)
    await pocket.work()
    assert (await as_("mia").get(PHONE)).json()["code"] == "failed"
    pocket.wiring = reaching(pocket.provider, cap=1)
    for who, said in (("mia", "sent"), ("ben", "failed")):
        await as_(who).put(PHONE, json={"phone": OTHER})
        await pocket.work()
        assert (await as_(who).get(PHONE)).json()["code"] == said

    assert (await PhoneCode.get(account_id=cast.ben.id)).last_error == "sms_cap"
    assert await used(utc_now()) == 1


async def test_several_workers_send_one_code_once(as_, pocket):
    await as_("mia").put(PHONE, json=TYPED)

    assert sum(await asyncio.gather(*(pocket.work() for _ in range(4)))) == 1
    assert len(pocket.provider.sent) == 1


async def test_who_was_shut_out_meanwhile_gets_no_code(as_, cast, pocket, now):
    await as_("mia").put(PHONE, json=TYPED)
    await Account.filter(id=cast.mia.id).update(disabled_at=now)

    assert await pocket.work() == 0
    assert pocket.provider.sent == []


async def test_numbers_that_codes_went_to_are_cleared_away_after_two_days(as_, cast, pocket, study):
    await as_("mia").put(PHONE, json=TYPED)

    await clear_what_is_over(study, utc_now() + timedelta(days=1, hours=23))
    assert await PhoneCode.all().count() == 1
    await clear_what_is_over(study, utc_now() + timedelta(days=2, minutes=1))
    assert await PhoneCode.all().count() == 0
