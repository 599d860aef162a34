"""The envelope: opened by whoever has the passphrase and by any `age`; noticed when a bit of it is not as it was."""

import io
from random import Random

import pyrage
import pytest

from backend.backup.refusals import BackupRefused, Damaged, WrongPassphrase
from backend.backup.sealed_file import CHUNK, SealedWriter, unseal
from tests.backend.backup.conftest import PASSPHRASE

LENGTHS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5]


def sealed(content: bytes) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, PASSPHRASE)
    for begin in range(0, len(content), 10_000):
        writer.write(content[begin:begin + 10_000])
    writer.close()
    return file.getvalue()


def opened(file: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return b"".join(unseal(io.BytesIO(file), passphrase))


def refused(file: bytes) -> bool:
    try:
        opened(file)
    except BackupRefused:
        return True
    return False


@pytest.fixture(scope="module")
def content() -> bytes:
    return Random(7).randbytes(2 * CHUNK + 1000)


@pytest.mark.parametrize("length", LENGTHS)
def test_operator_gets_back_what_was_sealed_with_age_too(length):
    content = Random(length).randbytes(length)
    file = sealed(content)

    assert opened(file) == content
    assert pyrage.passphrase.decrypt(file, PASSPHRASE) == content


@pytest.mark.full  # it takes as long as a guess is to take
def test_operator_opens_what_age_sealed(content):
    assert opened(pyrage.passphrase.encrypt(content, PASSPHRASE)) == content


def test_content_does_not_show():
    assert b"canary" not in sealed(b"canary" * 100)


def test_file_cut_anywhere_is_refused(content):
    file = sealed(content)
    header = len(file) - len(content) - 3 * 16
    places = {*range(0, len(file), len(file) // 100), *range(header - 20, header + 2),
              *(header + n * (CHUNK + 16) + d for n in (1, 2) for d in (-1, 0, 1)), len(file) - 1}

    assert [place for place in sorted(places) if not refused(file[:place])] == []


def test_file_with_one_bit_flipped_anywhere_is_refused(content):
    file, chance = sealed(content), Random(3)
    header = range(200 * 8)
    spread = (chance.randrange(len(file) * 8) for _ in range(100))

    unnoticed = []
    for bit in [*header, *spread]:
        altered = bytearray(file)
        altered[bit // 8] ^= 1 << bit % 8
        if not refused(bytes(altered)):
            unnoticed.append(bit)
    assert unnoticed == []


def test_file_with_something_appended_or_swapped_is_refused(content):
    file = sealed(content)
    first = len(file) - len(content) - 3 * 16
    one, two = file[first:first + CHUNK + 16], file[first + CHUNK + 16:first + 2 * (CHUNK + 16)]

    assert refused(file + b"\0")
    assert refused(file + file[-100:])
    assert refused(file[:first] + two + one + file[first + 2 * (CHUNK + 16):])


@pytest.mark.parametrize("passphrase", ["", "a passphrase that is used in tests onlY", PASSPHRASE + " "])
def test_wrong_passphrase_is_told_from_a_damaged_file(passphrase, content):
    with pytest.raises(WrongPassphrase):
        opened(sealed(content), passphrase)


def test_header_can_not_ask_for_minutes_of_work(content):
    file = sealed(content)

    with pytest.raises(Damaged):
        opened(file.replace(b" 4\n", b" 30\n", 1))
