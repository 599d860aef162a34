"""The form of a mail: headers that stay on one line, and a text as plain HTML without anything to load."""

import html
import re
from email.headerregistry import HeaderRegistry, UniqueUnstructuredHeader
from email.policy import SMTP, Policy

_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")
_PAGE = '<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n{}\n</body></html>\n'


class _OnOneLine(UniqueUnstructuredHeader):
    """Folded, these two lose their meaning to some mailboxes, and a signature over them to some servers."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # the other parent's


_headers = HeaderRegistry()
for _name in ("list-unsubscribe", "list-unsubscribe-post"):
    _headers.map_to_type(_name, _OnOneLine)  # type: ignore[arg-type]  # it mixes the other one in by itself
ONE_LINE = SMTP.clone(header_factory=_headers)


def as_html(text: str) -> str:
    """The same words, paragraph by paragraph; addresses in it can be opened."""
    paragraphs = (part.strip() for part in text.split("\n\n"))
    return _PAGE.format("\n".join(f"<p>{_marked(part)}</p>" for part in paragraphs if part))


def _marked(text: str) -> str:
    written, end = [], 0
    for found in _LINK.finditer(text):
        address = html.escape(found[0])
        written += [html.escape(text[end:found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*written, html.escape(text[end:])]).replace("\n", "<br>\n")
