"""The whole role × action table, pinned: a change of it must be seen and meant (permissions.txt, and the README)."""

from pathlib import Path

from backend.access.permissions import NEEDS_CAPABILITY, PERMISSIONS
from models.actions import Action
from models.vocabulary import Role

GOLDEN = Path(__file__).with_name("permissions.txt")
README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- who may do what: begin -->\n", "<!-- who may do what: end -->\n"


def matrix() -> str:
    roles = list(Role)
    width = max(len(action) for action in Action) + 2
    lines = ["action".ljust(width) + " ".join(f"{role:<13}" for role in roles) + " capability"]
    for action in sorted(Action):
        cells = " ".join(f"{'yes' if action in PERMISSIONS[role] else '·':<13}" for role in roles)
        lines.append(action.ljust(width) + cells + " " + NEEDS_CAPABILITY.get(action, "·"))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def printed() -> str:
    """The same for people: one line for all the actions that the same roles may do."""
    by_roles: dict[tuple[bool, ...], list[str]] = {}
    for action in sorted(Action):
        by_roles.setdefault(tuple(action in PERMISSIONS[role] for role in Role), []).append(action)
    lines = ["| may | " + " | ".join(role.replace("_", " ") for role in Role) + " |", "|---|" + "---|" * len(Role)]
    for roles, actions in sorted(by_roles.items(), reverse=True):
        if any(roles):
            cells = " | ".join("×" if may else "" for may in roles)
            lines.append("| " + ", ".join(f"`{action}`" for action in actions) + f" | {cells} |")
    return "\n".join(lines) + "\n"


def test_the_readme_prints_the_table() -> None:
    between = README.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]

    assert between == printed(), "If that is meant: python -m tests.house.test_permissions"


def test_every_cell_of_the_table_is_as_agreed() -> None:
    assert matrix() == GOLDEN.read_text("utf-8"), (
        "Permissions have changed. If that is meant: python -m tests.house.test_permissions"
    )


def test_every_role_has_its_row() -> None:
    assert set(PERMISSIONS) == set(Role)


def test_monitor_reads_only() -> None:
    own = PERMISSIONS[Role.GUARDIAN] & PERMISSIONS[Role.ADMINISTRATOR]  # one's own account, inbox and sessions
    assert {a for a in PERMISSIONS[Role.MONITOR] - own if not a.endswith(".read")} == set()


if __name__ == "__main__":
    GOLDEN.write_text(matrix(), "utf-8")
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    README.write_text(before + BEGIN + printed() + END + rest.partition(END)[2], "utf-8")
