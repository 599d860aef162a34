"""The console as a browser sees it: cookies, forms, and what stands on a page."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx

INLINE = ("a", "strong", "span", "del", "ins", "code")
OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.actions: list[str] = []
        self.hidden: dict[str, str] = {}
        self.text = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in INLINE:
            self.text += " "
        if tag == "form" and given.get("method") == "post":
            self.actions.append(given["action"])
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given["value"]

    def handle_data(self, data):
        self.text += data


def read(answer: httpx.Response) -> _Reader:
    """The page's forms (besides signing out), hidden fields and text."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8", answer.text
    reader = _Reader()
    reader.feed(answer.text)
    reader.actions = [action for action in reader.actions if action != "/console/sign-out"]
    reader.text = re.sub(r"\s+", " ", reader.text)
    return reader


@dataclass
class Browser:
    """One signed-in browser window."""

    client: httpx.AsyncClient

    async def see(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data=fields, headers=OUR_PAGE)

    async def decide(self, entry_id: object, what: str, seen: str = "", **fields: str) -> httpx.Response:
        """Fill in one of the entry page's forms and send it."""
        seen = seen or read(await self.see(f"/console/entries/{entry_id}")).hidden.get("seen", "s0")
        return await self.post(f"/console/entries/{entry_id}/{what}", seen=seen, **fields)
