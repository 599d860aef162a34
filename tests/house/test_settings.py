"""Every knob is explained, once in the code and once for the operator, and only settings.py reads the environment."""

import ast
import re
from pathlib import Path

from backend.settings import Settings
from tests.house.sources import ROOT, ours, parsed

EXAMPLE = ROOT / ".env.example"


def documented() -> dict[str, str]:
    """setting → its docstring"""
    body = next(n.body for n in parsed(ROOT / "backend/settings.py").body if getattr(n, "name", "") == "Settings")
    found = {}
    for line, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            found[line.target.id] = str(text)
    return found


def test_every_setting_has_a_docstring() -> None:
    assert [name for name, text in documented().items() if not text] == []


def test_every_setting_stands_in_the_example_with_its_docstring() -> None:
    example = EXAMPLE.read_text("utf-8")
    for name, text in documented().items():
        assert re.search(rf"^# ?{name.upper()}=|^{name.upper()}=", example, re.MULTILINE), f"{name.upper()} is missing"
        for line in text.strip().splitlines():
            assert line.strip() in example, f"{name}: {line.strip()!r} does not stand in .env.example"


def test_example_names_no_setting_that_does_not_exist() -> None:
    named = re.findall(r"^#? ?([A-Z][A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)

    assert {name.lower() for name in named} - set(Settings.__struct_fields__) == set()


def test_nobody_else_reads_the_environment() -> None:
    readers = [str(path.relative_to(ROOT)) for path in ours() if _reads_environment(path)]

    assert set(readers) - {"backend/settings.py"} == set()


def _reads_environment(path: Path) -> bool:
    text = path.read_text("utf-8")
    return "os.environ" in text or "getenv" in text
