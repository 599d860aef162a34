"""With which SMS settings nothing is started: one sentence each, which names the setting and never its value."""

import re
from collections.abc import Iterator

from backend.settings import Settings
from notifications.words.privacy import ClinicalContent, refuse_clinical_content

NUMBER = r"\+[1-9]\d{6,14}"
NAME = r"[A-Za-z][A-Za-z0-9]{2,10}"
"""What networks show instead of a number: at most eleven letters and digits."""
SERVICE = r"MG[0-9a-f]{32}"
ACCOUNT = r"AC[0-9a-f]{32}"
LARGEST_CAP = 1_000_000


def sms_faults(settings: Settings) -> Iterator[str]:
    if not settings.sms_provider:
        return
    if not settings.sms_user or not settings.sms_password:
        yield "SMS_PROVIDER needs SMS_USER and SMS_PASSWORD"
    yield from _sender(settings)
    if not 1 <= settings.sms_monthly_cap <= LARGEST_CAP:
        yield f"SMS_MONTHLY_CAP is not between 1 and {LARGEST_CAP}"
    if settings.sms_provider == "twilio":
        if not re.fullmatch(ACCOUNT, settings.twilio_account_sid, re.ASCII):
            yield "TWILIO_ACCOUNT_SID is not an account's (AC and 32 hexadecimal digits)"
        if not settings.twilio_auth_token:
            yield "TWILIO_AUTH_TOKEN is missing: without it nobody knows who tells that an SMS arrived"


def _sender(settings: Settings) -> Iterator[str]:
    kinds = [NUMBER, NAME, *([SERVICE] if settings.sms_provider == "twilio" else [])]
    if not any(re.fullmatch(kind, settings.sms_from, re.ASCII) for kind in kinds):
        yield "SMS_FROM is neither a number (+46…) nor a name of at most eleven letters and digits"
        return
    try:
        refuse_clinical_content(settings.sms_from)
    except ClinicalContent:
        yield "SMS_FROM is not neutral: it stands on lock screens"
