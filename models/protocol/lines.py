"""On which line of a TOML file each key stands. The text has been read by `tomllib` before, so it is sound.

`("safety_rule", 2, "kinds")` names a key of the third [[safety_rule]]; items of arrays have their own lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'(?P<skip>[ \t\r]+|#[^\n]*)|(?P<line>\n)|(?P<text>"{3}.*?"{3,5}|\'{3}.*?\'{3,5}'
    r'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')|(?P<sign>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.#"\']+)', re.DOTALL,
)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
END = ("end", "", 0)
Token = tuple[str, str, int]


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Of the key, or of the nearest thing around it that stands in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def lines_of(body: str) -> dict[Path, int]:
    return _Reader(list(_tokens(body))).read()


def _tokens(body: str) -> Iterator[Token]:
    line = 1
    for found in _TOKEN.finditer(body):
        kind, text = found.lastgroup or "", found.group()
        if kind != "skip":
            yield kind, text, line
        line += text.count("\n")


@dataclass
class _Reader:
    tokens: list[Token]
    at: int = 0
    lines: dict[Path, int] = field(default_factory=dict)
    tables: dict[Path, int] = field(default_factory=dict)
    """How many tables of a [[name]] have begun."""

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while self._next_significant() != END:
            if self.tokens[self.at][1] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _header(self) -> Path:
        line, several = self.tokens[self.at][2], self.tokens[self.at + 1][1] == "["
        self.at += 2 if several else 1
        *outer, last = self._key()
        self.at += 2 if several else 1
        path = self._inside(())
        for part in outer:
            self.lines.setdefault((*path, part), line)
            path = self._inside((*path, part))
        path = (*path, last)
        self.lines.setdefault(path, line)
        if several:
            self.tables[path] = self.tables.get(path, -1) + 1
        path = self._inside(path)
        self.lines.setdefault(path, line)
        return path

    def _inside(self, path: Path) -> Path:
        return (*path, self.tables[path]) if path in self.tables else path

    def _pair(self, path: Path) -> None:
        line = self.tokens[self.at][2]
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self._value(path)

    def _key(self) -> list[str]:
        parts = [_plain(self.tokens[self.at][1])]
        self.at += 1
        while self.tokens[self.at][1] == ".":
            parts.append(_plain(self.tokens[self.at + 1][1]))
            self.at += 2
        return parts

    def _value(self, path: Path) -> None:
        sign = self.tokens[self.at][1]
        if sign not in ("[", "{"):
            while self._here()[1] not in (",", "]", "}") and self._here()[0] not in ("line", "end"):
                self.at += 1
            return
        self.at += 1
        index = 0
        while (found := self._next_significant())[1] not in ("]", "}"):
            if found[1] == ",":
                self.at += 1
            elif sign == "{":
                self._pair(path)
            else:
                self.lines.setdefault((*path, index), found[2])
                self._value((*path, index))
                index += 1
        self.at += 1

    def _here(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else END

    def _next_significant(self) -> Token:
        while self._here()[0] == "line":
            self.at += 1
        return self._here()


def _plain(key: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), key[1:-1]) if key[0] in "\"'" else key
