"""The e-mail address: proved by a link mailed to it, changed by a link to the new one; nobody learns whose it is."""

import asyncio
from datetime import timedelta

import pytest

from backend.accounts.email_address import MAILS_PER_ACCOUNT, TRIES_PER_ADDRESS
from backend.clock import utc_now
from models import Account, AccountMail, AuditEvent, MailedLink
from models.actions import Action
from models.vocabulary import MailKind
from tests.cast import PASSWORD

VERIFY = "/api/v1/email-verifications"
RESEND = "/api/v1/me/email/verification"
CHANGE = "/api/v1/me/email"
SIGN_IN = "/api/v1/sessions"


@pytest.fixture
async def unproved(cast, signs_in):
    """Mia has just redeemed her code: she is signed in there, and nobody has opened the mail yet."""
    await signs_in("mia")
    await Account.filter(id=cast.mia.id).update(email_verified_at=None)
    return cast.mia


def credentials(email="mia@example.org", password=PASSWORD):
    return {"email": email, "password": password}


async def code_of(answer):
    return answer.status_code, answer.json().get("code") if answer.content else None


async def test_new_family_proves_its_address_with_the_mail(as_, cast, post):
    where = f"/api/v1/participants/{cast.leo.id}/linking-codes"
    code = (await as_("nora").post(where, json={"relation": "step_parent", "role": "guardian"})).json()["code"]
    family = {"code": code, "email": "Sam@example.org", "password": PASSWORD, "display_name": "Sam", "language": "sv",
              "timezone": "Europe/Stockholm"}
    redeemed = await as_().post("/api/v1/linking-codes/redemption", json=family)
    own = {"headers": {"Authorization": f"Bearer {redeemed.json()['access_token']}"}}
    assert (await as_().get("/api/v1/me", **own)).json()["email_verified"] is False

    (parcel,) = await post.collect()
    link, _, token = parcel.link.partition("#")
    opened = await as_().post(VERIFY, json={"token": token})

    assert (parcel.address, link) == ("sam@example.org", "http://localhost:8000/verify-email")
    assert opened.status_code == 204
    assert (await as_().get("/api/v1/me", **own)).json()["email_verified"] is True
    assert (await as_().post(SIGN_IN, json=credentials("sam@example.org"))).status_code == 201
    assert await AuditEvent.filter(action=Action.EMAIL_VERIFY, reason=None).count() == 1
    assert "sam@" not in str(await AuditEvent.all().values()).lower()


async def test_link_works_once(as_, unproved, post):
    await as_("mia").post(RESEND)
    token = await post.token()
    await as_().post(VERIFY, json={"token": token})

    assert await code_of(await as_().post(VERIFY, json={"token": token})) == (410, "link.refused")


async def test_until_then_the_right_password_starts_no_session_but_brings_a_fresh_mail(as_, unproved, post):
    refused = await as_().post(SIGN_IN, json=credentials())
    wrong = await as_().post(SIGN_IN, json=credentials(password="not the right password"))

    assert await code_of(refused) == (403, "email.unverified")
    assert await code_of(wrong) == (401, "sign_in.failed")
    assert (await as_("mia").get("/api/v1/me")).status_code == 200  # where the code was redeemed
    assert (await as_().post(VERIFY, json={"token": await post.token()})).status_code == 204
    assert (await as_().post(SIGN_IN, json=credentials())).status_code == 201


async def test_impatient_sign_ins_do_not_fill_the_mailbox(as_, unproved, post):
    for _ in range(MAILS_PER_ACCOUNT + 2):
        assert await code_of(await as_().post(SIGN_IN, json=credentials())) == (403, "email.unverified")

    assert len(await post.collect()) == MAILS_PER_ACCOUNT
    assert await code_of(await as_("mia").post(RESEND)) == (429, "too_many_attempts")


async def test_verified_address_gets_no_further_mail(as_, cast, post):
    assert (await as_("mia").post(RESEND)).status_code == 202
    assert await post.collect() == []


async def test_link_is_over_after_seven_days(as_, unproved, post):
    await as_("mia").post(RESEND)
    token = await post.token()
    link = await MailedLink.get()
    assert link.expires_at - link.created_at == timedelta(days=7)

    await MailedLink.all().update(expires_at=utc_now())

    assert await code_of(await as_().post(VERIFY, json={"token": token})) == (410, "link.refused")


async def test_made_up_tokens_are_refused_and_soon_not_even_looked_at(as_):
    answers = [await as_().post(VERIFY, json={"token": f"made-up-{n}"}) for n in range(TRIES_PER_ADDRESS + 1)]

    assert {await code_of(answer) for answer in answers[:-1]} == {(410, "link.refused")}
    assert await code_of(answers[-1]) == (429, "too_many_attempts")


async def test_new_address_becomes_the_sign_in_name_and_the_old_one_is_told(as_, signs_in, cast, post):
    await signs_in("mia")
    asked = await as_("mia").post(CHANGE, json={"email": "Mia.New@example.org"})
    (parcel,) = await post.collect()
    assert (asked.status_code, parcel.address) == (202, "mia.new@example.org")
    assert (await as_().post(SIGN_IN, json=credentials())).status_code == 201  # nothing has changed yet

    opened = await as_().post(VERIFY, json={"token": parcel.link.partition("#")[2]})

    assert opened.status_code == 204
    assert (await as_().post(SIGN_IN, json=credentials("mia.new@example.org"))).status_code == 201
    assert (await as_().post(SIGN_IN, json=credentials())).status_code == 401
    told = await post.told("your e-mail address was changed")
    assert (told.address, told.link) == ("mia@example.org", None)
    assert "mia.new" not in told.body
    assert "mia" not in str(await AuditEvent.all().values())


async def test_change_needs_a_recent_proof_of_who_it_is(as_, cast, post, now):
    cast.mia.session.proved_at = now - timedelta(minutes=11)
    await cast.mia.session.save()

    answer = await as_("mia").post(CHANGE, json={"email": "mia.new@example.org"})

    assert await code_of(answer) == (403, "step_up.required")
    assert await post.collect() == []


async def test_taken_address_reveals_nothing_and_its_owner_gets_no_mail(as_, cast, post):
    taken = await as_("mia").post(CHANGE, json={"email": "eve@example.org"})
    free = await as_("mia").post(CHANGE, json={"email": "free@example.org"})

    assert (taken.status_code, taken.content) == (free.status_code, free.content)
    assert [parcel.address for parcel in await post.collect()] == ["free@example.org"]


async def test_newer_wish_ends_the_older(as_, cast, post):
    await as_("mia").post(CHANGE, json={"email": "first@example.org"})
    first = await post.token()
    await as_("mia").post(CHANGE, json={"email": "second@example.org"})
    second = await post.token()

    assert (await as_().post(VERIFY, json={"token": first})).status_code == 410
    assert (await as_().post(VERIFY, json={"token": second})).status_code == 204
    assert (await Account.get(id=cast.mia.id)).email == "second@example.org"


async def test_of_two_who_take_one_address_at_once_one_gets_it(as_, cast, post):
    tokens = []
    for name in ("mia", "ben", "eve"):
        await as_(name).post(CHANGE, json={"email": "wanted@example.org"})
        tokens.append(await post.token())

    answers = await asyncio.gather(*(as_().post(VERIFY, json={"token": token}) for token in tokens))

    assert sorted(answer.status_code for answer in answers) == [204, 410, 410]
    assert await Account.filter(email="wanted@example.org").count() == 1
    assert await AuditEvent.filter(action=Action.EMAIL_CHANGE, reason=None).count() == 1


async def test_link_shown_many_times_at_once_works_once(as_, cast, post):
    await as_("mia").post(CHANGE, json={"email": "mia.new@example.org"})
    token = await post.token()

    answers = await asyncio.gather(*(as_().post(VERIFY, json={"token": token}) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [204] + [410] * 7
    assert await AccountMail.filter(kind=MailKind.EMAIL_CHANGED).count() == 1


async def test_disabled_account_proves_nothing(as_, unproved, post, now):
    await as_("mia").post(RESEND)
    token = await post.token()
    await Account.filter(id=unproved.id).update(disabled_at=now)

    assert (await as_().post(VERIFY, json={"token": token})).status_code == 410


async def test_an_address_that_refused_a_mail_is_proved_anew(as_, cast, post, now):
    await Account.filter(id=cast.mia.id).update(mail_refused_at=now)
    assert (await as_("mia").get("/api/v1/me")).json()["email_refused"] is True

    assert (await as_("mia").post(RESEND)).status_code == 202
    assert (await as_().post(VERIFY, json={"token": await post.token()})).status_code == 204

    assert (await as_("mia").get("/api/v1/me")).json()["email_refused"] is False
    assert (await Account.get(id=cast.mia.id)).mail_refused_at is None


async def test_another_address_or_a_mailed_password_also_ends_the_refusal(as_, cast, post, signs_in, now):
    await signs_in("mia")
    await Account.filter(id=cast.mia.id).update(mail_refused_at=now)
    await as_("mia").post(CHANGE, json={"email": "mia.new@example.org"})
    assert (await as_().post(VERIFY, json={"token": await post.token()})).status_code == 204
    assert (await Account.get(id=cast.mia.id)).mail_refused_at is None

    await Account.filter(id=cast.mia.id).update(mail_refused_at=now)
    await as_().post("/api/v1/password-resets", json={"email": "mia.new@example.org"})
    token = await post.token()
    new = {"token": token, "password": "eight loud weeks in another row"}
    assert (await as_().post("/api/v1/password-resets/completion", json=new)).status_code == 200
    assert (await Account.get(id=cast.mia.id)).mail_refused_at is None


async def test_an_address_that_is_proved_and_takes_mail_gets_no_other_link(as_, cast, post):
    assert (await as_("mia").post(RESEND)).status_code == 202

    assert await post.collect() == []
