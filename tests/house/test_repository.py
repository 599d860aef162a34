"""What is checked in: contracts hold, locks are complete, README's commands exist, nothing of any one machine."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tracked

LOCKS = ["requirements.lock", "requirements-dev.lock"]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MACHINE_PATHS = re.compile(rb"/(?:root|home/\w+|Users/\w+|work|tmp/w)/")


def test_import_contracts_hold() -> None:
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]


def test_every_room_stands_in_the_contracts() -> None:
    contracts = {contract["name"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
    rooms = set(contracts["rooms are independent, except for these doors"]["modules"])
    doors = set(contracts["no room knows a front door"]["forbidden_modules"])
    common = set(contracts["common ground knows no room"]["source_modules"])
    folders = {f"backend.{p.name}" for p in (ROOT / "backend").iterdir() if (p / "__init__.py").exists()}

    assert folders - rooms - doors - common == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes_and_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    packages = re.split(r"\n(?=[A-Za-z0-9])", text)

    bare = [p.split()[0] for p in packages if re.match(r"[A-Za-z0-9]", p) and "--hash=sha256:" not in p]
    assert bare == []
    assert not re.search(r"https?://|--(extra-)?index|--find-links|--trusted", text)


def test_locks_agree_with_each_other() -> None:
    pinned = [dict(re.findall(r"^([\w.\-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)) for lock in LOCKS]

    assert {name: v for name, v in pinned[0].items() if pinned[1].get(name) != v} == {}


def test_every_dependency_is_locked() -> None:
    wanted = [re.split(r"[\[<>=;~ ]", line)[0].lower() for line in PYPROJECT["project"]["dependencies"]]
    locked = (ROOT / LOCKS[0]).read_text("utf-8").lower()

    assert [name for name in wanted if not re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE)] == []


def test_no_machine_stands_in_the_files() -> None:
    found = [str(path.relative_to(ROOT)) for path in tracked() if MACHINE_PATHS.search(path.read_bytes())]

    assert set(found) - {"tests/house/test_repository.py"} == set()


def test_commands_of_the_readme_exist() -> None:
    text = "\n".join(p.read_text("utf-8") for p in tracked() if p.name == "README.md")
    named = set(re.findall(r"(?:python -m backend|fracture-diary) ([a-z]+)\b", text))
    helped = subprocess.run([sys.executable, "-m", "backend", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert helped.returncode == 0, helped.stderr
    known = set(re.findall(r"^  ([a-z]+) ", helped.stdout, re.MULTILINE))

    assert named - known == set()


def test_files_that_documentation_names_exist() -> None:
    missing = []
    for page in (p for p in tracked() if p.suffix == ".md"):
        for name in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8")):
            if not (page.parent / name).exists():
                missing.append(f"{page.relative_to(ROOT)}: {name}")
    assert missing == []
