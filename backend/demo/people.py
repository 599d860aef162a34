"""Who takes part in the demo: staff of every role and twenty families. All names are made up."""

from dataclasses import dataclass

from models.vocabulary import Arm, Relation, Role

PASSWORD = "a demo for everyone"  # noqa: S105 - printed on the screen; the demo listens on this machine only
STUDY_TEAM = "study-team"


@dataclass(frozen=True)
class Staff:
    name: str
    role: Role
    site: str | None


@dataclass(frozen=True)
class Family:
    """One child's family: (first name, relation) of everybody with an account."""

    code: str
    arm: Arm
    born: str
    people: tuple[tuple[str, Relation], ...]
    signs_on_paper: tuple[Relation, ...] = ()
    """Custodians without an account."""

    @property
    def site(self) -> str:
        return self.code[:4]

    @property
    def custodians(self) -> list[Relation]:
        parents = [relation for _, relation in self.people if relation is not Relation.GRANDPARENT]
        return [*parents, *self.signs_on_paper]


STAFF = (
    Staff("nora", Role.COORDINATOR, "SE01"), Staff("iris", Role.INVESTIGATOR, "SE01"),
    Staff("otto", Role.COORDINATOR, "GB01"), Staff("ivan", Role.INVESTIGATOR, "GB01"),
    Staff("max", Role.MONITOR, None), Staff("dana", Role.DATA_MANAGER, None), Staff("alma", Role.ADMINISTRATOR, None),
    Staff("bea", Role.BLINDED_READER, None), Staff("dag", Role.DUTY_PERSON, "SE01"),
)
_M, _F, _G = Relation.MOTHER, Relation.FATHER, Relation.GRANDPARENT
_POST, _PRE, _UN = Arm.POSTNATAL, Arm.PRENATAL, Arm.PROSPECTIVE_UNTREATED

FAMILIES = (
    Family("SE01-001", _POST, "2023-02", (("mia", _M), ("ben", _F), ("greta", _G))),
    Family("SE01-002", _POST, "2022-11", (("signe", _M), ("karl", _F))),
    Family("SE01-003", _PRE, "2023-06", (("astrid", _M),)),
    Family("SE01-004", _POST, "2023-01", (("linnea", _M), ("oskar", _F))),
    Family("SE01-005", _UN, "2021-09", (("ebba", _M),)),
    Family("SE01-006", _POST, "2023-04", (("tuva", _M), ("nils", _F))),
    Family("SE01-007", _POST, "2022-12", (("maja", _M),)),
    Family("SE01-008", _UN, "2020-05", (("elin", _M), ("hugo", _F))),
    Family("SE01-009", _POST, "2023-03", (("freja", _M),), (_F,)),
    Family("SE01-010", _PRE, "2023-08", (("alva", _M), ("axel", _F))),
    Family("SE01-011", _UN, "2017-12", (("stina", _M),)),
    Family("SE01-012", _POST, "2022-10", (("wilma", _M), ("arvid", _F))),
    Family("GB01-001", _POST, "2023-05", (("eve", _M), ("tom", _F))),
    Family("GB01-002", _POST, "2023-02", (("grace", _M),)),
    Family("GB01-003", _UN, "2021-03", (("ruby", _M), ("jack", _F))),
    Family("GB01-004", _POST, "2022-12", (("poppy", _M),), (_F,)),
    Family("GB01-005", _PRE, "2023-07", (("daisy", _M), ("leon", _F))),
    Family("GB01-006", _POST, "2023-01", (("holly", _M),)),
    Family("GB01-007", _UN, "2020-10", (("amber", _M), ("finn", _F))),
    Family("GB01-008", _POST, "2022-11", (("ivy", _M),)),
)


def address_of(name: str, *, staff: bool) -> str:
    return f"{name}@{'site' if staff else 'family'}.example"
