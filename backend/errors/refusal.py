"""What every expected refusal is: a status, a stable code and a sentence for a person."""

from typing import Any


class StudyError(Exception):
    """A refusal. `extra` adds members to the problem."""

    status = 400
    code = "bad_request"
    title = "This request can't be used"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(self.code)
        self.detail = detail or self.title
        self.extra = extra
        self.headers: dict[str, str] = {}
