"""What a family writes in its own words is never judged by a machine: some words only ask staff to read it soon."""

import re
from typing import Any

from models.protocol import Form

CODE = "please_read"
WORDS = re.compile(
    r"\b(?:ambulan\w*|iva|icu|ic|intensiv\w*|intensive|helikopter|helicopter|rettungs\w*|krankenwagen|112|999)\b",
    re.IGNORECASE,
)
TEMPERATURE = re.compile(r"(?<![\d.,])(?:3[89]|4[0-3])(?:[.,]\d)?(?![\d.,]*\d)")
TELEPHONE = re.compile(r"\+?\d(?:[ /-]?\d){6,}")


def please_read(form: Form, data: dict[str, Any]) -> list[dict[str, Any]]:
    """A remark for staff per text that may tell of something urgent. It opens no case, and nobody has to confirm it."""
    texts = {name: data.get(name) for name, field in form.field.items() if field.type == "text"}
    return [{"code": CODE, "field": name, "confirmed": True} for name, text in texts.items()
            if isinstance(text, str) and any(sign.search(text) for sign in (WORDS, TEMPERATURE, TELEPHONE))]
