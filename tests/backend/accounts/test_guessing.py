"""Guessing from outside: what is answered, how often anything is checked, and that no header buys another try."""

import asyncio
import re
import time

import httpx
import pytest

from backend.access import passwords
from backend.participants.code_alphabet import as_shown, new_code
from models import Guardianship, MailedLink, Session
from tests.processes import serving

SIGN_IN = "/api/v1/sessions"
WRONG = {"password": "not the right password"}
FAMILY = {"email": "sam@example.org", "password": "a kettle sings at dawn", "display_name": "Sam",
          "language": "en", "timezone": "Europe/Stockholm"}


def code(_n):
    return "/api/v1/linking-codes/redemption", FAMILY | {"code": as_shown(new_code())}


def reset(n):
    return "/api/v1/password-resets/completion", {"token": f"guess-{n}-" + "x" * 30, "password": FAMILY["password"]}


def first_sign_in(n):
    return "/api/v1/first-sign-ins", {"token": f"guess-{n}-" + "x" * 30, "code": "123456"}


def verification(n):
    return "/api/v1/email-verifications", {"token": f"guess-{n}-" + "x" * 30}


@pytest.mark.parametrize(("guess", "checked"), [(code, 20), (reset, 30), (first_sign_in, 30), (verification, 30)])
@pytest.mark.parametrize("guesses", [120, pytest.param(10_000, marks=pytest.mark.full)])
async def test_ten_thousand_guesses_hit_nothing_and_few_are_looked_at(as_, cast, guess, checked, guesses):
    nobody, before = as_(), await Guardianship.all().count()

    answers = [(await nobody.post(path, json=body)).status_code for path, body in map(guess, range(guesses))]

    assert set(answers) == {410, 429}
    quarters = -(-guesses // 1_000)  # the clock goes on: a long run sees the next quarter of an hour begin
    assert answers.count(410) <= checked * (1 + quarters)
    assert answers[:checked] == [410] * checked
    assert await Guardianship.all().count() == before
    assert await MailedLink.all().count() == 0


@pytest.mark.full
async def test_ten_thousand_codes_from_as_many_addresses_hit_nothing(as_, cast, monkeypatch):
    addresses = iter(range(100_000))
    monkeypatch.setattr("backend.participants.routes.address_of", lambda _request: f"2001:db8:{next(addresses):x}::")
    nobody, before = as_(), await Guardianship.all().count()

    for path, body in map(code, range(10_000)):
        assert (await nobody.post(path, json=body)).status_code == 410

    assert await Guardianship.all().count() == before


@pytest.mark.parametrize("guesses", [30, pytest.param(5_000, marks=pytest.mark.full)])
async def test_two_processes_and_any_header_are_one_count(cast, signs_in, settings, guesses):
    body = await signs_in("mia")
    with serving(settings) as (_, one), serving(settings) as (_, two):
        async with httpx.AsyncClient() as client:
            answers = [await client.post(f"http://127.0.0.1:{port}{SIGN_IN}", json=body | WRONG, headers=disguise(n))
                       for n in range(guesses // 2) for port in (one, two)]
            right = await client.post(f"http://127.0.0.1:{one}{SIGN_IN}", json=body, headers=disguise(0))

    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * (guesses - 10)
    assert right.status_code == 429


def disguise(n: int) -> dict[str, str]:
    address = f"203.0.113.{n % 250}"
    return {"X-Forwarded-For": address, "Forwarded": f"for={address}", "X-Real-IP": address, "Client-IP": address,
            "X-Forwarded-Host": "evil.example"}


@pytest.mark.parametrize(("proxies", "looked_at"), [
    ("", 20), ("127.0.0.1", 25), pytest.param("192.0.2.1", 20, marks=pytest.mark.full),
])
async def test_forwarded_address_counts_behind_a_trusted_proxy_only(study, settings, proxies, looked_at):
    path, _ = code(0)
    if time.time() % 900 > 880:  # the count begins anew with the quarter of an hour
        await asyncio.sleep(21)
    with serving(settings, TRUSTED_PROXIES=proxies) as (_, port):
        async with httpx.AsyncClient() as client:
            answers = [await client.post(f"http://127.0.0.1:{port}{path}", json=code(n)[1], headers=disguise(n))
                       for n in range(25)]

    assert [answer.status_code for answer in answers] == [410] * looked_at + [429] * (25 - looked_at)


WRONGS = {
    "wrong password": WRONG,
    "empty password": {"password": ""},
    "unknown account": {"email": "nobody@example.org"},
    "account without a password": {"email": "ben@example.org"},
    "disabled account": {"email": "iris@example.org"},
    "wrong code": {"email": "nora@example.org", "code": "000000"},
    "1,024 characters": {"password": "x" * 1024},
}


@pytest.fixture
async def people(signs_in, cast, now):
    body = await signs_in("mia")
    await signs_in("nora", authenticator=True)
    await signs_in("iris", authenticator=True)
    await cast.iris.account.update_from_dict({"disabled_at": now}).save()
    return body


async def test_every_wrong_sign_in_looks_the_same(as_, people):
    answers = {what: await as_().post(SIGN_IN, json=people | wrong) for what, wrong in WRONGS.items()}

    seen = {(answer.status_code, answer.text, no_request_id(answer)) for answer in answers.values()}
    assert len(seen) == 1, seen
    assert await Session.filter(device_name="").count() == 0


def no_request_id(answer: httpx.Response) -> str:
    return re.sub(r"[0-9a-f]{16}", "…", str(sorted(answer.headers.items())))


@pytest.mark.parametrize("wrong", WRONGS)
async def test_each_of_them_costs_one_argon2(as_, people, monkeypatch, wrong):
    hashes, plain = [], passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda known, typed: hashes.append(known) or plain(known, typed))

    await as_().post(SIGN_IN, json=people | WRONGS[wrong])

    assert len(hashes) == 1
    assert hashes[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_password_of_a_megabyte_is_too_much_and_nothing_is_hashed(as_, people):
    answer = await as_().post(SIGN_IN, json=people | {"password": "x" * 1_000_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
