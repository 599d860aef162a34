"""Destinations as the operator writes them: faults are named, values never."""

from pathlib import Path

import pytest

from backend.forwarding.destinations.rules import DestinationRule, destination_rules
from backend.settings import Settings, SettingsError
from tests.receiver import OLD_SECRET, SECRET


def read(folder: Path, text: str) -> tuple[DestinationRule, ...]:
    file = folder / "destinations.toml"
    file.write_text(text, "utf-8")
    return destination_rules(Settings(destinations_file=str(file), data_folder=str(folder)))


WEBHOOK = f"""
[[destination]]
code = "edc"
kind = "webhook"
url = "https://edc.example.org/hook"
secret = "{SECRET}"
"""


def test_without_a_file_there_is_one_folder() -> None:
    [rule] = destination_rules(Settings(data_folder="/srv/study"))
    assert rule == DestinationRule("folder", "folder", folder="/srv/study/forwarded")


def test_webhook_and_folder_are_read(tmp_path: Path) -> None:
    edc, files = read(tmp_path, WEBHOOK + '[[destination]]\ncode = "files"\nkind = "folder"\nfolder = "out"\n')
    assert edc == DestinationRule("edc", "webhook", url="https://edc.example.org/hook", secrets=(SECRET,))
    assert files.folder == str(tmp_path / "out")


def test_secrets_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "new").write_text(SECRET + "\n")
    (tmp_path / "old").write_text(OLD_SECRET)
    text = WEBHOOK.replace(f'secret = "{SECRET}"', 'secret_file = ["new", "old"]')
    assert read(tmp_path, text)[0].secrets == (SECRET, OLD_SECRET)


def test_private_receiver_is_possible_only_when_named(tmp_path: Path) -> None:
    private = WEBHOOK.replace("https://edc.example.org", "http://10.0.0.5") + "allow_private = true\n"
    assert read(tmp_path, private)[0].allow_private


@pytest.mark.parametrize(("text", "named"), [
    pytest.param("not toml", "not TOML", id="not-toml"),
    pytest.param("[[destination]]\nkind = 'folder'\nfolder = 'x'", "`code`", id="no-code"),
    pytest.param(WEBHOOK + "colour = 'red'", "`colour`", id="unknown-key"),
    pytest.param(WEBHOOK + WEBHOOK, "same code", id="twice"),
    pytest.param(WEBHOOK.replace('"edc"', '"E D C"'), "destination[0]: code", id="odd-code"),
    pytest.param(WEBHOOK.replace('"webhook"', '"pigeon"'), "destination[0]: kind", id="odd-kind"),
    pytest.param(WEBHOOK.replace("https:", "http:"), "destination[0]: url is not https", id="plain-http"),
    pytest.param(WEBHOOK.replace("edc.example.org/", "sam:hush@edc.example.org/"), "no user", id="user"),
    pytest.param(WEBHOOK.replace("edc.example.org/", "0177.0.0.1/"), "not a URL", id="octal"),
    pytest.param(WEBHOOK.replace(SECRET, "hush"), "a secret is not whsec_", id="odd-secret"),
    pytest.param(WEBHOOK.replace(SECRET, "whsec_aHVzaA=="), "24 to 64 bytes", id="short-secret"),
    pytest.param(WEBHOOK.replace("secret =", "url2 ="), "`url2`", id="secret-misnamed"),
    pytest.param(WEBHOOK.replace(f'secret = "{SECRET}"', ""), "secret or secret_file is missing", id="no-secret"),
    pytest.param(WEBHOOK.replace(f'secret = "{SECRET}"', "secret_file = 'gone'"), "can't be read", id="file-gone"),
    pytest.param('[[destination]]\ncode = "a"\nkind = "folder"', "folder is missing", id="no-folder"),
])
def test_fault_is_named_without_its_value(text: str, named: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(tmp_path, text)
    assert named in str(refusal.value)
    assert not any(value in str(refusal.value) for value in ("hush", SECRET, "pigeon", "0177", "aHVzaA"))


def test_missing_file_is_named() -> None:
    with pytest.raises(SettingsError, match="DESTINATIONS_FILE can't be read"):
        destination_rules(Settings(destinations_file="/nowhere/at/all.toml"))
