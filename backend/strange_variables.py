"""What the environment must not hold: switches that make libraries talk, settings spelt wrong, files open to all."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

TALKATIVE = ("LITESTAR_DEBUG", "LITESTAR_PDB", "PYTHONASYNCIODEBUG", "PYTHONDEVMODE")
"""With these, answers or the console carry what somebody wrote."""
OFF = ("", "0")


def strange_variables(environment: Mapping[str, str], settings: set[str]) -> list[str]:
    """Sentences without values. `settings` are the names there are, in small letters."""
    faults = [f"{name} is set: it is for development" for name in TALKATIVE if environment.get(name, "") not in OFF]
    known = {name.upper() for name in settings}
    known |= {f"{name}_FILE" for name in known}
    for variable in sorted(environment.keys() - known):
        faults += [f"{variable} is no setting; did you mean {meant}?" for meant in _meant(variable, known)]
    return faults


def readable_by_all(file: Path) -> bool:
    """Whether everybody on this machine may read or change it. Raises OSError."""
    return os.name == "posix" and bool(file.stat().st_mode & 0o006)


def _meant(variable: str, known: set[str]) -> Iterator[str]:
    """The setting that is one slip of the finger away. One word alone (HOST, PORT) is too short to tell."""
    near = sorted(name for name in known if "_" in name and _one_slip(variable, name))
    yield from near[:1]


def _one_slip(one: str, other: str) -> bool:
    """One letter missing, added or wrong, or two neighbours swapped."""
    if len(one) > len(other):
        one, other = other, one
    same = next((n for n, letters in enumerate(zip(one, other, strict=False)) if letters[0] != letters[1]), len(one))
    rest, others = one[same:], other[same:]
    if len(rest) < len(others):
        return rest == others[1:]
    swapped = rest[:2] == others[1::-1] and rest[2:] == others[2:]
    return bool(rest) and (rest[1:] == others[1:] or swapped)
