"""`backup` and `restore` as an operator types them: what is said, what is refused, and with which exit code."""

import asyncio
import stat
from pathlib import Path
from random import Random

import msgspec
import pytest

from backend.backup.making import StudyKey, write_backup
from backend.backup.restoring import require_empty
from backend.clock import utc_now
from backend.settings import Settings
from backend.wiring import prepare_study, wire
from models.database import close_database, open_database
from models.statement import rows
from tests.backend.backup.conftest import PASSPHRASE
from tests.cast import assemble
from tests.processes import command, typed

CANARY = "mia@example.org"


@pytest.fixture
def filled(settings: Settings) -> Settings:
    """A study with people in it, and a passphrase in the settings."""
    ours = msgspec.structs.replace(settings, backup_passphrase=PASSPHRASE)
    asyncio.run(_fill(ours))
    return ours


async def _fill(settings: Settings) -> None:
    await open_database(settings.database_url, 2)
    try:
        await prepare_study(wire(settings), utc_now())
        await assemble(wire(settings), utc_now())
    finally:
        await close_database()


@pytest.fixture
def made(filled: Settings, tmp_path: Path) -> Path:
    """A backup of it, not tried out."""
    return written(filled, tmp_path / "made.backup", StudyKey(filled.secret_key))


def written(settings: Settings, file: Path, key: StudyKey) -> Path:
    asyncio.run(write_backup(settings.database_url, file, PASSPHRASE, key, utc_now()))
    return file


def accounts_in(url: str) -> int:
    async def count() -> int:
        await open_database(url, 1)
        try:
            return (await rows("SELECT count(*) AS n FROM account"))[0]["n"]
        finally:
            await close_database()

    return asyncio.run(count())


def at(settings: Settings, url: str, **more: str) -> Settings:
    return msgspec.structs.replace(settings, database_url=url, **more)


def test_operator_makes_tries_out_and_restores_a_backup(filled, new_home, tmp_path):
    file = tmp_path / "night.backup"

    said = typed(filled, "backup", str(file))
    twice = typed(filled, "backup", str(file))
    restored = typed(at(filled, new_home), "restore", str(file))
    again = typed(at(filled, new_home), "restore", str(file))

    assert (said.returncode, said.stdout[:4]) == (0, "OK: "), said.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("night*")] == ["night.backup"]
    assert CANARY.encode() not in file.read_bytes()
    assert (twice.returncode, "exists already" in twice.stderr) == (1, True)
    assert restored.returncode == 0, restored.stderr
    assert accounts_in(new_home) == accounts_in(filled.database_url)
    assert (again.returncode, "already holds a study" in again.stderr) == (5, True)


def test_backup_is_tried_out_again_and_a_cut_one_refused(filled, made):
    sound = typed(filled, "backup", "--verify", str(made))
    made.write_bytes(made.read_bytes()[:-1])
    cut = typed(filled, "backup", "--verify", str(made))

    assert (sound.returncode, sound.stdout[:4]) == (0, "OK: "), sound.stderr
    assert (cut.returncode, "cut or altered" in cut.stderr) == (4, True)


def test_two_hundred_damaged_files_are_refused_and_nothing_is_touched(filled, made, bare_home):
    sound, chance = made.read_bytes(), Random(11)
    target, codes = at(filled, bare_home), []
    for place in range(0, len(sound), len(sound) // 100 + 1):
        made.write_bytes(sound[:place])
        codes.append(typed(target, "restore", str(made)).returncode)
    for _ in range(100):
        altered, bit = bytearray(sound), chance.randrange(len(sound) * 8)
        altered[bit // 8] ^= 1 << bit % 8
        made.write_bytes(altered)
        codes.append(typed(target, "restore", str(made)).returncode)

    assert len(codes) >= 195
    assert set(codes) <= {3, 4}
    if bare_home.startswith("sqlite:"):
        assert not Path(bare_home.removeprefix("sqlite:///")).exists()
    asyncio.run(require_empty(bare_home, utc_now()))


@pytest.mark.parametrize("given", ["", "another passphrase than the one it has"])
def test_wrong_or_no_passphrase_is_refused(given, filled, made, bare_home):
    refused = typed(at(filled, bare_home, backup_passphrase=given), "restore", str(made))

    assert refused.returncode == 3
    assert PASSPHRASE not in refused.stderr + refused.stdout


@pytest.mark.parametrize("given", ["", "elevenchars"])
def test_no_backup_is_made_without_a_passphrase_worth_its_name(given, filled, tmp_path):
    refused = typed(at(filled, filled.database_url, backup_passphrase=given), "backup", str(tmp_path / "a.backup"))

    assert refused.returncode == 3
    assert list(tmp_path.glob("a.backup*")) == []


def test_backup_under_another_secret_key_is_refused_unless_that_one_is_lost(filled, made, new_home):
    target = at(filled, new_home, secret_key="another secret key than the study had")

    refused = typed(target, "restore", str(made))
    insisted = typed(target, "restore", str(made), "--other-secret-key")

    assert (refused.returncode, "another SECRET_KEY" in refused.stderr) == (5, True)
    assert (insisted.returncode, "keys rotate" in insisted.stdout) == (0, True)
    assert accounts_in(new_home) > 0


def test_embedded_study_takes_its_own_key_along(filled, new_home, tmp_path):
    own = "the key that an embedded study made for itself"
    file = written(filled, tmp_path / "own.backup", StudyKey(own, own=True))
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "secret.key").write_text("a key made at a start before the restore\n")
    (folder / "secret.key").chmod(0o600)

    elsewhere = typed(at(filled, new_home), "restore", str(file))
    carried = typed(filled, "restore", str(file), "--write-secret-key", str(tmp_path / "carried"))
    target = at(filled, new_home, secret_key="", data_folder=str(folder))
    restored = typed(target if new_home.startswith("sqlite") else at(target, new_home, secret_key=own),
                     "restore", str(file))

    assert (elsewhere.returncode, "--write-secret-key" in elsewhere.stderr) == (5, True)
    assert (carried.returncode, (tmp_path / "carried").read_text().strip()) == (0, own)
    assert stat.S_IMODE((tmp_path / "carried").stat().st_mode) == 0o600
    assert restored.returncode == 0, restored.stderr
    if new_home.startswith("sqlite"):
        assert (folder / "secret.key").read_text().strip() == own
        assert len(list(folder.glob("secret.key.set-aside-*"))) == 1


def test_killed_restore_leaves_an_empty_database_that_can_be_restored(filled, made, new_home):
    target = at(filled, new_home)

    killed = command(target, "restore", str(made), FRACTURE_DIARY_FAILPOINT="backup.before_restore_commit")

    assert killed.returncode == 137, killed.stderr
    assert accounts_in(new_home) == 0
    assert typed(target, "restore", str(made)).returncode == 0
    assert accounts_in(new_home) == accounts_in(filled.database_url)


@pytest.mark.full
def test_killed_backup_leaves_no_file_that_looks_like_one(filled, tmp_path):
    file = tmp_path / "a.backup"

    killed = command(filled, "backup", str(file), FRACTURE_DIARY_FAILPOINT="backup.before_naming")
    left = [path.name for path in tmp_path.glob("a.backup*")]

    assert killed.returncode == 137, killed.stderr
    assert left == ["a.backup.part"]
    assert typed(filled, "backup", str(file)).returncode == 0
