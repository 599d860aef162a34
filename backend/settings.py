"""Every knob, typed and documented; nobody else reads the environment. Secrets come as X or X_FILE."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_type_hints

import msgspec

from backend.strange_variables import readable_by_all, strange_variables


class SettingsError(Exception):
    """Settings can't be used: one sentence each, which names the setting and never shows its value."""

    def __str__(self) -> str:
        return "; ".join(map(str, self.args))


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
    emergency_number: str = "112"
    """Whom families are told to call at once; shown wherever they write about an injury."""
    protocol_file: str = ""
    """Study protocol (TOML); empty = the built-in BOOSTB4 form."""
    fps_r_images: str = ""
    """Folder with the site's licensed FPS-R images: 0, 2, 4, 6, 8, 10 (.png, .jpg or .webp). Empty = own six steps."""
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
    fcm_service_account: str = ""
    """JSON of the Firebase service account that pushes to Android; empty = no such phones are pushed to."""
    apns_key: str = ""
    """Apple's push key (the text of the .p8 file); empty = iPhones are not pushed to by Apple directly."""
    apns_key_id: str = ""
    """Its ten letters."""
    apns_team_id: str = ""
    """The ten letters of the team it belongs to."""
    apns_topic: str = ""
    """The bundle id of the app."""
    web_push_private_key: str = ""
    """What `fracture-diary web-push-key` prints; empty = browsers are not pushed to. Another key loses them all."""
    web_push_subject: str = ""
    """`mailto:` or `https:` of whom push services may turn to; empty = `public_url`."""
    web_push_hosts: str = ""
    """Comma-separated hosts of push services besides those of the browser makers; they may be in the own network."""
    sms_provider: Literal["", "46elks", "twilio"] = ""
    """Who carries SMS: `46elks` or `twilio`; empty = nobody is told by SMS."""
    sms_user: str = ""
    """API username (46elks), or API key (Twilio)."""
    sms_password: str = ""
    """Its password or secret."""
    sms_from: str = ""
    """Sender of SMS: a number (+46…) or a neutral name (≤ 11 letters); with Twilio also a messaging service (MG…)."""
    sms_monthly_cap: int = 1000
    """SMS segments a calendar month (UTC), codes included; beyond them nobody is told by SMS."""
    twilio_account_sid: str = ""
    """Twilio's account (AC…)."""
    twilio_auth_token: str = ""
    """Its auth token: Twilio signs with it what became of an SMS."""
    destinations_file: str = ""
    """TOML list of destinations; empty = one folder destination under `data_folder`."""
    data_folder: str = "data"
    """Where the embedded study keeps its files."""
    attachment_store: str = ""
    """Images: `file:///folder` (shared by all processes) or `s3://bucket/prefix`; empty = a folder in `data_folder`."""
    s3_endpoint: str = ""
    """Address of an S3-compatible store; empty = Amazon's own."""
    s3_region: str = ""
    """Region of the bucket; empty = the store's default."""
    s3_access_key_id: str = ""
    """Key of the bucket; empty = the role of this machine."""
    s3_secret_access_key: str = ""
    """Its secret."""
    backup_passphrase: str = ""
    """Seals backups (≥ 12 characters). Keep it where the backups are not; without it they can't be opened again."""
    minimum_app_schema: int = 1
    """Apps that speak an older sync schema get 426 and keep their entries."""
    tls_cert_file: str = ""
    """Certificate chain (PEM), where `serve` itself speaks TLS; empty = a proxy does."""
    tls_key_file: str = ""
    """Its private key (PEM), which others on the machine must not be able to read."""
    log_format: Literal["json", "text"] = "json"
    """`json`: one object per line on stderr; `text` for reading along."""
    metrics_token: str = ""
    """≥ 32 characters; who shows it as a bearer token gets /metrics. Empty = there is no such address."""
    sandbox: bool = False
    """A study for trying things out: made-up people only, and a clock that can be moved forward. For ever."""


SECRETS = {"database_url", "secret_key", "smtp_url", "metrics_token", "backup_passphrase", "s3_secret_access_key",
           "fcm_service_account", "apns_key", "web_push_private_key", "sms_password", "twilio_auth_token"}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment. Raises SettingsError naming every variable that can't be used, or is unsafe."""
    values: dict[str, Any] = {}
    faults = []
    for name, kind in get_type_hints(Settings).items():
        try:
            raw = _raw(name.upper(), environment)
            if raw is not None:
                values[name] = msgspec.convert(raw, kind, strict=False)
        except (OSError, UnicodeDecodeError, msgspec.ValidationError):
            faults.append(f"{name.upper()} can't be used")
        except SettingsError as fault:
            faults += fault.args
    if faults := faults + strange_variables(environment, set(Settings.__struct_fields__)):
        raise SettingsError(*faults)
    return Settings(**values)


def _raw(variable: str, environment: Mapping[str, str]) -> str | None:
    from_file = f"{variable}_FILE"
    if environment.get(variable) and from_file in environment:
        raise SettingsError(f"{variable} and {from_file} are both set; keep one")
    if from_file in environment:
        file = Path(environment[from_file])
        if readable_by_all(file):
            raise SettingsError(f"the file of {from_file} can be read by everybody on this machine (chmod o-rwx)")
        return file.read_text("utf-8").strip()
    return environment.get(variable)


def chosen_failpoint(environment: Mapping[str, str] = os.environ) -> str:
    """The point at which a test wants this process killed (see `backend.failpoints`); no setting of a study."""
    return environment.get("FRACTURE_DIARY_FAILPOINT", "")
