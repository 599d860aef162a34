"""What the processes say on stderr: one line per event, which nobody outside can forge and which quotes nobody.

An exception shows its type and its frames, never its message: that may hold what a family wrote. The same goes for
what libraries say.
"""

import json
import logging
import sys
import time
import traceback
from types import TracebackType
from typing import Any

OURS = ("backend", "models", "notifications", "uvicorn")
"""uvicorn says when it starts and stops, and no addresses: its access log is off."""
QUIET = ("httpx", "httpcore", "apscheduler", "asyncio", "tortoise")
"""Libraries that would log addresses or a line per tick."""


def start_logging(form: str) -> None:
    """From here on this process logs to stderr, in `form` (LOG_FORMAT)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    sys.excepthook = _log_the_end
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def moment(seconds: float) -> str:
    """UTC with milliseconds, without asking for a datetime per line."""
    whole = int(seconds)
    if whole != _second[0]:
        _second[:] = [whole, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))]
    return f"{_second[1]}.{int(seconds * 1000) % 1000:03d}Z"


_second: list[Any] = [0, "1970-01-01T00:00:00"]


class Lines(logging.Formatter):
    """What both forms have in common: whom we quote."""

    def said(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] in OURS:
            return record.getMessage()
        # A library's message may carry an exception's text; its own words are in the template.
        return str(record.msg) if record.args else f"{record.name}.{record.funcName}"

    def where(self, record: logging.LogRecord) -> tuple[str, list[str]]:
        """Type and frames of the exception, if there is one."""
        if not record.exc_info or not record.exc_info[0]:
            return "", []
        frames = traceback.extract_tb(record.exc_info[2])
        return record.exc_info[0].__name__, [f"{f.filename}:{f.lineno} {f.name}" for f in frames]


class JsonLines(Lines):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": moment(record.created), "level": record.levelname.lower(), "logger": record.name,
            "message": self.said(record),
        }
        kind, frames = self.where(record)
        if kind:
            line |= {"exception": kind, "frames": frames}
        return json.dumps(line)  # ASCII: no U+2028, no escape code ever reaches a terminal


class TextLines(Lines):
    """A line that begins with a space goes on with the one above it."""

    def format(self, record: logging.LogRecord) -> str:
        kind, frames = self.where(record)
        said = [*self.said(record).split("\n"), *([f"{kind} at", *frames] if kind else [])]
        begin = f"{moment(record.created)} {record.levelname} {record.name} "
        return begin + "\n    ".join("".join(map(_plain, line)) for line in said if line.strip())


def _plain(sign: str) -> str:
    return sign if sign.isprintable() else ascii(sign)[1:-1]


def _log_the_end(kind: type[BaseException], failure: BaseException, where: TracebackType | None) -> None:
    logging.getLogger("backend").critical("the process ends", exc_info=(kind, failure, where))
