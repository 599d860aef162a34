"""The protocol's edit checks, run on whole answers. The app gets the same rules (`GET /api/v1/protocol`)."""

from typing import Any

from backend.diary.check_tests import TESTS, Asked
from backend.diary.circumstances import Circumstances
from backend.diary.forms import Fault, Finding, findings
from models import DiaryEntry
from models.protocol import EditCheck, Protocol
from models.vocabulary import EntryKind

Answers = dict[str, Any]
OF_THE_FORM = frozenset({"code_unknown", "of_another_form", "out_of_range", "too_long", "too_many"})


def check(
    protocol: Protocol, kind: EntryKind, data: Answers, known: Circumstances
) -> tuple[list[Finding], list[Fault]]:
    """Findings to store with the entry, and faults for which it can't be stored."""
    asked = Asked(protocol, kind, known)
    failed = [rule for rule in protocol.checks(kind) if _fails(rule, data, asked)]
    remarks = [_remark(rule) for rule in failed if rule.severity != "hard"]
    hard = [{"pointer": f"/data/{rule.field}", "detail": rule.code} for rule in failed if rule.severity == "hard"]
    return findings(protocol.form(kind), data) + remarks, hard


def confirmed(found: list[Finding], codes: list[str]) -> list[Finding]:
    """The findings, each with whether the person was asked and confirmed it; a remark asks nobody."""
    return [{"confirmed": finding["code"] in codes, **finding} for finding in found]


def anew(found: list[Finding], entry: DiaryEntry, data: Answers) -> list[Finding]:
    """Without what today's form finds odd in an answer that stands as the form of its own time took it."""
    before = {(finding["code"], finding.get("field")) for finding in entry.findings or []}
    return [finding for finding in found if finding["code"] not in OF_THE_FORM or finding["field"] not in data
            or finding["field"] not in (entry.data or {}) or entry.data[finding["field"]] != data[finding["field"]]
            or (finding["code"], finding["field"]) in before]


def _remark(rule: EditCheck) -> Finding:
    finding: Finding = {"code": rule.code, "field": rule.field.partition("/")[0]}
    return finding | {"confirmed": True} if rule.severity == "remark" else finding


def _fails(rule: EditCheck, data: Answers, asked: Asked) -> bool:
    """Of a list every item is looked at on its own."""
    of_list = rule.field.rpartition("/")[0]
    if not of_list:
        return not TESTS[rule.test](rule, data, asked)
    items = data.get(of_list)
    return isinstance(items, list) and any(
        not TESTS[rule.test](rule, item, asked) for item in items if isinstance(item, dict)
    )
