"""`check`, `openapi`, `staff`, `keys rotate` and what an embedded study makes for itself."""

import asyncio
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import jwt
import msgspec
import pytest

from backend.access.keys import OVERLAP
from backend.clock import utc_now
from backend.commands.embedded import prepare_embedded
from backend.settings import Settings, SettingsError
from backend.wiring import prepare_study, wire
from models.database import close_database, open_database
from tests.processes import typed


def test_check_of_a_sound_installation_reports_each_thing(settings):
    ended = typed(settings, "check")

    assert ended.returncode == 0, ended.stdout
    assert [line.split()[1] for line in ended.stdout.splitlines()[:9]] == [
        "settings", "protocol", "destinations", "channels", "images", "database", "migrations", "durability", "worker",
    ]
    assert "none has run yet" in ended.stdout


def test_check_names_everything_to_mend_without_values(tmp_path):
    settings = Settings(
        secret_key="short-secret", public_url="http://diary.example.org", database_url=f"sqlite:///{tmp_path}/a.db",
        trusted_proxies="*",
    )

    ended = typed(settings, "check")

    assert ended.returncode == 1
    for words in ("SECRET_KEY", "PUBLIC_URL", "TRUSTED_PROXIES", "fracture-diary migrate", "4 thing(s) to mend"):
        assert words in ended.stdout
    assert "short-secret" not in ended.stdout


def test_check_says_calmly_that_the_database_is_away():
    settings = Settings(secret_key="another key that is used in tests only", database_url="postgresql://me:hunter2@127.0.0.1:1/study")

    ended = typed(settings, "check")

    assert ended.returncode == 1
    assert "can't be reached" in ended.stdout
    assert "Traceback" not in ended.stderr
    assert "hunter2" not in ended.stdout + ended.stderr


def test_health_check_of_a_host_without_worker_fails(settings):
    assert typed(settings, "check", "--worker").returncode == 1


def test_keys_rotate_twice_and_say_so(settings):
    first, second = typed(settings, "keys", "rotate"), typed(settings, "keys", "rotate")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert first.stdout != second.stdout


def test_openapi_needs_no_settings_and_is_the_same_each_time():
    broken = Settings(database_url="nonsense")

    once, again = typed(broken, "openapi"), typed(broken, "openapi")

    assert once.stdout == again.stdout
    assert json.loads(once.stdout)["openapi"].startswith("3.1")


def test_operator_adds_staff_and_gets_a_link_once(settings):
    words = ("staff", "add", "nora@example.org", "--name", "Nora", "--role", "coordinator", "--site", "SE01")

    added, again = typed(settings, *words), typed(settings, *words)
    nowhere = typed(settings, "staff", "add", "o@example.org", "--name", "O", "--role", "monitor", "--site", "XX99")

    assert added.returncode == 0, added.stderr
    assert "http://localhost:8000/first-sign-in#" in added.stdout
    assert (again.returncode, nowhere.returncode) == (1, 1)
    assert "nora@example.org" not in again.stderr
    assert "not a site" in nowhere.stderr


def test_operator_resets_staff_and_gets_a_new_link(settings):
    typed(settings, "staff", "add", "alma@example.org", "--name", "Alma", "--role", "administrator")

    reset, unknown = typed(settings, "staff", "reset", "Alma@example.org"), typed(settings, "staff", "reset", "x@y.org")

    assert "http://localhost:8000/first-sign-in#" in reset.stdout, reset.stderr
    assert unknown.returncode == 1
    assert "no member of staff" in unknown.stderr


def test_old_key_verifies_for_twenty_minutes_after_rotation_and_every_process_follows(settings):
    begun, account, session = utc_now(), uuid4(), uuid4()
    running = wire(settings).tokens  # a server that is up all the time

    async def in_study(work):
        await open_database(settings.database_url, 2)
        try:
            await prepare_study(wire(settings), begun)
            return await work
        finally:
            await close_database()

    before = asyncio.run(in_study(running.issue(account, session, begun)))
    assert typed(settings, "keys", "rotate").returncode == 0

    async def afterwards():
        seen = await running.read(before, begun), await wire(settings).tokens.read(before, begun + OVERLAP / 2)
        after = await running.issue(account, session, begun + timedelta(seconds=61))
        published = [key["kid"] for key in (await running.keyring.jwks(utc_now()))["keys"]]
        running.keyring.loaded_at = None
        late = await running.keyring.public_key(kid_of(before), utc_now() + OVERLAP)
        return seen, after, published, late

    def kid_of(token):
        return jwt.get_unverified_header(token)["kid"]

    seen, after, published, late = asyncio.run(in_study(afterwards()))
    assert [claims is not None for claims in seen] == [True, True]
    assert kid_of(after) != kid_of(before)
    assert published == [kid_of(after), kid_of(before)]
    assert late is None


def test_another_secret_key_is_named_before_anybody_is_turned_away(settings):
    typed(settings, "keys", "rotate")
    other = msgspec.structs.replace(settings, secret_key="quite another key, by mistake in .env")

    refused, checked = typed(other, "serve", "--port", "1"), typed(other, "check")
    rotated = typed(other, "keys", "rotate")
    sound = typed(other, "check")

    assert refused.returncode == checked.returncode == 1
    for said in (refused.stderr, checked.stdout):
        assert "SECRET_KEY is not the one" in said
    assert rotated.returncode == 0, rotated.stderr
    assert sound.returncode == 0, sound.stdout

    async def keys():
        await open_database(settings.database_url, 1)
        try:
            return await wire(other).tokens.keyring.jwks(utc_now())
        finally:
            await close_database()

    assert len(asyncio.run(keys())["keys"]) == 1  # the other one can't be opened and is left out


def embedded(tmp_path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path}/deep/study.db", data_folder=str(tmp_path / "data"))


def test_embedded_study_makes_one_key_for_all_its_processes(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = {made.secret_key for made in threads.map(prepare_embedded, [embedded(tmp_path)] * 8)}

    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    assert (tmp_path / "deep").is_dir()
    assert os.listdir(tmp_path / "data") == ["secret.key"]
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600


def test_key_that_others_can_read_is_refused(tmp_path):
    prepare_embedded(embedded(tmp_path))
    (tmp_path / "data" / "secret.key").chmod(0o644)

    with pytest.raises(SettingsError, match=r"secret\.key"):
        prepare_embedded(embedded(tmp_path))


@pytest.mark.parametrize("change", [
    {"host": "0.0.0.0"}, {"public_url": "https://diary.example.org"}, {"database_url": "postgresql://h/d"},
])
def test_study_that_others_can_reach_gets_no_key_of_its_own(tmp_path, change):
    settings = msgspec.structs.replace(embedded(tmp_path), **change)

    assert prepare_embedded(settings).secret_key == ""
