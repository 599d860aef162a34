"""The study protocol as data: read, validated and named by its hash. Nothing of the trial is hard-coded."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from models.vocabulary import Arm, EntryKind

BOOSTB4 = Path(__file__).parent / "protocols" / "boostb4.toml"
ISO_PERIOD = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$")


class ProtocolError(Exception):
    """The protocol file can't be used; the message names file, key and reason."""


class SiteRule(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    name: str
    country: str
    timezone: str
    language: str


class ConsentRule(msgspec.Struct, forbid_unknown_fields=True):
    """The arms whose consent is kept here: without a valid one their new entries wait in quarantine."""

    arms: list[Arm] = []


class CountryRule(msgspec.Struct, forbid_unknown_fields=True):
    """Who consents for a child in this country, and from which birthdays (years) the child has a say."""

    code: str
    custodians: Literal["all", "one"]
    adult_at: int
    child_tiers: list[int] = []
    own_account_from: int | None = None


class DoseRule(msgspec.Struct, forbid_unknown_fields=True):
    """How many infusions there are, and in which arms; the others get none."""

    most: int
    arms: list[Arm]


class CheckInRule(msgspec.Struct, forbid_unknown_fields=True):
    every_days: int
    weekday: int
    remind_at_hour: int
    recall_days: int


FieldType = Literal["partial_date", "date", "code", "codes", "integer", "boolean", "text", "id", "list"]


class Field(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One question of a form. `unit` names the merge unit; alone, a field is its own."""

    type: FieldType
    unit: str | None = None
    codes: list[str] = []
    min: int | None = None
    max: int | None = None
    item: dict[str, "Field"] = {}
    unblinds: bool = False
    """The answer tells, or may tell, whether the participant is treated; blinded readers don't see it."""


class Form(msgspec.Struct, forbid_unknown_fields=True):
    schema: int
    field: dict[str, Field]

    def unit_of(self, name: str) -> str:
        found = self.field.get(name)
        return (found.unit if found else None) or name


class EditCheck(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One rule, run on the server and published to the app in this same form."""

    code: str
    kinds: list[EntryKind]
    test: Literal["required", "not_after", "not_before", "in_order", "within_days", "clock_within"]
    field: str
    severity: Literal["hard", "finding"]
    than: str | None = None
    tolerance_minutes: int = 0
    days: int | None = None


class VisitRule(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One planned visit. Without window days the date is agreed and never overdue."""

    code: str
    anchor: Literal["first_dose", "last_dose"]
    offset: str
    window_before: int | None = None
    window_after: int | None = None
    arms: list[Arm] = []


class ProtocolFile(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    version: str
    arms: list[Arm]
    site: list[SiteRule]
    check_in: CheckInRule
    doses: DoseRule
    consent: ConsentRule
    country: list[CountryRule]
    form: dict[EntryKind, Form]
    edit_check: list[EditCheck]
    visit: list[VisitRule]


@dataclass(frozen=True)
class Protocol:
    """A loaded protocol: its content, its text as read, and the hash of that text."""

    file: ProtocolFile
    body: str
    hash: str

    def form(self, kind: EntryKind) -> Form:
        return self.file.form[kind]

    def country(self, code: str) -> CountryRule:
        """Every site's country is listed; `load_protocol` saw to it."""
        return next(rule for rule in self.file.country if rule.code == code)

    def checks(self, kind: EntryKind) -> list[EditCheck]:
        return [check for check in self.file.edit_check if kind in check.kinds]


def load_protocol(path: Path = BOOSTB4) -> Protocol:
    """Read a protocol file. Raises ProtocolError."""
    try:
        body = path.read_text("utf-8")
        content = msgspec.convert(tomllib.loads(body), ProtocolFile)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise ProtocolError(f"{path.name}: {fault}") from fault
    if faults := list(_faults(content)):
        raise ProtocolError(f"{path.name}: " + "; ".join(faults))
    return Protocol(content, body, hashlib.sha256(body.encode()).hexdigest())


def _faults(content: ProtocolFile) -> list[str]:
    faults = []
    for kind in EntryKind:
        if kind not in content.form:
            faults.append(f"form.{kind} is missing")
    for what, codes in (
        ("site", content.site), ("country", content.country), ("visit", content.visit),
        ("edit_check", content.edit_check),
    ):
        names: list[str] = [row.code for row in codes]
        faults += [f"{what} {name} stands twice" for name in set(names) if names.count(name) > 1]
    faults += [f"site {s.code}: unknown time zone {s.timezone}" for s in content.site if not _zone(s.timezone)]
    listed = {rule.code for rule in content.country}
    faults += [f"site {s.code}: no [[country]] {s.country}" for s in content.site if s.country not in listed]
    faults += [f"visit {v.code}: offset {v.offset} is no ISO 8601 period" for v in content.visit
               if not ISO_PERIOD.match(v.offset) or v.offset == "P"]
    faults += [fault for check in content.edit_check for fault in _check_faults(content, check)]
    return faults


def _check_faults(content: ProtocolFile, check: EditCheck) -> list[str]:
    unknown = [kind for kind in check.kinds
               if check.field and kind in content.form and check.field not in content.form[kind].field]
    return [f"edit_check {check.code}: form.{kind} has no field {check.field}" for kind in unknown]


def _zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def published(protocol: Protocol) -> dict[str, Any]:
    """What the app gets: forms, edit checks and check-in rhythm, with the protocol's hash."""
    content: dict[str, Any] = msgspec.to_builtins(protocol.file)
    return {"hash": protocol.hash, "code": protocol.file.code, "version": protocol.file.version,
            "forms": content["form"], "edit_checks": content["edit_check"], "check_in": content["check_in"]}
