"""What does not fit together in somebody's wishes (pure). A phone is told which field, in a word it can translate."""

from datetime import date, datetime, timedelta
from typing import Any

from models import Account, NoticePreference
from notifications.local_time import local_date, zone_named

LONGEST_HOLIDAY = timedelta(days=92)
WAYS = {"push", "email", "sms"}
Findings = list[dict[str, str]]


def findings_in(sent: dict[str, Any], chosen: NoticePreference, account: Account, now: datetime) -> Findings:
    """Of what was sent, together with what stands already."""
    together = {name: sent.get(name, getattr(chosen, name)) for name in NoticePreference._meta.fields_map}
    found = [*_channels(sent, chosen, account), *_hour(sent, together)]
    if sent.keys() & {"away_from", "away_until"}:
        found += _holiday(together["away_from"], together["away_until"], account, now)
    return [{"code": code, "pointer": pointer} for code, pointer in found]


def _channels(sent: dict[str, Any], chosen: NoticePreference, account: Account) -> list[tuple[str, str]]:
    found = [("channel_twice", f"/by_kind/{kind}") for kind, ways in sent.get("by_kind", {}).items()
             if len(set(ways)) < len(ways)]
    order = sent.get("fallback")
    if order and (set(order) != WAYS or len(order) != len(WAYS)):
        found.append(("order_incomplete", "/fallback"))
    if sent.get("sms_on") and not chosen.sms_on and account.phone is None:
        found.append(("phone_not_proved", "/sms_on"))
    return found


def _hour(sent: dict[str, Any], together: dict[str, Any]) -> list[tuple[str, str]]:
    """An hour chosen within one's own quiet hours. Quiet hours chosen later simply move it."""
    hour, start, end = sent.get("hour"), together["quiet_from"], together["quiet_until"]
    if hour is None or start == end:
        return []
    is_quiet = start <= hour < end if start < end else hour >= start or hour < end
    return [("hour_in_quiet_hours", "/hour")] if is_quiet else []


def _holiday(start: date | None, end: date | None, account: Account, now: datetime) -> list[tuple[str, str]]:
    if start is None and end is None:
        return []
    if start is None or end is None:
        return [("away_incomplete", "/away_from" if start is None else "/away_until")]
    if end < start:
        return [("away_reversed", "/away_until")]
    if end < local_date(now, zone_named(account.timezone)):
        return [("away_over", "/away_until")]
    return [("away_too_long", "/away_until")] if end - start >= LONGEST_HOLIDAY else []
