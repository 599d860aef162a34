"""A study on one machine needs no preparation: its folder and its secret key are made at the first start."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from backend.settings import Settings, SettingsError

KEY_FILE = "secret.key"
LOCAL = {"localhost", "127.0.0.1", "::1"}


def is_embedded(settings: Settings) -> bool:
    """SQLite, and nobody but this machine can reach us."""
    here = settings.host in LOCAL and urlsplit(settings.public_url).hostname in LOCAL
    return here and settings.database_url.startswith("sqlite:///")


def prepare_embedded(settings: Settings) -> Settings:
    """Make the folder of a SQLite database; give an embedded study without SECRET_KEY one of its own.

    Raises SettingsError when the key's file can be read by others on this machine.
    """
    path = settings.database_url.removeprefix("sqlite:///")
    if path not in (settings.database_url, "", ":memory:"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    if settings.secret_key or not is_embedded(settings):
        return settings
    return msgspec.structs.replace(settings, secret_key=_own_key(Path(settings.data_folder)))


def _own_key(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / KEY_FILE
    if not file.exists():
        _write_once(file, secrets.token_urlsafe(48))
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise SettingsError(f"{KEY_FILE} in DATA_FOLDER can be read by others; allow only its owner (mode 0600)")
    return file.read_text("ascii").strip()


def keep_key(settings: Settings, key: str) -> Path | None:
    """Put the key of a restored study into DATA_FOLDER; another one that lay there is set aside and named."""
    file = Path(settings.data_folder) / KEY_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = None
    if file.exists() and file.read_text("ascii").strip() != key:
        aside = file.rename(file.with_name(f"{KEY_FILE}.set-aside-{secrets.token_hex(3)}"))
    if not file.exists():
        _write_once(file, key)
    return aside


def _write_once(file: Path, key: str) -> None:
    """Linked into place whole: of two processes that start at once, one makes the key and both use it."""
    draft = file.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(key + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        if not file.exists():
            _place(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _place(draft: Path, file: Path) -> None:
    try:
        os.link(draft, file)
    except FileExistsError:
        return
