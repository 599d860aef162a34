"""One form for every e-mail address, so that no two accounts look alike."""

import pytest

from models import Account
from models.mail_address import normal_address
from models.migrator import migrate
from models.statement import rows
from tests.models.conftest import opened


@pytest.mark.parametrize(("typed", "normal"), [
    (" Mia@Example.ORG ", "mia@example.org"), ("ｍｉａ@ｅｘａｍｐｌｅ.ｏｒｇ", "mia@example.org"),
    ("mia＠example.org", "mia@example.org"), ("mia@example。org", "mia@example.org"),
    ("mia@example.org.", "mia@example.org"), ("mia+leo@example.org", "mia+leo@example.org"),
    ("mia@Bücher.example", "mia@xn--bcher-kva.example"), ("mia@xn--bcher-kva.example", "mia@xn--bcher-kva.example"),
    ("ﬁona@example.org", "fiona@example.org"), ("K@example.org", "k@example.org"),
])
def test_what_reads_the_same_is_the_same(typed: str, normal: str) -> None:
    assert normal_address(typed) == normal
    assert normal_address(normal) == normal


@pytest.mark.parametrize("typed", [
    "miа@example.org", "mía@example.org", "", "mia", "@example.org", "mia@", "mia@ex ample.org", "mia@example..org",
    "mia@-example.org", "mia@a_b.org", "mia,ben@example.org", "<mia@example.org>", "mia\r\nBcc:x@example.org",
    "a＠b@example.org", "x" * 65 + "@example.org", "mia@" + "a" * 64 + ".org", "mia@" + "a.b" * 120, "mia@☃.net",
    "mi\u200ba@example.org", "mia@exa\u0000mple.org",
])
def test_what_could_pass_for_another_or_for_two_is_none(typed: str) -> None:
    assert normal_address(typed) is None


async def test_addresses_of_before_take_this_form_where_it_is_free(database_url: str) -> None:
    await migrate(database_url, "0007_guards_of_people")
    async with opened(database_url):
        emails = ("mia@bücher.example", "ben@ｅxample.org", "ben@example.org", "мия@example.org")
        for number, email in enumerate(emails):
            await rows("INSERT INTO account (id, email, display_name, created_at, totp_last_step, language, timezone)"
                       " VALUES ($1, $2, 'x', '2026-01-01 00:00:00+00:00', 0, 'en', 'UTC')",
                       f"00000000-0000-7000-8000-00000000000{number}", email)

    await migrate(database_url)

    async with opened(database_url):
        assert await Account.all().order_by("id").values_list("email", flat=True) == [
            "mia@xn--bcher-kva.example", "ben@ｅxample.org", "ben@example.org", "мия@example.org",
        ]
