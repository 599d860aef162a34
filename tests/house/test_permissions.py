"""The whole role × action table, pinned: a change of it must be seen and meant (tests/house/permissions.txt)."""

from pathlib import Path

from backend.access.permissions import NEEDS_CAPABILITY, PERMISSIONS
from models.actions import Action
from models.vocabulary import Role

GOLDEN = Path(__file__).with_name("permissions.txt")


def matrix() -> str:
    roles = list(Role)
    width = max(len(action) for action in Action) + 2
    lines = ["action".ljust(width) + " ".join(f"{role:<13}" for role in roles) + " capability"]
    for action in sorted(Action):
        cells = " ".join(f"{'yes' if action in PERMISSIONS[role] else '·':<13}" for role in roles)
        lines.append(action.ljust(width) + cells + " " + NEEDS_CAPABILITY.get(action, "·"))
    return "\n".join(line.rstrip() for line in lines) + "\n"


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
