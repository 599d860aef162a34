"""The published templates: which columns a file of each kind has, and what they hold (pure)."""

import csv
import io
from dataclasses import dataclass
from enum import StrEnum

from backend.records_import.faults import UnusableFile
from models.protocol import Protocol
from models.vocabulary import Arm, DoseRoute, EntryKind, ParticipantKind


class RecordKind(StrEnum):
    PARTICIPANTS = "participants"
    DOSES = "doses"
    VISITS = "visits"
    FRACTURES = "fractures"


@dataclass(frozen=True)
class Column:
    name: str
    says: str
    example: str = ""
    makes_the_kind: bool = False
    """The header must name it: by these columns the kind of a file is known."""


_PARTICIPANT = Column("participant", "the participant's code", "SE01-901", True)
TEMPLATES: dict[RecordKind, tuple[Column, ...]] = {
    RecordKind.PARTICIPANTS: (
        Column("code", "begins with the code of the site", "SE01-901", True),
        Column("arm", " | ".join(Arm), "historical", True),
        Column("kind", f"{' | '.join(ParticipantKind)}; empty = child", "child"),
        Column("birth_month", "YYYY-MM; empty for a woman, and before birth in the prenatal arm", "2017-05"),
        Column("gestational_age", "at birth, weeks+days", "38+2"),
        Column("custodians", "who consents for the child, such as mother;father", "mother;father"),
        Column("woman", "prenatal arm: the code of the woman who carries or carried the child"),
    ),
    RecordKind.DOSES: (
        _PARTICIPANT,
        Column("number", "1, 2, 3 …, the earlier ones in rows above", "1", True),
        Column("given_on", "YYYY-MM-DD, the day at the site", "2021-03-16", True),
        Column("route", " | ".join(DoseRoute), "intravenous"),
    ),
    RecordKind.VISITS: (
        _PARTICIPANT,
        Column("plan_code", "the visit's code in the protocol's plan", "FU-Y3", True),
        Column("target_on", "YYYY-MM-DD; empty = counted from the doses that are noted", "2024-03-16"),
        Column("attended_on", "YYYY-MM-DD; empty = has not taken place", "2024-03-20"),
    ),
    RecordKind.FRACTURES: (
        _PARTICIPANT,
        Column("reference", "the fracture's number in your records, so that it goes in once", "chart-17", True),
        Column("occurred", "YYYY, YYYY-MM or YYYY-MM-DD, as exactly as the chart says", "2019-11", True),
        Column("sites", "bone:side:segment, several with ; between", "femur:left;tibia:right:shaft", True),
        Column("confirmed", "codes of findings that were looked at and are right, such as onset_before_birth"),
    ),
}


def columns_of(kind: RecordKind, protocol: Protocol) -> tuple[Column, ...]:
    """Fractures also take every other question of the protocol's form, by its name."""
    if kind is not RecordKind.FRACTURES:
        return TEMPLATES[kind]
    fixed = TEMPLATES[kind]
    names = {column.name for column in fixed}
    asked = protocol.form(EntryKind.FRACTURE).field
    more = tuple(
        Column(name, " | ".join(question.codes) or question.type.replace("_", " "))
        for name, question in asked.items() if name not in names and question.type not in ("list", "id")
    )
    return fixed[:-1] + more + fixed[-1:]


def kind_of(header: list[str], protocol: Protocol) -> RecordKind:
    """Raises UnusableFile."""
    for kind in RecordKind:
        columns = columns_of(kind, protocol)
        if {column.name for column in columns if column.makes_the_kind} <= set(header):
            if unknown := sorted(set(header) - {column.name for column in columns}):
                raise UnusableFile(f"The template of {kind} has no column {unknown[0] or 'without a name'}")
            return kind
    raise UnusableFile(
        f"The header fits no template ({', '.join(RecordKind)}); `fracture-diary import --template KIND` prints one"
    )


def printed(kind: RecordKind, protocol: Protocol) -> str:
    """The template as CSV: the header; as remarks (rows that begin with #) an example and a sentence per column."""
    columns, made = columns_of(kind, protocol), io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    example = [column.example for column in columns]
    writer.writerow([f"# {example[0]}", *example[1:]])
    writer.writerows([f"# {column.name}: {column.says}"] for column in columns)
    return made.getvalue()
