"""With which settings nothing is started: each fault as one sentence that names the setting and never its value."""

import re
import ssl
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from backend.push_settings import push_faults
from backend.settings import Settings
from backend.sms_settings import sms_faults
from backend.strange_variables import readable_by_all
from notifications.words.privacy import ClinicalContent, refuse_clinical_content

PLAIN_HTTP = {"localhost", "127.0.0.1"}
THIS_MACHINE = PLAIN_HTTP | {"::1"}
SHORTEST_SECRET = 32
LEAST_VARIETY = 8
"""Different signs in a secret. Of 32 random hexadecimal digits there are fewer once in ten million tries."""
PLACEHOLDERS = re.compile(r"change.?me|replace|example|placeholder|default|password|qwerty|12345678|abcdefgh", re.I)
SUBMISSION = 587
"""The port at which servers take mail from who signs in; there we insist on STARTTLS."""
LARGEST_POOL = 1000
WIDEST_PROXIES = {4: 8, 6: 16}
"""Bits that a network of proxies must at least fix."""


def faults_in(settings: Settings) -> list[str]:
    """Settings a server must not start with."""
    return [
        *_secrets(settings), *_addresses(settings), *_proxies(settings), *_mail(settings), *_tls(settings),
        *_numbers(settings), *_emergency(settings), *_images(settings), *push_faults(settings),
        *sms_faults(settings),
    ]


def _secrets(settings: Settings) -> Iterator[str]:
    yield from _weak("SECRET_KEY", settings.secret_key)
    if settings.metrics_token:
        yield from _weak("METRICS_TOKEN", settings.metrics_token)


def _emergency(settings: Settings) -> Iterator[str]:
    if not re.fullmatch(r"\+?\d[\d ]{1,19}", settings.emergency_number, re.ASCII):
        yield "EMERGENCY_NUMBER is not a telephone number"


def _weak(name: str, secret: str) -> Iterator[str]:
    if len(secret) < SHORTEST_SECRET:
        yield f"{name} is shorter than {SHORTEST_SECRET} characters"
    elif len(set(secret)) < LEAST_VARIETY:
        yield f"{name} repeats the same few characters"
    elif PLACEHOLDERS.search(secret):
        yield f"{name} looks like a placeholder; make one with `openssl rand -base64 48`"


def _addresses(settings: Settings) -> Iterator[str]:
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgres://")):
        yield "DATABASE_URL begins neither with sqlite:/// nor with postgresql://"
    url = _split(settings.public_url)
    if url is None or url.scheme not in ("https", "http"):
        yield "PUBLIC_URL is not the address of a site"
        return
    if url.scheme == "http" and url.hostname not in PLAIN_HTTP:
        yield "PUBLIC_URL is not https (only localhost may be plain)"
    if url.username is not None or url.path not in ("", "/") or set("?#") & set(settings.public_url):
        yield "PUBLIC_URL says more than scheme, host and port"


def _split(text: str) -> SplitResult | None:
    try:
        url = urlsplit(text)
        return url if url.hostname and url.port != 0 else None
    except ValueError:
        return None


def _proxies(settings: Settings) -> Iterator[str]:
    for proxy in filter(None, settings.trusted_proxies.replace(" ", "").split(",")):
        try:
            network = ip_network(proxy)
        except ValueError:
            yield "TRUSTED_PROXIES are not addresses of proxies (a star would be everybody)"
            return
        if network.prefixlen < WIDEST_PROXIES[network.version]:
            yield "TRUSTED_PROXIES trusts half the world"
            return


def _mail(settings: Settings) -> Iterator[str]:
    if not settings.app_name.isprintable() or not _is_neutral(settings.app_name):
        yield "APP_NAME is not neutral: it stands on lock screens and in mails"
    name, _, _ = settings.mail_from.rpartition("@")
    if not re.fullmatch(r"[^\s@,;:<>\"()\[\]\\]+@[\w.-]+", settings.mail_from):
        yield "MAIL_FROM is not an e-mail address"
    elif not _is_neutral(name):
        yield "MAIL_FROM is not neutral: it stands on lock screens"
    server = _split(settings.smtp_url)
    if settings.smtp_url and (server is None or server.scheme not in ("smtp", "smtps")):
        yield "SMTP_URL is neither smtp://host:port nor smtps://host:port"
    elif server and _tells_its_password(server):
        yield f"SMTP_URL sends its password in the clear; use smtps://, or port {SUBMISSION} (STARTTLS)"


def _tells_its_password(server: SplitResult) -> bool:
    plain = server.scheme == "smtp" and server.port != SUBMISSION
    return plain and bool(server.username) and server.hostname not in THIS_MACHINE


def _is_neutral(text: str) -> bool:
    try:
        refuse_clinical_content(text)
    except ClinicalContent:
        return False
    return True


def _tls(settings: Settings) -> Iterator[str]:
    if not settings.tls_cert_file and not settings.tls_key_file:
        return
    if not (settings.tls_cert_file and settings.tls_key_file):
        yield "TLS_CERT_FILE and TLS_KEY_FILE belong together"
        return
    if not settings.public_url.startswith("https://"):
        yield "PUBLIC_URL is not https, though TLS_CERT_FILE is set"
    try:
        if readable_by_all(Path(settings.tls_key_file)):
            yield "the file of TLS_KEY_FILE can be read by everybody on this machine (chmod o-rwx)"
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            settings.tls_cert_file, settings.tls_key_file, password=""  # never asks at the terminal
        )
    except (OSError, ValueError):  # a wrong pair is an SSLError, which is an OSError
        yield "TLS_CERT_FILE and TLS_KEY_FILE can't be read, or don't belong to each other"


def _numbers(settings: Settings) -> Iterator[str]:
    if not 1 <= settings.database_pool <= LARGEST_POOL:
        yield f"DATABASE_POOL is not between 1 and {LARGEST_POOL}"
    if not 0 <= settings.port <= 65535:
        yield "PORT is not between 0 and 65535"
    if settings.minimum_app_schema < 1:
        yield "MINIMUM_APP_SCHEMA is below 1"


def _images(settings: Settings) -> Iterator[str]:
    store = urlsplit(settings.attachment_store)
    if settings.attachment_store and store.scheme not in ("file", "s3"):
        yield "ATTACHMENT_STORE begins neither with file:/// nor with s3://"
    elif store.scheme == "file" and (store.netloc or len(store.path) < len("/a")):
        yield "ATTACHMENT_STORE is no whole path (file:///folder)"
    elif store.scheme == "s3" and not store.hostname:
        yield "ATTACHMENT_STORE names no bucket (s3://bucket/prefix)"
    elif "@" in store.netloc or store.query:
        yield "ATTACHMENT_STORE says more than its place; keys are S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY"
    if bool(settings.s3_access_key_id) != bool(settings.s3_secret_access_key):
        yield "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together"
    yield from _s3_endpoint(settings.s3_endpoint)


def _s3_endpoint(endpoint: str) -> Iterator[str]:
    address = _split(endpoint)
    if endpoint and (address is None or address.scheme not in ("http", "https")):
        yield "S3_ENDPOINT is not the address of a store"
    elif address and address.scheme == "http" and address.hostname not in THIS_MACHINE:
        yield "S3_ENDPOINT is not https (only this machine may be plain)"
