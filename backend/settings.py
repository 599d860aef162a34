"""Every knob, typed and documented; nobody else reads the environment. Secrets come as X or X_FILE."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from notifications.privacy import ClinicalContent, refuse_clinical_content


class SettingsError(Exception):
    """A setting can't be used; the message names it and never shows its value."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute = one environment variable in capitals (see .env.example)."""

    database_url: str = "sqlite:///data/study.db"
    """`sqlite:///path` (one machine) or `postgresql://user:password@host/database`."""
    database_pool: int = 10
    """Connections per process (PostgreSQL)."""
    secret_key: str = ""
    """≥ 32 characters. Seals signing keys and TOTP secrets, keys the hashes of codes. Losing it signs everyone out."""
    public_url: str = "http://localhost:8000"
    """Where phones and browsers reach us; issuer of tokens and base of links."""
    app_name: str = "Diary"
    """Shown to families and as mail sender. Keep it neutral: it stands on lock screens."""
    protocol_file: str = ""
    """Study protocol (TOML); empty = the built-in BOOSTB4 form."""
    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 inside a container."""
    port: int = 8000
    """Port to listen on."""
    trusted_proxies: str = ""
    """Comma-separated proxy addresses whose X-Forwarded-For is believed; empty = none."""
    smtp_url: str = ""
    """`smtp://user:password@host:port` or `smtps://…`; empty = mails are printed on the console."""
    mail_from: str = "diary@localhost"
    """Sender address of mails; keep it neutral too."""
    destinations_file: str = ""
    """TOML list of destinations; empty = one folder destination under `data_folder`."""
    data_folder: str = "data"
    """Where the embedded study keeps its files."""
    minimum_app_schema: int = 1
    """Apps that speak an older sync schema get 426 and keep their entries."""


SECRETS = {"database_url", "secret_key", "smtp_url"}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment. Raises SettingsError naming every unusable variable."""
    values: dict[str, Any] = {}
    faults = []
    for name, kind in get_type_hints(Settings).items():
        try:
            raw = _raw(name.upper(), environment)
            if raw is not None:
                values[name] = msgspec.convert(raw, kind, strict=False)
        except (OSError, msgspec.ValidationError):
            faults.append(name.upper())
    if faults:
        raise SettingsError("unusable: " + ", ".join(faults))
    return Settings(**values)


def _raw(variable: str, environment: Mapping[str, str]) -> str | None:
    if variable in environment:
        return environment[variable]
    if f"{variable}_FILE" in environment:
        return Path(environment[f"{variable}_FILE"]).read_text("utf-8").strip()
    return None


def chosen_failpoint(environment: Mapping[str, str] = os.environ) -> str:
    """The point at which a test wants this process killed (see `backend.failpoints`); no setting of a study."""
    return environment.get("FRACTURE_DIARY_FAILPOINT", "")


def faults_in(settings: Settings) -> list[str]:
    """Settings a server must not start with, as sentences without values."""
    faults = []
    if len(settings.secret_key) < 32:
        faults.append("SECRET_KEY is shorter than 32 characters")
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgres://")):
        faults.append("DATABASE_URL begins neither with sqlite:/// nor with postgresql://")
    if not settings.public_url.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        faults.append("PUBLIC_URL is not https (only localhost may be plain)")
    if not _is_neutral(settings.app_name):
        faults.append("APP_NAME is not neutral: it stands on lock screens and in mails")
    if "*" in settings.trusted_proxies:
        faults.append("TRUSTED_PROXIES trusts everybody")
    return faults


def _is_neutral(app_name: str) -> bool:
    try:
        refuse_clinical_content(app_name)
    except ClinicalContent:
        return False
    return True
