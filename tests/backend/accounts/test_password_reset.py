"""A forgotten password: ten minutes, once, by mail; every device is signed out; strangers learn nothing."""

import asyncio
from datetime import timedelta

import pytest

from backend.accounts.mailed_links import RESETS_PER_DAY
from backend.accounts.password_reset import REQUESTS_PER_ADDRESS, REQUESTS_PER_EMAIL, TRIES_PER_ADDRESS
from backend.clock import utc_now
from models import Account, AccountMail, AttemptCount, AuditEvent, MailedLink, Session
from models.actions import Action
from models.vocabulary import MailKind
from notifications.words.messages import LIFETIME
from tests.cast import PASSWORD

ASK = "/api/v1/password-resets"
COMPLETE = f"{ASK}/completion"
SIGN_IN = "/api/v1/sessions"
NEW = "eleven green bicycles by the sea"


@pytest.fixture
def ask(as_):
    async def ask_for(email="mia@example.org", **more):
        return await as_().post(ASK, json={"email": email}, **more)

    return ask_for


@pytest.fixture
def complete(as_):
    async def choose(token, password=NEW):
        return await as_().post(COMPLETE, json={"token": token, "password": password})

    return choose


async def test_mia_chooses_a_new_password_and_every_device_is_signed_out(as_, signs_in, ask, complete, post, cast):
    await signs_in("mia")
    elsewhere = (await as_().post(SIGN_IN, json={"email": "mia@example.org", "password": PASSWORD})).json()
    kept = {"refresh_token": elsewhere["refresh_token"]}

    assert (await ask("  Mia@Example.org".strip())).status_code == 202
    chosen = await complete(await post.token())

    assert chosen.status_code == 200
    assert (await as_("mia").get("/api/v1/me")).status_code == 401
    assert (await as_().post(f"{SIGN_IN}/refresh", json=kept)).status_code == 401
    old = await as_().post(SIGN_IN, json={"email": "mia@example.org", "password": PASSWORD})
    new = await as_().post(SIGN_IN, json={"email": "mia@example.org", "password": NEW})
    assert (old.status_code, new.status_code) == (401, 201)
    event = await AuditEvent.get(action=Action.PASSWORD_RESET, reason=None)
    assert (event.actor_id, event.changes["sessions"]) == (cast.mia.id, [2, 0])
    told = await post.told("your password was changed")
    assert (told.address, told.link) == ("mia@example.org", None)


async def test_answer_is_the_same_for_everybody_and_only_mia_gets_mail(ask, signs_in, cast, post, now):
    await signs_in("mia")
    await signs_in("eve")
    await Account.filter(id=cast.eve.id).update(disabled_at=now)

    answers = [await ask(email) for email in ("mia@example.org", "nobody@example.org", "eve@example.org",
                                             "ben@example.org")]

    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    written = await AccountMail.all().values("kind", "state", "account_id", "sealed_link", "attempts")
    assert len({str(row) for row in written}) == 1  # the same work for each, so the same time
    assert [parcel.address for parcel in await post.collect()] == ["mia@example.org"]
    assert not await AccountMail.exists(address="nobody@example.org")


async def test_unverified_address_is_proved_by_the_reset(ask, complete, signs_in, cast, post, as_):
    await signs_in("mia")
    await Account.filter(id=cast.mia.id).update(email_verified_at=None)
    await ask()

    await complete(await post.token())

    assert (await as_().post(SIGN_IN, json={"email": "mia@example.org", "password": NEW})).status_code == 201


async def test_staff_still_need_their_authenticator(ask, complete, signs_in, totp, post, as_, now):
    await signs_in("nora", authenticator=True)
    await ask("nora@example.org")
    await complete(await post.token())

    without = await as_().post(SIGN_IN, json={"email": "nora@example.org", "password": NEW})
    with_it = await as_().post(SIGN_IN, json={"email": "nora@example.org", "password": NEW, "code": totp(now)})

    assert without.json()["code"] == "sign_in.code_required"
    assert with_it.status_code == 201


async def test_staff_who_never_finished_their_first_sign_in_get_no_reset(ask, signs_in, cast, post):
    await signs_in("nora", authenticator=True)
    await Account.filter(id=cast.nora.id).update(email_verified_at=None)
    await ask("nora@example.org")

    assert await post.collect() == []


async def test_who_has_reset_the_password_is_not_locked_out_by_guessers(ask, complete, signs_in, as_, post):
    body = await signs_in("mia")
    await ask()
    known = (await complete(await post.token())).json()["device_token"]
    for _ in range(12):
        guess = await as_().post(SIGN_IN, json=body | {"password": "not the right password"})
    assert guess.status_code == 429

    entered = await as_().post(SIGN_IN, json=body | {"password": NEW, "device_token": known})

    assert entered.status_code == 201


async def test_browser_gets_its_device_token_as_a_cookie_and_only_on_our_own_page(as_, ask, signs_in, post):
    await signs_in("mia")
    await ask()
    body = {"token": await post.token(), "password": NEW, "kind": "browser"}

    foreign = await as_().post(COMPLETE, json=body, headers={"Sec-Fetch-Site": "cross-site"})
    own = await as_().post(COMPLETE, json=body, headers={"Sec-Fetch-Site": "same-origin"})

    assert foreign.json()["code"] == "browser.foreign_page"
    assert (own.status_code, own.json(), list(own.cookies)) == (200, {"device_token": None}, ["device"])


async def test_weak_password_leaves_the_link_as_it_was(ask, complete, signs_in, post):
    await signs_in("mia")
    await ask()
    token = await post.token()

    weak = await complete(token, "too short")

    assert (weak.status_code, weak.json()["code"]) == (422, "password.weak")
    assert (await complete(token)).status_code == 200


async def test_used_late_replaced_foreign_and_unknown_tokens_get_the_same_answer(ask, complete, signs_in, post, cast):
    await signs_in("mia")
    await signs_in("ben")
    await ask()
    replaced = await post.token()
    await ask()
    used = await post.token()
    assert (await complete(used)).status_code == 200
    await post.collect()
    await ask("ben@example.org")
    late = await post.token()
    await MailedLink.filter(account_id=cast.ben.id).update(expires_at=utc_now())

    answers = [await complete(token) for token in (replaced, used, late, "made-up", "")]

    assert {(answer.status_code, answer.json()["code"], answer.json()["detail"]) for answer in answers} == {
        (410, "link.refused", "This link can't be used any more"),
    }


async def test_link_lives_ten_minutes_from_the_request(ask, signs_in, post):
    await signs_in("mia")
    await ask()
    asked = await AccountMail.get()
    await post.collect(asked.created_at + timedelta(minutes=4))

    link = await MailedLink.get()

    assert link.expires_at - asked.created_at == LIFETIME[MailKind.RESET_PASSWORD] == timedelta(minutes=10)


async def test_links_to_an_address_are_worth_nothing_for_another_purpose(as_, ask, complete, signs_in, cast, post):
    await signs_in("mia")
    await as_("mia").post("/api/v1/me/email", json={"email": "mia.new@example.org"})
    change = await post.token()
    await ask()
    reset = await post.token()

    assert (await complete(change)).status_code == 410
    assert (await as_().post("/api/v1/email-verifications", json={"token": reset})).status_code == 410


async def test_reset_ends_every_other_link_too(as_, ask, complete, signs_in, cast, post):
    """Somebody with her phone has asked for another address; the reset takes that back."""
    await signs_in("mia")
    await as_("mia").post("/api/v1/me/email", json={"email": "thief@example.org"})
    change = await post.token()
    await ask()
    await complete(await post.token())

    assert (await as_().post("/api/v1/email-verifications", json={"token": change})).status_code == 410


async def test_token_shown_many_times_at_once_works_once(ask, complete, signs_in, post):
    await signs_in("mia")
    await ask()
    token = await post.token()

    answers = await asyncio.gather(*(complete(token, f"{NEW} {n}") for n in range(6)))

    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 5
    assert await AuditEvent.filter(action=Action.PASSWORD_RESET, reason=None).count() == 1


async def test_two_requests_at_once_leave_one_link_that_works(ask, signs_in, post, cast):
    await signs_in("mia")
    await asyncio.gather(ask(), ask())

    await post.collect()

    assert await MailedLink.filter(account_id=cast.mia.id, used_at__isnull=True).count() == 1


async def test_mailbox_of_another_is_not_filled(ask, signs_in, post):
    await signs_in("mia")
    answers = [await ask() for _ in range(REQUESTS_PER_EMAIL + 1)]
    strangers = [await ask("nobody@example.org") for _ in range(REQUESTS_PER_EMAIL + 1)]

    assert [answer.status_code for answer in answers] == [202] * REQUESTS_PER_EMAIL + [429]
    assert [answer.status_code for answer in strangers] == [answer.status_code for answer in answers]


async def test_one_account_gets_three_mails_a_day_and_whoever_asks_is_told_nothing(ask, signs_in, post, now):
    await signs_in("mia")
    for hours in range(5):
        assert (await ask()).status_code == 202
        await AccountMail.filter(state="queued").update(created_at=now + timedelta(hours=hours))
        came = await post.collect()
        assert [parcel.address for parcel in came] == ["mia@example.org"] * (hours < RESETS_PER_DAY)
        await AttemptCount.all().delete()
    assert await AccountMail.filter(last_error="too_many", state="cancelled").count() == 2

    await MailedLink.all().update(created_at=now - timedelta(days=1))
    await ask()

    assert len(await post.collect()) == 1


async def test_one_address_asks_only_so_often(ask):
    answers = [await ask(f"n{number}@example.org") for number in range(REQUESTS_PER_ADDRESS + 1)]

    assert [answer.status_code for answer in answers] == [202] * REQUESTS_PER_ADDRESS + [429]


async def test_guessing_tokens_is_soon_not_even_looked_at(complete):
    answers = [await complete(f"guess-{number}") for number in range(TRIES_PER_ADDRESS + 20)]

    assert [answer.status_code for answer in answers] == [410] * TRIES_PER_ADDRESS + [429] * 20


@pytest.mark.full
async def test_ten_thousand_guesses_hit_nothing(ask, complete, signs_in, post):
    await signs_in("mia")
    await ask()
    token = await post.token()

    statuses = {(await complete(f"{token[:-1]}{n}")).status_code for n in range(10_000)}

    assert statuses == {410, 429}


FORGED = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example",
          "X-Forwarded-For": "192.0.2.1"}


async def test_forged_host_headers_change_no_link(ask, signs_in, post):
    await signs_in("mia")
    await ask(headers=FORGED)

    (parcel,) = await post.collect()

    assert parcel.link.startswith("http://localhost:8000/reset-password#")
    assert "evil" not in parcel.body


async def test_forged_forwarding_headers_do_not_raise_the_limit(as_, ask):
    answers = [await ask(f"n{n}@example.org", headers={"X-Forwarded-For": f"192.0.2.{n}"})
               for n in range(REQUESTS_PER_ADDRESS + 1)]

    assert answers[-1].status_code == 429


async def test_tokens_account_that_moved_to_another_address_is_not_reset(ask, complete, signs_in, cast, post):
    await signs_in("mia")
    await ask()
    token = await post.token()
    await Account.filter(id=cast.mia.id).update(email="mia.new@example.org")

    assert (await complete(token)).status_code == 410
    assert await Session.filter(account_id=cast.mia.id, ended_at__isnull=True).count() == 1
