"""Passwords as NIST SP 800-63B-4 has them: long, whole, not common, and no other rules."""

import unicodedata

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from backend.access.passwords import hash_password, require_strong, verify_password
from backend.errors import WeakPassword
from tests.cast import PASSWORD

NAMES = ("mia.lind@example.org", "Mia Lind", "Diary")


@pytest.mark.parametrize("weak", [
    pytest.param("", id="none"),
    pytest.param("short and good", id="14 characters"),
    pytest.param("ﷺ", id="one sign that stands for many"),
    pytest.param("x7 Gq" * 205, id="1,025 characters"),
    pytest.param("passwordpassword", id="common, twice"),
    pytest.param("Passw0rdPassw0rd1!", id="common, with signs for letters"),
    pytest.param("monkeydragonbaseball", id="three common ones"),
    pytest.param("iloveyouiloveyouiloveyouiloveyou" * 20, id="common, twenty times over"),
    pytest.param("abcdefghijklmnopqrstuvwxyz", id="the alphabet"),
    pytest.param("qwertyuiopasdfghjkl", id="a keyboard"),
    pytest.param("123456789012345678", id="digits in a row"),
    pytest.param("a" * 1024, id="one letter"),
    pytest.param("🙂" * 15, id="one face"),
    pytest.param("mia.lind@example.org", id="the address"),
    pytest.param("mialindmialind1", id="the name, twice"),
    pytest.param("DiaryDiaryDiary", id="the service"),
])
async def test_password_that_is_guessed_early_is_refused(weak):
    with pytest.raises(WeakPassword):
        await require_strong(weak, names=NAMES)


@pytest.mark.parametrize("strong", [
    pytest.param(PASSWORD, id="four words"),
    pytest.param("en liten röd stuga vid sjön", id="a sentence"),
    pytest.param("x7Gq92mzKQp11a4", id="15 characters"),
    pytest.param("🐎🔋📎🙂🐴🔌📌🧷🪑🚲🎈🧦🥕🪁🎻", id="faces and things"),
    pytest.param("           k1 q8 zz  ", id="mostly blanks"),
    pytest.param("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" + "k8 wv tramp ulna zq", id="a hard end is enough"),
    pytest.param("no capital letters no digits no signs", id="no composition rules"),
    pytest.param("x7 Gq" * 204 + "1234", id="1,024 characters"),
])
async def test_long_password_needs_nothing_else(strong):
    await require_strong(strong, names=NAMES)


@pytest.mark.parametrize("every", [
    pytest.param(100, id="one in a hundred"),
    pytest.param(1, id="all", marks=pytest.mark.full),
])
async def test_none_of_thirty_thousand_common_passwords_is_taken_however_often_repeated(every):
    common = FREQUENCY_LISTS["passwords"]
    assert len(common) >= 3_000
    for word in common[::every]:
        with pytest.raises(WeakPassword):
            await require_strong(word * (14 // len(word) + 1))


async def test_nothing_is_cut_off():
    known = await hash_password("x" * 72 + "y" + "z" * 900)

    assert await verify_password(known, "x" * 72 + "y" + "z" * 900)
    assert not await verify_password(known, "x" * 72 + "Y" + "z" * 900)
    assert not await verify_password(known, "x" * 72 + "y" + "z" * 899)
    assert not await verify_password(known, "x" * 72)


@pytest.mark.parametrize(("typed", "again"), [
    pytest.param(unicodedata.normalize("NFC", "blåbär på fredag"), unicodedata.normalize("NFD", "blåbär på fredag"),
                 id="accents apart"),
    pytest.param("ｆｕｌｌ ｗｉｄｔｈ １２３", "full width 123", id="wide letters"),
    pytest.param("ﬁne ﬂowers²", "fine flowers2", id="joined letters"),
])
async def test_same_characters_are_the_same_password_on_every_keyboard(typed, again):
    assert await verify_password(await hash_password(typed), again)


async def test_blanks_and_capitals_count():
    known = await hash_password("  Two blanks 🙂 ")

    assert await verify_password(known, "  Two blanks 🙂 ")
    for other in ("Two blanks 🙂", "  two blanks 🙂 ", "  Two blanks 🙃 "):
        assert not await verify_password(known, other)
