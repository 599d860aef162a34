"""What is wrong with a file: every fault is counted, the first hundred are told by row and column."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.errors import StudyError

TOLD = 100
DIFFERS = "differs from what the study has; an import changes nothing that stands"
SENTENCES = {
    "row.differs": DIFFERS,
    "participant.unknown": "is no participant at a site where you may do this",
    "site.unknown": "does not begin with the code of a site where you may do this",
    "birth_month.missing": "is missing",
    "birth_month.in_future": "lies in the future",
    "birth_month.of_a_child": "is of a child, not of the woman",
    "gestational_weeks.of_a_child": "is of a child, not of the woman",
    "custodians.of_a_child": "are of a child; the woman consents for herself",
    "woman.wrong_arm": "is not the arm of a woman; she is of the prenatal arm",
    "woman_code.unknown": "is no woman enrolled at this site; put her row above",
    "woman_code.wrong_arm": "is of the prenatal arm only",
    "woman_code.of_a_child": "is of a child, not of the woman",
    "gestational_weeks.before_birth": "is not known before birth",
    "dose.arm_without_doses": "is not given in this participant's arm",
    "dose.on_the_child": "is noted on the child, not on the woman",
    "dose.number_unknown": "is not a dose of this study",
    "dose.earlier_missing": "comes after a dose that is not noted; put the earlier doses first",
    "dose.in_future": "lies in the future",
    "dose.before_birth": "lies before birth",
    "dose.not_after_earlier": "does not lie after the dose before it",
    "dose.not_before_later": "does not lie before the dose after it",
    "date_implausible": "is too far away to be right",
    "visit.not_in_plan": "is not in the visit plan of this participant's arm",
    "visit.dose_not_noted": "is needed: the dose that this visit is counted from is not noted",
    "visit.differs": DIFFERS,
    "attended_in_future": "lies in the future",
}
COLUMN_OF = {"gestational_weeks": "gestational_age", "gestational_days": "gestational_age", "woman_code": "woman"}


class UnusableFile(Exception):
    """The file as a whole can't be read; the message is a sentence for its owner."""


class CellFault(Exception):
    """A cell can't be used; the message goes on from "column x …"."""


@dataclass(frozen=True)
class Fault:
    row: int
    column: str | None
    says: str

    def __str__(self) -> str:
        where = f"row {self.row}, column {self.column}" if self.column else f"row {self.row}"
        return f"{where}: {self.says}"


@dataclass
class Faults:
    """As many as there are, and the first of them."""

    count: int = 0
    told: list[Fault] = field(default_factory=list)

    def add(self, row: int, column: str | None, says: str) -> None:
        self.count += 1
        if len(self.told) < TOLD:
            self.told.append(Fault(row, column, says))

    def add_refusal(self, row: int, refusal: StudyError) -> None:
        for column, says in _of_refusal(refusal):
            self.add(row, column, says)


def _of_refusal(refusal: StudyError) -> Iterator[tuple[str | None, str]]:
    """What a use case refused, as the columns it came from."""
    listed = refusal.extra.get("findings") or refusal.extra.get("errors")
    if not listed:
        yield None, f"{refusal.detail} ({refusal.code})"
        return
    for one in listed:
        steps = (one.get("field") or one.get("pointer", "")).removeprefix("/").removeprefix("data/")
        column = steps.partition("/")[0]
        yield COLUMN_OF.get(column, column) or None, one.get("detail") or _sentence(one["code"])


def _sentence(code: str) -> str:
    return SENTENCES.get(code) or f"{code}; if it is right all the same, write {code} into the column confirmed"
