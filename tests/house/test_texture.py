"""Sizes, words and places: what keeps the house readable for the next person."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, functions, name_of, ours, parsed

MIGRATIONS = ROOT / "models/migrations"
SIZED = [path for path in ours("backend", "models", "notifications", "tests") if MIGRATIONS not in path.parents]
ROOMS = sorted(p for p in (ROOT / "backend").iterdir() if (p / "__init__.py").exists())
NOT_OUR_WORDS = re.compile(r"[Pp]atient(?!ly)|Service$|Manager$|Helper|Utils?$|Impl$|DTO")
GENERIC_FILES = {"service", "services", "manager", "helper", "helpers", "utils", "common", "core", "misc", "base"}
CONTRACTS = {"notifications/channels/base.py", "backend/forwarding/destinations/base.py"}


def test_no_file_is_too_long() -> None:
    sizes = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SIZED}

    assert {n: lines for n, lines in sizes.items() if lines > (400 if n.startswith("tests/") else 300)} == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{name_of(path)}:{f.name} ({length})" for path in SIZED for f in functions(path)
        if (length := (f.end_lineno or 0) - f.lineno + 1) > (80 if name_of(path).startswith("tests/journeys") else 40)
    ]
    assert long == []


def test_no_function_takes_too_many_positions() -> None:
    """Routes are told everything by name (path, headers, body, actor, clock)."""
    crowded = [
        f"{name_of(path)}:{f.name}" for path in ours() if MIGRATIONS not in path.parents and "routes" not in path.stem
        for f in functions(path)
        if len([a for a in (*f.args.posonlyargs, *f.args.args) if a.arg not in ("self", "cls")]) > 6
    ]
    assert crowded == []


@pytest.mark.parametrize("room", [room for room in ROOMS if room.name != "errors"], ids=lambda room: room.name)
def test_every_room_has_its_paragraph_and_nothing_else(room: Path) -> None:
    tree = parsed(room / "__init__.py")

    assert (ast.get_docstring(tree) or "").strip()
    assert len(tree.body) == 1, "a room's __init__ holds one paragraph, no code"


def test_every_module_says_what_it_is() -> None:
    silent = [name_of(p) for p in ours() if MIGRATIONS not in p.parents and not ast.get_docstring(parsed(p))]

    assert silent == []


def test_identifiers_use_the_words_of_the_study() -> None:
    odd = [
        f"{name_of(path)}: {name}" for path in ours() if MIGRATIONS not in path.parents
        for name in _names(parsed(path)) if NOT_OUR_WORDS.search(name)
    ]
    assert odd == []


def _names(tree: ast.Module) -> list[str]:
    every = list(ast.walk(tree))
    defined = [n.name for n in every if isinstance(n, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    return defined + [n.target.id for n in every if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [n for p in ours() if p.stem in GENERIC_FILES and (n := name_of(p)) not in CONTRACTS] == []


def test_one_place_opens_transactions() -> None:
    callers = {name_of(p) for p in ours() if "in_transaction(" in p.read_text("utf-8").replace("_in_transaction(", "")}

    assert callers == {"models/transaction.py"}


def test_one_place_reads_the_clock() -> None:
    reads = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|timezone\.now\(")
    readers = {name_of(p) for p in ours() if reads.search(p.read_text("utf-8"))}

    assert readers <= {"backend/clock.py"}


MACHINERY = {"backend/forwarding/dispatcher.py", "backend/forwarding/breaker.py"}
"""Where the timetable moves rows on; nobody acts."""


def test_every_use_case_is_told_first_who_acts() -> None:
    """A use case is `@atomic` and public; a sync's `Sender` is an actor with a phone."""
    rooms = [room for room in ROOMS if room.name not in ("access", "border", "commands", "demo")]
    silent = [
        f"{name_of(path)}:{f.name}" for room in rooms for path in room.rglob("*.py")
        if name_of(path) not in MACHINERY for f in functions(path)
        if "atomic" in {ast.unparse(d) for d in f.decorator_list} and f.name[0] != "_" and not _may_lack_actor(f)
    ]
    assert silent == []


def _may_lack_actor(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = function.args.args[0].arg if function.args.args else ""
    return first in ("actor", "sender", "wiring", "seal", "now") or first.startswith("row")
