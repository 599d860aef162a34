"""Which part of the worklist somebody is working through; it travels in every address so that "next" stays in it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from backend.access.actor import Actor
from backend.console.typed import Asked
from backend.errors import InvalidParameter
from backend.paging import encode_cursor
from backend.review.schemas import WorklistItem
from backend.review.worklist import WorklistFilter, worklist
from models.vocabulary import EntryKind, EntryState

LONGEST_SITE = 10
AHEAD = 20
"""How many are looked at for one that nobody else has taken."""


@dataclass(frozen=True)
class Listing:
    site: str = ""
    state: str = ""
    kind: str = ""
    mine: str = ""

    @classmethod
    def asked_for(cls, request: Asked) -> "Listing":
        """Raises InvalidParameter."""
        texts = {name: request.query_params.get(name, "") for name in ("site", "state", "kind", "mine")}
        site = texts["site"]
        if site and not (site.isascii() and site.isalnum() and len(site) <= LONGEST_SITE):
            raise InvalidParameter("There is no such site")
        if texts["state"] and texts["state"] not in list(EntryState):
            raise InvalidParameter("There is no such state")
        if texts["kind"] and texts["kind"] not in list(EntryKind):
            raise InvalidParameter("There is no such kind of entry")
        return cls(texts["site"], texts["state"], texts["kind"], "yes" if texts["mine"] else "")

    @property
    def chosen(self) -> dict[str, str]:
        parts = {"site": self.site, "state": self.state, "kind": self.kind, "mine": self.mine}
        return {name: text for name, text in parts.items() if text}

    @property
    def query(self) -> str:
        """`?site=SE01` … or nothing."""
        return "?" + urlencode(self.chosen) if self.chosen else ""

    def filter(self, actor: Actor, cursor: str | None, limit: int) -> WorklistFilter:
        return WorklistFilter(
            self.site or None, EntryState(self.state) if self.state else None,
            EntryKind(self.kind) if self.kind else None, actor.account if self.mine else None, cursor, limit,
        )

    async def after(self, actor: Actor, entry_id: UUID, received_at: datetime, now: datetime) -> UUID | None:
        """The next entry to look at, from the top again after the last; not one a colleague has taken."""
        beyond = await worklist(actor, self.filter(actor, encode_cursor(received_at, entry_id), AHEAD), now)
        found = self._free(beyond.items, actor, entry_id)
        if found is None:
            from_the_top = await worklist(actor, self.filter(actor, None, AHEAD), now)
            found = self._free(from_the_top.items, actor, entry_id)
        return found

    @staticmethod
    def _free(items: list[WorklistItem], actor: Actor, entry_id: UUID) -> UUID | None:
        return next((item.entry_id for item in items
                     if item.entry_id != entry_id and item.assignee_id in (None, actor.account_id)), None)
