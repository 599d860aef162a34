"""Unsafe settings: `check` names each without its value, and neither `serve` nor `worker` starts on it."""

import base64

import msgspec
import pytest
import trustme

from backend.settings import Settings, SettingsError, read_settings
from backend.unsafe_settings import faults_in
from tests.processes import typed

GOOD_KEY = "kx7Qm2vR9tLwZ4nB8sYc3dFg6hJp1aEu"
WHSEC = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def own(tmp_path) -> Settings:
    """A sound installation on SQLite that has not been migrated."""
    return Settings(secret_key=GOOD_KEY, database_url=f"sqlite:///{tmp_path}/a.db", data_folder=str(tmp_path / "d"))


UNSAFE = [
    # what is set, which setting is named, what must not be shown
    pytest.param({"SECRET_KEY": "", "PUBLIC_URL": "https://diary.example.org"}, "SECRET_KEY", "diary.example",
                 id="no secret although others can reach us"),
    pytest.param({"SECRET_KEY": "short-secret"}, "SECRET_KEY", "short-secret", id="short secret"),
    pytest.param({"SECRET_KEY": "changeme-changeme-changeme-change"}, "SECRET_KEY", "changeme", id="default"),
    pytest.param({"SECRET_KEY": "abababababababababababababababab"}, "SECRET_KEY", "ababab", id="two letters"),
    pytest.param({"METRICS_TOKEN": "guess"}, "METRICS_TOKEN", "guess", id="short metrics token"),
    pytest.param({"PUBLIC_URL": "http://diary.example.org"}, "PUBLIC_URL", "diary.example", id="plain http"),
    pytest.param({"PUBLIC_URL": "http://localhost.example.org"}, "PUBLIC_URL", "localhost.ex", id="elsewhere"),
    pytest.param({"PUBLIC_URL": "https://me:hunter2@diary.example.org"}, "PUBLIC_URL", "hunter2", id="with password"),
    pytest.param({"PUBLIC_URL": "https://diary.example.org/app"}, "PUBLIC_URL", "diary.example", id="url with a path"),
    pytest.param({"LITESTAR_DEBUG": "1"}, "LITESTAR_DEBUG", "\0", id="debug pages"),
    pytest.param({"PYTHONASYNCIODEBUG": "1"}, "PYTHONASYNCIODEBUG", "\0", id="libraries that talk"),
    pytest.param({"TRUSTED_PROXIES": "*"}, "TRUSTED_PROXIES", "\0", id="everybody is a proxy"),
    pytest.param({"TRUSTED_PROXIES": "0.0.0.0/0"}, "TRUSTED_PROXIES", "0.0.0.0", id="the whole world is a proxy"),
    pytest.param({"TRUSTED_PROXIES": "10.0.0.7, ::/0"}, "TRUSTED_PROXIES", "::/0", id="the other whole world"),
    pytest.param({"TRUSTED_PROXIES": "proxy.local"}, "TRUSTED_PROXIES", "proxy.local", id="a name that can change"),
    pytest.param({"HOST": "0.0.0.0", "SECRET_KEY": ""}, "SECRET_KEY", "\0", id="open to the network with an own key"),
    pytest.param({"DATABASE_URL": "mysql://me:hunter2@db/study"}, "DATABASE_URL", "hunter2", id="another database"),
    pytest.param({"DATABASE_POOL": "0"}, "DATABASE_POOL", "\0", id="no connections"),
    pytest.param({"DATABASE_POOL": "many"}, "DATABASE_POOL", "many", id="no number"),
    pytest.param({"PORT": "99999"}, "PORT", "99999", id="no port"),
    pytest.param({"MAIL_FROM": "not an address"}, "MAIL_FROM", "not an address", id="no sender"),
    pytest.param({"MAIL_FROM": "a@b.org\r\nBcc: x@y.org"}, "MAIL_FROM", "x@y.org", id="a second header"),
    pytest.param({"MAIL_FROM": "broken-bones@b.org"}, "MAIL_FROM", "broken", id="sender that names the illness"),
    pytest.param({"APP_NAME": "Fracture Diary"}, "APP_NAME", "Fracture", id="name that names the illness"),
    pytest.param({"APP_NAME": ""}, "APP_NAME", "\0", id="no name"),
    pytest.param({"SMTP_URL": "smtp://me:hunter2@mail.example.org"}, "SMTP_URL", "hunter2", id="password in the clear"),
    pytest.param({"SMTP_URL": "mail.example.org"}, "SMTP_URL", "mail.example", id="no mail server"),
    pytest.param({"TLS_CERT_FILE": "/nowhere/cert.pem"}, "TLS_KEY_FILE", "/nowhere", id="certificate without key"),
    pytest.param({"DATABASE_URI": "postgresql://h/d"}, "DATABASE_URL", "postgresql", id="one letter wrong"),
    pytest.param({"SERCET_KEY": "x"}, "SECRET_KEY", "\0", id="two letters swapped"),
    pytest.param({"SMTP_URL_FIL": "/x"}, "SMTP_URL_FILE", "/x", id="a letter missing in a file's name"),
    pytest.param({"LOG_FORMAT": "xml"}, "LOG_FORMAT", "xml", id="no such form"),
    pytest.param({"SANDBOX": "perhaps"}, "SANDBOX", "perhaps", id="neither yes nor no"),
]


@pytest.mark.parametrize(("wrong", "named", "hidden"), UNSAFE)
def test_unsafe_setting_is_named_and_nothing_starts(own, wrong, named, hidden):
    checked, served, worked = (typed(own, command, **wrong) for command in ("check", "serve", "worker"))

    assert {ended.returncode for ended in (checked, served, worked)} == {1}
    for said in (checked.stdout, served.stderr, worked.stderr):
        assert any(named in line for line in said.splitlines()), said
        assert hidden not in said


def test_name_two_slips_away_may_be_somebody_elses(own):
    assert "DATABASE_URIS" not in typed(own, "check", DATABASE_URIS="x").stdout


def test_secret_given_twice_is_refused_because_nobody_knows_which_counts(own, tmp_path):
    (tmp_path / "key").write_text(GOOD_KEY)
    (tmp_path / "key").chmod(0o600)

    ended = typed(own, "check", SECRET_KEY_FILE=str(tmp_path / "key"))

    assert "SECRET_KEY and SECRET_KEY_FILE are both set" in ended.stdout
    assert GOOD_KEY not in ended.stdout


@pytest.mark.parametrize(("mode", "usable"), [(0o600, True), (0o640, True), (0o644, False), (0o602, False)])
def test_secret_file_that_everybody_can_read_or_change_is_refused(tmp_path, mode, usable):
    file = tmp_path / "key"
    file.write_text(GOOD_KEY + "\n")
    file.chmod(mode)

    if usable:
        assert read_settings({"SECRET_KEY_FILE": str(file)}).secret_key == GOOD_KEY
    else:
        with pytest.raises(SettingsError, match="SECRET_KEY_FILE can be read by everybody"):
            read_settings({"SECRET_KEY_FILE": str(file)})


def test_all_unusable_variables_are_named_at_once():
    wrong = {"DATABASE_POOL": "many", "SECRET_KEY_FILE": "/nowhere", "LITESTAR_PDB": "1", "PUBLIC_URLS": "x"}

    with pytest.raises(SettingsError) as refusal:
        read_settings(wrong)

    assert len(refusal.value.args) == 4
    assert "/nowhere" not in str(refusal.value)


def test_server_told_to_listen_to_the_network_needs_a_key_of_its_operator(own):
    """The command line overrules HOST, so it decides too whether a key is made."""
    keyless = msgspec.structs.replace(own, secret_key="")

    assert typed(keyless, "migrate").returncode == 0
    ended = typed(keyless, "serve", "--host", "0.0.0.0")

    assert ended.returncode == 1
    assert "SECRET_KEY" in ended.stderr


@pytest.mark.parametrize(("written", "said"), [
    (f'code = "team"\nkind = "webhook"\nurl = "http://192.168.1.9/in"\nsecret = "{WHSEC}"', "url is not https"),
    ('code = "team"\nkind = "folder"\nfolder = "f"\npublic = true', "unknown field `public`"),
    ('code = "team"\nkind = "webhook"\nurl = "https://x.org"\nsecret = "hunter2"', "a secret is not whsec_"),
], ids=["http to the own network that was not allowed", "unknown key", "weak signing secret"])
def test_unsafe_destination_is_named_and_nothing_starts(own, tmp_path, written, said):
    (tmp_path / "d.toml").write_text(f"[[destination]]\n{written}\n")

    checked, served = (typed(own, c, DESTINATIONS_FILE=str(tmp_path / "d.toml")) for c in ("check", "serve"))

    assert (checked.returncode, served.returncode) == (1, 1)
    for text in (checked.stdout, served.stderr):
        assert said in text
        assert "hunter2" not in text
        assert "192.168" not in text


@pytest.fixture
def certificate(tmp_path):
    made = trustme.CA().issue_cert("localhost")
    made.private_key_pem.write_to_path(tmp_path / "key.pem")
    for blob in made.cert_chain_pems:
        blob.write_to_path(tmp_path / "cert.pem", append=True)
    (tmp_path / "key.pem").chmod(0o600)
    return tmp_path / "cert.pem", tmp_path / "key.pem"


def tls(own, certificate, **changes) -> list[str]:
    cert, key = certificate
    files = {"tls_cert_file": str(cert), "tls_key_file": str(key), "public_url": "https://localhost:8443"}
    return faults_in(msgspec.structs.replace(own, **{**files, **changes}))


def test_own_certificate_with_its_key_is_sound(own, certificate):
    assert tls(own, certificate) == []


def test_key_of_the_certificate_that_everybody_can_read_is_refused(own, certificate):
    certificate[1].chmod(0o644)

    assert any("TLS_KEY_FILE can be read by everybody" in fault for fault in tls(own, certificate))


def test_certificate_without_https_or_with_another_key_is_refused(own, certificate, tmp_path):
    trustme.CA().issue_cert("localhost").private_key_pem.write_to_path(tmp_path / "other.pem")
    (tmp_path / "other.pem").chmod(0o600)

    assert any("PUBLIC_URL is not https" in f for f in tls(own, certificate, public_url="http://localhost:8443"))
    assert any("belong to each other" in f for f in tls(own, certificate, tls_key_file=str(tmp_path / "other.pem")))


@pytest.mark.parametrize(("setting", "value"), [
    ("synchronous_commit", "off"), ("fsync", "off"), ("full_page_writes", "off"),
])
async def test_postgresql_that_may_lose_entries_is_named(study, monkeypatch, setting, value):
    """The server's answer is bent here, because `fsync` is of a whole server that other tests use."""
    from models import database
    from models.statement import is_postgres, rows

    if not is_postgres():
        pytest.skip("SQLite's pragmas are set by ourselves on every connection")

    async def bent(sql, *values):
        return [{**row, "setting": value} if row["name"] == setting else row for row in await rows(sql, *values)]

    monkeypatch.setattr(database, "rows", bent)

    assert await database.check_durability() == [f"PostgreSQL runs with {setting}=off"]


async def test_sqlite_that_may_lose_entries_is_named(study):
    from models.database import check_durability
    from models.statement import is_postgres, rows

    if is_postgres():
        pytest.skip("of SQLite")
    assert await check_durability() == []

    await rows("PRAGMA synchronous=NORMAL")

    assert await check_durability() == ["SQLite runs with synchronous below FULL"]


def test_good_settings_have_no_faults(own):
    whole = msgspec.structs.replace(
        own, public_url="https://diary.example.org", trusted_proxies="10.0.0.7, 172.30.7.0/24, ::1",
        smtp_url="smtp://me:hunter2@mail.example.org:587", mail_from="diary@hospital.example",
        metrics_token=GOOD_KEY[::-1],
    )

    assert faults_in(whole) == []
    assert faults_in(msgspec.structs.replace(whole, smtp_url="smtps://me:hunter2@mail.example.org")) == []
    assert faults_in(msgspec.structs.replace(whole, smtp_url="smtp://me:hunter2@localhost")) == []


def test_other_peoples_variables_are_none_of_our_business():
    theirs = {"HOSTS": "x", "POST": "x", "SPORT": "x", "PATH": "/bin", "HOME": "/", "PYTHONPATH": "x"}

    assert read_settings(theirs) == read_settings({})
