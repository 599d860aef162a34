"""The protocol's edit checks, run on whole answers. The app gets the same rules (`GET /api/v1/protocol`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.diary.forms import Fault, Finding, findings
from backend.diary.partial_dates import Span, span
from models.protocol import EditCheck, Protocol
from models.vocabulary import EntryKind


@dataclass(frozen=True)
class Circumstances:
    """What a check may know besides the answers."""

    received_at: datetime
    birth_month: date | None
    zone: ZoneInfo
    clock_skew: int | None
    """Seconds the phone was ahead of us at sending."""


def check(
    protocol: Protocol, kind: EntryKind, data: dict[str, Any], known: Circumstances
) -> tuple[list[Finding], list[Fault]]:
    """Findings to store with the entry, and faults for which it can't be stored."""
    failed = [rule for rule in protocol.checks(kind) if not _TESTS[rule.test](rule, data, known)]
    remarks = [{"code": rule.code, "field": rule.field} for rule in failed if rule.severity == "finding"]
    hard = [{"pointer": f"/data/{rule.field}", "detail": rule.code} for rule in failed if rule.severity == "hard"]
    return findings(protocol.form(kind), data) + remarks, hard


def confirmed(found: list[Finding], codes: list[str]) -> list[Finding]:
    """The findings, each with whether the person was asked and confirmed it."""
    return [{**finding, "confirmed": finding["code"] in codes} for finding in found]


def occurred_span(data: dict[str, Any], zone: ZoneInfo) -> Span | None:
    """When it happened (or which days are attested): earliest and latest instant."""
    if isinstance(data.get("occurred"), str):
        return span(data["occurred"], zone, data.get("part_of_day"))
    first, last = _span(data, "from", zone), _span(data, "to", zone)
    return (first[0], last[1]) if first and last else None


def _span(data: dict[str, Any], field: str | None, zone: ZoneInfo) -> Span | None:
    value = data.get(field or "")
    return span(value, zone, data.get("part_of_day")) if isinstance(value, str) else None


def _required(rule: EditCheck, data: dict[str, Any], _known: Circumstances) -> bool:
    return data.get(rule.field) not in (None, "", [])


def _not_after(rule: EditCheck, data: dict[str, Any], known: Circumstances) -> bool:
    found = _span(data, rule.field, known.zone)
    return found is None or found[0] <= known.received_at + timedelta(minutes=rule.tolerance_minutes)


def _not_before(rule: EditCheck, data: dict[str, Any], known: Circumstances) -> bool:
    found = _span(data, rule.field, known.zone)
    if found is None or known.birth_month is None:
        return True
    return found[1] >= datetime.combine(known.birth_month, datetime.min.time(), known.zone)


def _in_order(rule: EditCheck, data: dict[str, Any], known: Circumstances) -> bool:
    first, last = _span(data, rule.field, known.zone), _span(data, rule.than, known.zone)
    return first is None or last is None or first[0] <= last[1]


def _within_days(rule: EditCheck, data: dict[str, Any], known: Circumstances) -> bool:
    first, last = _span(data, rule.field, known.zone), _span(data, rule.than, known.zone)
    return first is None or last is None or last[1] - first[0] <= timedelta(days=(rule.days or 0) + 1)


def _clock_within(rule: EditCheck, _data: dict[str, Any], known: Circumstances) -> bool:
    return known.clock_skew is None or abs(known.clock_skew) <= rule.tolerance_minutes * 60


_TESTS: dict[str, Callable[[EditCheck, dict[str, Any], Circumstances], bool]] = {
    "required": _required, "not_after": _not_after, "not_before": _not_before, "in_order": _in_order,
    "within_days": _within_days, "clock_within": _clock_within,
}
