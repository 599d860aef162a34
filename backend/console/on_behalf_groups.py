"""A long form in groups, in the order in which one asks on the phone; what is rarely told is folded. Pure."""

from dataclasses import dataclass

from backend.console.on_behalf_form import is_filled
from backend.console.remarks import Remarks
from backend.console.typed import Typed
from models.protocol import Field

FEW = 16
"""A form of so many questions needs no groups."""
GROUPS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("when", ("occurred", "part_of_day", "from", "to"), ("noticed_on", "epoch", "witnessed")),
    ("what", ("sites", "symptom", "severity", "temperature_c", "new_since_infusion"), ()),
    ("how", ("activity", "force", "fall_height_cm", "mechanism_text", "certainty"), ()),
    ("signs", ("signs", "warning_signs", "pain"), ()),
    ("care", ("care_sought", "home_care_reason", "clinician_said", "treatment"), ()),
    ("immobilised", ("immobilised_by", "immobilised_from", "immobilised_to"), ()),
    ("healing", ("healed", "healed_on"), ()),
    ("imaging", ("imaging",), ("imaging_kinds", "imaging_on", "imaging_where", "imaging_result")),
    ("hospital", ("hospital",), ("nights", "intensive_care", "admitted_on", "discharged_on", "prolonged_stay",
                                 "planned_before", "anaesthesia", "outcome")),
    ("everyday", (), ("absence_school_days", "parent_work_days_lost", "nights_disturbed", "mobility_before",
                      "mobility_now")),
)
"""Code of the group, questions that are seen at once, questions behind "more"."""
REST = "rest"


@dataclass(frozen=True)
class Group:
    code: str
    """Empty: a short form, which is one group without a heading."""
    shown: dict[str, Field]
    folded: dict[str, Field]
    is_open: bool


def grouped(questions: dict[str, Field], typed: Typed, remarks: Remarks) -> list[Group]:
    """Every question stands in one group; those that belong to none come last, in the order of the form."""
    if len(questions) <= FEW:
        return [Group("", questions, {}, is_open=False)]
    known = {name for _, shown, folded in GROUPS for name in (*shown, *folded)}
    rest = tuple(name for name in questions if name not in known)
    found = [_group(code, shown, folded, questions, typed, remarks)
             for code, shown, folded in (*GROUPS, (REST, rest, ()))]
    return [group for group in found if group.shown or group.folded]


def _group(
    code: str, shown: tuple[str, ...], folded: tuple[str, ...], questions: dict[str, Field], typed: Typed,
    remarks: Remarks,
) -> Group:
    behind = {name: questions[name] for name in folded if name in questions}
    is_open = any(remarks.at(name) or typed.get(f"data.{name}") or is_filled(f"data.{name}", typed) for name in behind)
    return Group(code, {name: questions[name] for name in shown if name in questions}, behind, is_open)
