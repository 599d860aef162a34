"""The link in a mail: one click without signing in turns reminder mails off, looking at it changes nothing."""

import asyncio
import re
from uuid import uuid4

import pytest

from backend.reach.unsubscribe_address import account_named, token_of, unsubscribe_address
from backend.reach.unsubscribe_page import WORDS
from models import Account, AuditEvent, NoticePreference
from notifications.words.languages import LANGUAGES
from notifications.words.privacy import refuse_clinical_content

FORM = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def path(cast, study):
    return f"/u/{token_of(study.seal, cast.mia.id)}"


async def wants_mail(cast) -> bool:
    chosen = await NoticePreference.get_or_none(account_id=cast.mia.id)
    return chosen is None or chosen.email_on


async def test_one_click_of_a_mailbox_provider_turns_mail_off(as_, cast, path):
    answer = await as_().post(path, data=FORM)

    assert (answer.status_code, answer.is_redirect) == (200, False)
    assert not answer.headers.get("set-cookie")
    assert not await wants_mail(cast)
    assert (await NoticePreference.get(account_id=cast.mia.id)).changed_at is not None
    event = await AuditEvent.get(action="preferences.change")
    assert (event.actor_id, event.session_id, event.changes) == (cast.mia.id, None, {"email_on": [True, False]})


async def test_one_click_comes_as_a_form_of_either_kind(as_, cast, path):
    answer = await as_().post(path, files={"List-Unsubscribe": (None, "One-Click")})

    assert answer.request.headers["content-type"].startswith("multipart/form-data")
    assert answer.status_code == 200
    assert not await wants_mail(cast)


async def test_a_second_click_changes_nothing(as_, cast, path):
    await NoticePreference.create(account_id=cast.mia.id, quiet_from=21)

    answers = await asyncio.gather(*(as_().post(path, data=FORM) for _ in range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert await AuditEvent.filter(action="preferences.change").count() == 1
    assert (await NoticePreference.get(account_id=cast.mia.id)).quiet_from == 21


async def test_a_scanner_that_opens_the_link_changes_nothing(as_, cast, path):
    answer = await as_().get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert (answer.headers["x-robots-tag"], answer.headers["cache-control"]) == ("noindex", "no-store")
    assert await wants_mail(cast)
    assert await AuditEvent.filter(action="preferences.change").count() == 0


async def test_the_button_of_the_page_does_what_one_click_does(as_, cast, path):
    page = (await as_().get(path)).text
    name, value = re.search(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', page).groups()

    assert '<form method="post">' in page
    assert "<script" not in page
    done = await as_().post(path, data={name: value}, headers={"Origin": "http://localhost:8000"})
    assert WORDS["en"].done in done.text
    assert not await wants_mail(cast)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_speaks_the_accounts_language_and_says_nothing_about_health(as_, cast, path, language):
    await Account.filter(id=cast.mia.id).update(language=language)

    page = (await as_().get(path)).text

    assert WORDS[language].question in page
    assert f'<html lang="{language}">' in page
    for text in vars(WORDS[language]).values():
        refuse_clinical_content(text, ["BOOSTB4", "SE01-001"])


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=No", b"One-Click=List-Unsubscribe", b"\xff", b"{}"])
async def test_what_is_not_one_click_turns_nothing_off(as_, cast, path, body):
    answer = await as_().post(path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert (answer.status_code, answer.json()["code"]) == (400, "body.malformed")
    assert await wants_mail(cast)


async def test_a_token_of_somebody_else_or_of_nobody_leads_nowhere(as_, cast, study, path):
    gone = token_of(study.seal, uuid4())
    for token in ("x", "A" * 43, path[3:-1] + ("A" if path[-1] != "A" else "B"), path[3:] + "=", path[3:] + "A", gone,
                  "é" * 43, "a" * 5000):
        for answer in (await as_().get(f"/u/{token}"), await as_().post(f"/u/{token}", data=FORM)):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), token


def test_the_address_is_opaque_https_only_and_the_same_each_time(study):
    account = uuid4()
    secure = unsubscribe_address(study.seal, "https://diary.example.org/")

    assert secure(account) == secure(account)
    assert re.fullmatch(r"https://diary\.example\.org/u/[\w-]{43}", secure(account))
    assert str(account) not in secure(account)
    assert account_named(study.seal, secure(account).rpartition("/")[2]) == account
    assert unsubscribe_address(study.seal, "http://localhost:8000")(account) is None


async def test_a_page_of_somebody_else_can_not_use_a_signed_in_browser_for_it(as_, cast, path):
    answer = await as_().post(path, data=FORM, headers={"Cookie": "session=x.y", "Origin": "https://evil.example",
                                                        "Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert await wants_mail(cast)
