"""One statement that reads everything a request's scope depends on: session, roles and guardianships.

Replaces the plain form `Session.get(...).prefetch_related(account, staff_roles, guardianships)` (three trips).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.access.actor import Actor, Guardian
from models.actions import Action
from models.statement import identifier, rows
from models.vocabulary import Capability, Relation, Role

STATEMENT = """
WITH live AS (
  SELECT s.id, s.account_id, s.app_version, s.kind, s.token_hash, a.timezone
  FROM session s JOIN account a ON a.id = s.account_id
  WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND a.disabled_at IS NULL
)
SELECT 'session' AS what, l.account_id AS id, l.kind AS role, l.token_hash AS relation, l.timezone AS more,
  l.app_version AS version FROM live l
UNION ALL
SELECT 'staff', r.site_id, r.role, NULL, NULL, NULL FROM live l JOIN staff_role r ON r.account_id = l.account_id
  WHERE r.starts_at <= $2 AND (r.ends_at IS NULL OR r.ends_at > $2)
UNION ALL
SELECT 'guardian', g.participant_id, g.role, g.relation, CAST(g.capabilities AS TEXT), NULL
  FROM live l JOIN guardianship g ON g.account_id = l.account_id
  WHERE g.starts_at <= $2 AND (g.ends_at IS NULL OR g.ends_at > $2)
"""

_read_list = msgspec.json.Decoder(list[str]).decode


async def load_actor(session_id: UUID, action: Action, now: datetime) -> tuple[Actor, str] | None:
    """The actor behind a live session, and the hash of the secret its cookie must carry. None = session over."""
    found = await rows(STATEMENT, session_id, now)
    if not found or found[0]["what"] != "session":
        return None
    head = found[0]
    actor = Actor(
        account_id=identifier(head["id"]), session_id=session_id, action=action,
        staff_roles=tuple(_staff_role(row) for row in found if row["what"] == "staff"),
        guardians=dict(_guardian(row) for row in found if row["what"] == "guardian"),
        app_version=head["version"], timezone=head["more"],
    )
    return actor, head["relation"] if head["role"] == "browser" else ""


def _staff_role(row: dict[str, Any]) -> tuple[Role, UUID | None]:
    return Role(row["role"]), identifier(row["id"]) if row["id"] else None


def _guardian(row: dict[str, Any]) -> tuple[UUID, Guardian]:
    capabilities = frozenset(Capability(c) for c in _read_list(row["more"]))
    return identifier(row["id"]), Guardian(Role(row["role"]), Relation(row["relation"]), capabilities)
