"""Which destinations there are: DESTINATIONS_FILE (TOML), or without one a folder next to the study's data.

    [[destination]]
    code = "study-team"
    kind = "webhook"                       # or "folder" with folder = "path"
    url = "https://edc.example.org/diary"
    secret_file = ["new.txt", "old.txt"]   # or secret = "whsec_…"; several while one replaces another

Paths are relative to the file. `allow_private = true` permits http and addresses of the own network.
"""

import base64
import binascii
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec

from backend.settings import Settings, SettingsError

WEBHOOK, FOLDER = "webhook", "folder"
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class DestinationRule:
    """One destination. The code is part of message ids: renaming it makes a new destination."""

    code: str
    kind: str
    url: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """`whsec_…`; every message is signed with each, so a receiver may hold the old or the new one."""
    folder: str = ""
    allow_private: bool = False


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    kind: str
    url: str = ""
    secret: str | list[str] = []
    secret_file: str | list[str] = []
    folder: str = ""
    allow_private: bool = False


class _File(msgspec.Struct, forbid_unknown_fields=True):
    destination: list[_Written]


def destination_rules(settings: Settings) -> tuple[DestinationRule, ...]:
    """Raises SettingsError naming the place and never a value."""
    if not settings.destinations_file:
        folder = str(Path(settings.data_folder) / "forwarded")
        return (DestinationRule("folder", FOLDER, folder=folder),)
    path = Path(settings.destinations_file)
    try:
        written = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).destination
    except OSError as fault:
        raise SettingsError("DESTINATIONS_FILE can't be read") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SettingsError("DESTINATIONS_FILE is not TOML") from None  # the fault would quote the line
    except msgspec.ValidationError as fault:
        raise SettingsError(f"DESTINATIONS_FILE: {fault}") from None
    rules = tuple(_rule(one, f"destination[{number}]", path.parent) for number, one in enumerate(written))
    if len({rule.code for rule in rules}) < len(rules):
        raise SettingsError("DESTINATIONS_FILE: two destinations have the same code")
    return rules


def _rule(one: _Written, where: str, beside: Path) -> DestinationRule:
    if not _CODE.fullmatch(one.code):
        raise _fault(where, "code is not 1–40 of a–z, 0–9, _ and -, beginning with a letter")
    if one.kind == FOLDER:
        if not one.folder:
            raise _fault(where, "folder is missing")
        return DestinationRule(one.code, FOLDER, folder=str(beside / one.folder))
    if one.kind != WEBHOOK:
        raise _fault(where, "kind is neither webhook nor folder")
    _require_usable_url(one.url, one.allow_private, where)
    return DestinationRule(
        one.code, WEBHOOK, url=one.url, secrets=_secrets(one, where, beside), allow_private=one.allow_private
    )


def _require_usable_url(text: str, allow_private: bool, where: str) -> None:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise _fault(where, "url is not a URL") from None
    if url.scheme != "https" and not (allow_private and url.scheme == "http"):
        raise _fault(where, "url is not https")
    if not url.host or url.userinfo or url.fragment:
        raise _fault(where, "url needs a host, and no user or fragment")


def _secrets(one: _Written, where: str, beside: Path) -> tuple[str, ...]:
    secrets = _listed(one.secret)
    try:
        secrets += [(beside / name).read_text("utf-8").strip() for name in _listed(one.secret_file)]
    except (OSError, UnicodeDecodeError):
        raise _fault(where, "secret_file can't be read") from None
    if not secrets:
        raise _fault(where, "secret or secret_file is missing")
    if not all(_is_signing_secret(secret) for secret in secrets):
        raise _fault(where, "a secret is not whsec_ and the base64 of 24 to 64 bytes")
    return tuple(secrets)


def _is_signing_secret(text: str) -> bool:
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith("whsec_") and 24 <= len(key) <= 64


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _fault(where: str, what: str) -> SettingsError:
    return SettingsError(f"DESTINATIONS_FILE: {where}: {what}")
