"""One statement that reads everything a request's scope depends on: session, roles and guardianships.

Replaces the plain form `Session.get(...).prefetch_related(account, staff_roles, guardianships)` (three trips), and
does so for all requests at once that arrive while another such statement is under way.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.access.actor import Actor, Guardian
from backend.rounds import Rounds
from models.actions import Action
from models.statement import identifier, instant, is_postgres, rows
from models.vocabulary import Capability, Collection, Relation, Role

STATEMENT = """
WITH live AS (
  SELECT s.id, s.account_id, s.app_version, s.kind, s.token_hash, s.proved_at,
    s.last_seen_at, a.timezone
  FROM session s JOIN account a ON a.id = s.account_id
  WHERE s.id {chosen} AND s.ended_at IS NULL AND s.expires_at > $2 AND a.disabled_at IS NULL
)
SELECT l.id AS session, 'session' AS what, l.account_id AS id, l.kind AS role, l.token_hash AS relation,
  l.timezone AS more, l.app_version AS version, CAST(l.last_seen_at AS TEXT) AS site,
  CAST(l.proved_at AS TEXT) AS moment, NULL AS gestation, NULL AS enrolled, NULL AS observed FROM live l
UNION ALL
SELECT l.id, 'staff', r.site_id, r.role, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM live l JOIN staff_role r ON r.account_id = l.account_id
  WHERE r.starts_at <= $2 AND (r.ends_at IS NULL OR r.ends_at > $2)
UNION ALL
SELECT l.id, 'guardian', g.participant_id, g.role, g.relation, CAST(g.capabilities AS TEXT), p.collection,
  CAST(p.site_id AS TEXT), CAST(p.birth_month AS TEXT),
  CAST(p.gestational_days AS TEXT), CAST(p.enrolled_at AS TEXT), CAST(p.observer_rated AS TEXT)
  FROM live l JOIN guardianship g ON g.account_id = l.account_id JOIN participant p ON p.id = g.participant_id
  WHERE g.starts_at <= $2 AND (g.ends_at IS NULL OR g.ends_at > $2) AND g.locked_at IS NULL
"""

ON_POSTGRES = STATEMENT.format(chosen="= ANY($1)")
ON_SQLITE = STATEMENT.format(chosen="IN (SELECT value FROM json_each($1))")
TRUE = ("true", "1")
"""As PostgreSQL and SQLite write it."""
Row = dict[str, Any]
_read_list = msgspec.json.Decoder(list[str]).decode


async def load_actor(session_id: UUID, action: Action, now: datetime) -> tuple[Actor, str] | None:
    """The actor behind a live session, and the hash of the secret its cookie must carry. None = session over."""
    return _actor(session_id, action, (await _load([(session_id, now)]))[0])


async def load_actor_of_request(session_id: UUID, action: Action, now: datetime) -> tuple[Actor, str] | None:
    """As `load_actor`, outside of any transaction: read after now, together with the actors of other requests."""
    return _actor(session_id, action, await _rounds.join((session_id, now)))


async def load_actors(session_ids: list[UUID], action: Action, now: datetime) -> dict[UUID, Actor]:
    """As `load_actor`, for many at once: those whose sessions live."""
    found = zip(session_ids, await _load([(one, now) for one in session_ids]) if session_ids else [], strict=True)
    actors = {session_id: _actor(session_id, action, rows_of) for session_id, rows_of in found}
    return {session_id: actor[0] for session_id, actor in actors.items() if actor}


async def _load(asked: list[tuple[UUID, datetime]]) -> list[list[Row]]:
    ids = list({session_id for session_id, _ in asked})
    now = max(now for _, now in asked)
    found: dict[UUID, list[Row]] = {session_id: [] for session_id in ids}
    if is_postgres():
        lines = await rows(ON_POSTGRES, ids, now)
    else:
        lines = await rows(ON_SQLITE, msgspec.json.encode(ids).decode(), now)
    for line in lines:
        found[identifier(line["session"])].append(line)
    return [found[session_id] for session_id, _ in asked]


_rounds = Rounds(_load)


def _actor(session_id: UUID, action: Action, found: list[Row]) -> tuple[Actor, str] | None:
    head = next((row for row in found if row["what"] == "session"), None)
    if head is None:
        return None
    actor = Actor(
        account_id=identifier(head["id"]), session_id=session_id, action=action,
        staff_roles=tuple(_staff_role(row) for row in found if row["what"] == "staff"),
        guardians=dict(_guardian(row) for row in found if row["what"] == "guardian"),
        app_version=head["version"], timezone=head["more"], proved_at=instant(head["moment"]),
        seen_at=instant(head["site"]),
    )
    return actor, head["relation"] if head["role"] == "browser" else ""


def _staff_role(row: Row) -> tuple[Role, UUID | None]:
    return Role(row["role"]), identifier(row["id"]) if row["id"] else None


def _guardian(row: Row) -> tuple[UUID, Guardian]:
    capabilities = frozenset(Capability(c) for c in _read_list(row["more"]))
    born = date.fromisoformat(row["moment"]) if row["moment"] else None
    return identifier(row["id"]), Guardian(
        Role(row["role"]), Relation(row["relation"]), capabilities, identifier(row["site"]), born,
        Collection(row["version"]), int(row["gestation"]) if row["gestation"] else None, instant(row["enrolled"]),
        row["observed"] in TRUE,
    )
