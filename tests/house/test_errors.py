"""backend/errors/ is the error documentation: each code once, explained, and really used."""

import inspect

from backend import errors
from backend.errors import StudyError
from tests.house.sources import ROOT, ours

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, StudyError)]
REFUSALS = [kind for kind in ALL if kind is not StudyError]


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in ALL]

    assert sorted(code for code in set(codes) if codes.count(code) > 1) == []


def test_every_refusal_is_documented() -> None:
    assert [kind.__name__ for kind in REFUSALS if "__doc__" not in vars(kind) or not kind.__doc__] == []


def test_every_refusal_has_its_own_code_and_title() -> None:
    assert [kind.__name__ for kind in REFUSALS if not {"code", "title"} <= set(vars(kind))] == []


def test_every_refusal_is_used() -> None:
    texts = [path.read_text("utf-8") for path in ours("backend") if ROOT / "backend/errors" not in path.parents]
    base_classes = {base for kind in REFUSALS for base in kind.__mro__[1:]}
    unused = [kind.__name__ for kind in REFUSALS
              if kind not in base_classes and not any(kind.__name__ in text for text in texts)]

    assert unused == []
