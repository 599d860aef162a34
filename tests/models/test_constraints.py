"""What the tables refuse, on both databases, whoever asks: checks, unique keys, references, rewriting history."""

from datetime import timedelta
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from models import AuditEvent, Guardianship, LinkingCode
from models.actions import Action
from models.fields import new_id
from models.statement import is_postgres, rows
from models.vocabulary import Relation, RevisionState, Role
from tests.models.rows import NOON, entry, one_of_each, participant, revision

APPEND_ONLY = ("audit_event", "entry_revision", "record_read", "delivery_attempt", "query_reply")
pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("counts", [{"version": 0}, {"open_queries": -1}, {"open_conflicts": -1}])
async def test_entry_with_an_impossible_count_is_refused(counts: dict[str, int]) -> None:
    leo = await participant()
    with pytest.raises(IntegrityError):
        await entry(leo, **counts)


@pytest.mark.parametrize(
    ("state", "version"), [(RevisionState.ACCEPTED, None), (RevisionState.CONFLICT, 2)]
)
async def test_only_accepted_revisions_have_a_version(state: RevisionState, version: int | None) -> None:
    fracture = await entry(await participant())
    with pytest.raises(IntegrityError):
        await revision(fracture, state=state, version=version)


async def test_a_version_of_an_entry_exists_once() -> None:
    fracture = await entry(await participant())
    await revision(fracture)
    with pytest.raises(IntegrityError):
        await revision(fracture)


async def test_conflicting_revisions_may_be_many() -> None:
    fracture = await entry(await participant())
    await revision(fracture, version=None, state=RevisionState.CONFLICT)
    await revision(fracture, version=None, state=RevisionState.CONFLICT)


async def test_participant_code_exists_once() -> None:
    await participant()
    with pytest.raises(IntegrityError):
        await participant()


async def test_entry_needs_a_participant_that_exists() -> None:
    leo = await participant()
    with pytest.raises(IntegrityError):
        await entry(leo, participant=None, participant_id=new_id())


async def test_participant_with_entries_stays() -> None:
    leo = await participant()
    await entry(leo)
    with pytest.raises(IntegrityError):
        await leo.delete()


@pytest.mark.parametrize("about_a_participant", [True, False])
async def test_audit_number_exists_once(about_a_participant: bool) -> None:
    whom = new_id() if about_a_participant else None
    await _event(whom)
    with pytest.raises(IntegrityError):
        await _event(whom)


async def _event(whom: Any) -> None:
    await AuditEvent.create(
        participant_id=whom, seq=1, at=NOON, action=Action.STAFF_ADD, actor_role="system", subject_type="account",
        changes={},
    )


async def test_two_active_linking_codes_for_one_relation_are_refused() -> None:
    leo = await participant()
    await _code(leo, "1" * 64, revoked_at=NOON)
    await _code(leo, "2" * 64)
    with pytest.raises(IntegrityError):
        await _code(leo, "3" * 64)


async def _code(leo: Any, code_hash: str, **changes: Any) -> None:
    await LinkingCode.create(
        participant=leo, role=Role.GUARDIAN, relation=Relation.MOTHER, code_hash=code_hash, issued_by_id=new_id(),
        issued_at=NOON, expires_at=NOON + timedelta(hours=72), **changes,
    )


async def test_guardianship_holds_once_at_a_time() -> None:
    fracture = await entry(await participant())
    values = {
        "account_id": fracture.recorded_by_id, "participant_id": fracture.participant_id,
        "role": Role.GUARDIAN, "relation": Relation.MOTHER, "capabilities": [], "starts_at": NOON,
    }
    await Guardianship.create(**values, ends_at=NOON)
    await Guardianship.create(**values)
    with pytest.raises(IntegrityError):
        await Guardianship.create(**values)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_history_refuses_to_be_rewritten(table: str, act: str) -> None:
    if act.startswith("TRUNCATE") and not is_postgres():
        return  # SQLite has no TRUNCATE
    await one_of_each()
    with pytest.raises(IntegrityError, match="append-only"):
        await rows(act.format(table))
    assert (await rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"] == 1
