"""What a use case found wrong with a form: beside the question it is about, the rest above the form. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from backend.console.typed import Typed
from backend.errors import StudyError


@dataclass(frozen=True)
class Remark:
    code: str
    question: str
    confirmable: bool = False
    """It may be so all the same: whoever writes looks again and says yes."""
    ticked: bool = False

    @property
    def box(self) -> str:
        return f"confirmed.{self.question}.{self.code}"


@dataclass(frozen=True)
class Remarks:
    beside: dict[str, list[Remark]] = field(default_factory=dict)
    above: list[Remark] = field(default_factory=list)

    def at(self, question: str) -> list[Remark]:
        return self.beside.get(question, [])


def remarks_in(
    refusal: StudyError | None, typed: Typed, questions: Collection[str], *, confirmable: bool = False
) -> Remarks:
    """`confirmable`: findings of this form can be confirmed; a tick stays where it was set."""
    found = list(_found(refusal, confirmable=confirmable)) if refusal else []
    known = {remark.box for remark in found}
    ticked = [remark for remark in ticked_in(typed) if confirmable and remark.box not in known]
    remarks = Remarks()
    for remark in [*found, *ticked]:
        place = remarks.beside.setdefault(remark.question, []) if remark.question in questions else remarks.above
        place.append(remark)
    return remarks


def ticked_in(typed: Typed) -> list[Remark]:
    parts = [name.split(".", 2) for name in typed if name.startswith("confirmed.")]
    return [Remark(part[2], part[1], confirmable=True, ticked=True) for part in parts if len(part) == 3]


def _found(refusal: StudyError, *, confirmable: bool) -> Iterator[Remark]:
    for finding in refusal.extra.get("findings", []):
        if "pointer" in finding:
            yield Remark(finding["code"], _question(finding["pointer"]))
        else:
            yield Remark(finding["code"], finding["field"], confirmable=confirmable)
    for fault in refusal.extra.get("errors", []):
        yield Remark(fault["detail"], _question(fault["pointer"]))


def _question(pointer: str) -> str:
    """/data/sites/0/bone → sites; /roles/0/site → site."""
    parts = pointer.strip("/").split("/")
    return parts[1] if parts[0] == "data" and len(parts) > 1 else parts[-1]
