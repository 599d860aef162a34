"""Three phones of one family that write offline at random: what a seed makes, it makes again."""

from copy import deepcopy
from random import Random
from typing import Any

from models.fields import new_id
from tests.phones import Phone

FIELDS = ("note", "pain", "force", "certainty", "newer_field")


class OfflinePhone:
    """A phone with a local diary, an outbox and a cursor."""

    def __init__(self, phone: Phone, chance: Random, name: str) -> None:
        self.phone, self.chance, self.name = phone, chance, name
        self.rows: dict[str, dict[str, Any]] = {}
        self.outbox: list[dict[str, Any]] = []
        self.cursor = 0
        self.written: list[str] = []

    def act(self) -> None:
        """One thing a person does without a network."""
        living = [row for row in self.rows.values() if not row.get("gone")]
        what = self.chance.choice(("create", "edit", "edit", "edit", "delete", "bad", "settle"))
        if what == "create" or not living:
            self._put(str(new_id()), self._answers(), 0)
        elif what == "bad":
            self.outbox.append(self.phone.item({"pain": f"very {self._word()}"}))
        elif what == "settle":
            self._settle(living)
        else:
            row = self.chance.choice(living)
            self._put(row["id"], {} if what == "delete" else self._answers(), row["version"], what == "delete")

    def _settle(self, living: list[dict[str, Any]]) -> None:
        for row in living:
            if row.get("conflicts"):
                resolves = [conflict["revision_id"] for conflict in row["conflicts"]]
                self._put(row["id"], self._answers(), row["version"], resolves=resolves)

    def _put(self, entry_id: str, data: dict[str, Any], base: int, gone: bool = False, **more: Any) -> None:
        row = self.rows.setdefault(entry_id, {"id": entry_id, "version": 0, "data": {}})
        row["data"] = {**row["data"], **data}
        row["gone"] = gone
        reason = {"reason": "entered_in_error"} if gone else {}
        self.outbox.append(self.phone.item(deepcopy(data), id=entry_id, base_version=base,
                                           op="delete" if gone else "upsert", **reason, **more))

    def _answers(self) -> dict[str, Any]:
        chosen = self.chance.sample(FIELDS, self.chance.randint(1, 3))
        return {name: self.chance.randint(0, 10) if name == "pain" else self._word() for name in chosen}

    def _word(self) -> str:
        self.written.append(f"{self.name}-{len(self.written)}.")
        return self.written[-1]

    async def sync(self) -> None:
        """Push in parts, sometimes twice because the answer was lost; then pull in small pages."""
        while self.outbox:
            part = self.outbox[: self.chance.randint(1, 4)]
            await self.phone.push(*part)
            if self.chance.random() < 0.7:
                self.outbox = self.outbox[len(part):]
        more = True
        while more:
            page = await self.phone.pull(self.cursor, limit=self.chance.randint(1, 5))
            for change in page["changes"]:
                self.rows[change["id"]] = {**change, "gone": change["deleted"]}
            self.cursor, more = page["cursor"], page["has_more"]


async def live_through(phones: list[OfflinePhone], chance: Random, steps: int = 12) -> None:
    """Some steps of life, then everybody syncs twice."""
    for _ in range(steps):
        phone = chance.choice(phones)
        phone.act()
        if chance.random() < 0.4:
            await phone.sync()
    for phone in phones * 2:
        await phone.sync()
