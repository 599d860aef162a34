"""Whose access somebody else ends learns it, once, in words that say nothing about anybody."""

import pytest

from backend.accounts.mails import send_mails_due
from backend.clock import utc_now
from models import Account, AccountMail, Guardianship
from models.vocabulary import MailKind
from notifications.words.languages import LANGUAGES
from notifications.words.messages import mail_text
from notifications.words.privacy import refuse_clinical_content


async def told():
    return await AccountMail.filter(kind=MailKind.ACCESS_ENDED).values_list("address", flat=True)


async def test_guardian_whom_the_site_ends_is_told_once(as_, cast, study):
    link = await Guardianship.get(account_id=cast.ben.id)
    url = f"/api/v1/guardianships/{link.id}"

    first, again = [await as_("nora").post(f"{url}/end") for _ in range(2)]
    await send_mails_due(study, utc_now)

    assert (first.status_code, again.status_code) == (200, 409)
    assert await told() == ["ben@example.org"]
    assert (await AccountMail.get(kind=MailKind.ACCESS_ENDED)).state == "delivered"


async def test_carer_is_told_and_so_is_whom_they_invited(as_, cast, invited):
    link = await invited("eve")
    mine = await Guardianship.get(account_id=cast.mia.id)

    await as_("nora").post(f"/api/v1/guardianships/{mine.id}/end")

    assert sorted(await told()) == ["eve@example.org", "mia@example.org"]
    assert (await Guardianship.get(id=link.id)).ends_at is not None


async def test_who_ends_their_own_access_is_not_told(as_, cast, invited):
    link = await invited("eve")

    assert (await as_("eve").post(f"/api/v1/guardianships/{link.id}/end")).status_code == 200
    assert await told() == []


async def test_address_that_is_not_proved_is_told_nothing(as_, cast):
    await Account.filter(id=cast.ben.id).update(email_verified_at=None)
    link = await Guardianship.get(account_id=cast.ben.id)

    await as_("nora").post(f"/api/v1/guardianships/{link.id}/end")

    assert await told() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_neutral_in_every_language(language):
    text = mail_text(MailKind.ACCESS_ENDED, language, "Diary")

    for part in (text.subject, text.body, text.footer):
        refuse_clinical_content(part, ["BOOSTB4", "SE01-001"])
