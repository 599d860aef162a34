"""To a stranger, what is foreign and what does not exist are the same: every operation, with the ids of Leo's record.

Eve is of another family, Otto of another site, Bea reads blinded, nobody is not signed in. (trust E1, E3)
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from models import (
    Attachment,
    ConsentDocument,
    ConsentSignature,
    DataQuery,
    DiaryEntry,
    Dose,
    DutyShift,
    Guardianship,
    LinkingCode,
    OutboxMessage,
    PrivateNote,
    QuarantinedItem,
    SafetyCase,
    Visit,
    WorkItem,
    WorkItemContact,
)
from models.fields import new_id
from models.statement import rows
from models.vocabulary import (
    AttachmentPurpose,
    AttachmentState,
    ConsentAudience,
    ConsentDecision,
    ConsentMethod,
    MessageKind,
    QueryState,
    Relation,
    Role,
)
from tests.cast import Cast
from tests.phones import FRACTURE, Phone

CANARY = "the canary in Leo's record"
STRANGERS = (None, "eve", "otto", "bea")
MAY_KNOW = {"bea": ("review/entries", "/worklist", "adjudication/entries", "/attachments")}
"""Where a stranger to the record is meant to look, and is told something."""
CHANGED = "UPDATE of what is Leo's"


@pytest.fixture
async def victim(cast: Cast, phone_of: Callable[..., Phone], now: Any, study: Any) -> dict[str, UUID]:
    """Path parameter → id, of something in Leo's record that holds the canary where it can."""
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item({**FRACTURE, "note": CANARY}))
    entry, leo = await DiaryEntry.get(id=made["id"]), cast.leo
    await phone.push(phone.item({"bone": CANARY}, kind="nonsense"))
    query = await DataQuery.create(
        entry=entry, participant=leo, seq=90, field="", question=CANARY, state=QueryState.OPEN, entry_version=1,
        opened_by=cast.nora.account, opened_at=now)
    message = await OutboxMessage.create(
        destination="folder", entry=entry, number=1, kind=MessageKind.CREATED, entry_version=1, payload=CANARY,
        due_at=now, created_at=now)
    visit = await Visit.create(participant=leo, seq=91, plan_code="FU-P6", target_on=now.date(), timezone="UTC")
    code = await LinkingCode.create(
        participant=leo, role=Role.GUARDIAN, relation=Relation.STEP_PARENT, code_hash="x" * 64,
        issued_by_id=cast.nora.id, issued_at=now, expires_at=now.replace(year=now.year + 1))
    invitation = await LinkingCode.create(
        participant=leo, role=Role.CARER, relation=Relation.GRANDPARENT, code_hash="y" * 64, by_family=True,
        issued_by_id=cast.mia.id, issued_at=now, expires_at=now.replace(year=now.year + 1))
    document = await ConsentDocument.create(
        code="t", version="1", audience=ConsentAudience.CUSTODIAN, site=cast.sites["SE01"], language="en", title="T",
        body=CANARY, body_hash="0" * 64, valid_from=now, created_by_id=cast.nora.id, created_at=now)
    await ConsentSignature.create(
        participant=leo, seq=92, document=document, document_hash="0" * 64, relation=Relation.MOTHER,
        decision=ConsentDecision.GIVEN, method=ConsentMethod.PAPER, signed_at=now, recorded_by_id=cast.nora.id,
        recorded_at=now)
    await Dose.create(participant=leo, seq=93, number=1, given_on=now.date(), recorded_by_id=cast.nora.id,
                      recorded_at=now)
    note = await PrivateNote.create(
        account=cast.mia.account, participant=leo, sealed_text=study.seal.close(CANARY), created_at=now,
        changed_at=now)
    return {
        "participant_id": leo.id, "entry_id": entry.id, "query_id": query.id, "message_id": message.id,
        "visit_id": visit.id, "linking_code_id": code.id, "invitation_id": invitation.id, "note_id": note.id,
        "document_id": document.id, "item_id": (await QuarantinedItem.get()).id,
        "guardianship_id": (await Guardianship.get(account_id=cast.mia.id)).id,
        "session_id": cast.mia.session.id, "notice_id": new_id(),
        **await _of_the_depth(cast, entry, now),
    }


async def _of_the_depth(cast: Cast, entry: DiaryEntry, now: Any) -> dict[str, UUID]:
    later, site = now + timedelta(days=1), cast.sites["SE01"]
    case = await SafetyCase.create(
        participant=cast.leo, site=site, entry=entry, rules=["S1/1"], fitting=["S1/1"], seq=94, known_since=now,
        due_at=later)
    image = await Attachment.create(
        participant=cast.leo, seq=95, entry_id=entry.id, purpose=AttachmentPurpose.LETTER,
        state=AttachmentState.DECLARED, uploaded_by=cast.mia.account, created_at=now)
    shift = await DutyShift.create(
        site=site, account=cast.nora.account, starts_at=now, ends_at=later, phone=CANARY, recorded_by_id=cast.nora.id,
        recorded_at=now)
    item = await WorkItem.create(
        participant=cast.leo, site=site, kind="silence", slot="2026-05-24", seq=96, opened_at=now, due_at=later)
    await WorkItemContact.create(work_item=item, way="phone", reached=True, note=CANARY, by_id=cast.nora.id, at=now)
    return {"case_id": case.id, "attachment_id": image.id, "shift_id": shift.id, "work_item_id": item.id}


def operations(app: Litestar) -> list[tuple[str, str, Any]]:
    """Method, path and an example of its body, of every operation that names something."""
    document = app.openapi_schema.to_schema()
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            name = content["schema"]["$ref"].rpartition("/")[2] if content else ""
            body = document["components"]["schemas"][name]["examples"][0] if name else None
            if "{" in path:
                found.append((method.upper(), path, body))
    return found


async def asked(client: httpx.AsyncClient, method: str, path: str, body: Any) -> httpx.Response:
    headers = {"If-Match": '"s1"'} if "review" in path or "quer" in path else {"If-None-Match": "*"}
    return await client.request(method, path, json=body, headers=headers)


def plain(answer: httpx.Response) -> tuple[int, str, dict[str, str]]:
    """What can be told apart: not the moment, the request's own number, or the address asked for."""
    named = {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}
    return answer.status_code, re.sub(r"[0-9a-f-]{36}|[0-9a-f]{32}", "…", answer.text), named


async def test_foreign_is_like_nothing_for_every_operation(
    app: Litestar, as_: Callable[..., httpx.AsyncClient], victim: dict[str, UUID]
) -> None:
    before = await leos_rows(victim["participant_id"])
    told_apart, leaks, unknown = [], [], set()
    for name in STRANGERS:
        client = as_(name)
        for method, path, body in operations(app):
            wanted = re.findall(r"{(\w+)}", path)
            unknown |= {part for part in wanted if part.endswith("_id") and part not in victim}
            if any(known in path for known in MAY_KNOW.get(name or "", ())) or not set(wanted) & victim.keys():
                continue
            foreign = await asked(client, method, _filled(path, {k: str(v) for k, v in victim.items()}), body)
            nothing = await asked(client, method, _filled(path, {k: str(uuid4()) for k in victim}), body)
            if plain(foreign) != plain(nothing) or foreign.status_code < 400:
                told_apart.append((name, method, path, foreign.status_code, nothing.status_code))
            if CANARY in foreign.text or "SE01-001" in foreign.text:
                leaks.append((name, method, path))

    assert (told_apart, leaks) == ([], [])
    assert await leos_rows(victim["participant_id"]) == before, CHANGED
    assert unknown <= {"account_id", "role_id", "installation_id"}, "a new kind of id: give the victim one"


def _filled(path: str, values: dict[str, str]) -> str:
    filled = re.sub(r"{(\w+)}", lambda found: values.get(found[1], found[0]), path)
    return re.sub(r"{(\w+)}", lambda found: "1" if found[1] == "number" else str(UUID(int=1)), filled)


async def leos_rows(participant_id: UUID) -> list[Any]:
    """What would move with any change about Leo: his number, and how much stands about him."""
    return [
        await rows("SELECT seq, state, collection FROM participant WHERE id = $1", participant_id),
        await rows("SELECT count(*) AS n FROM audit_event WHERE participant_id = $1", participant_id),
        await rows("SELECT count(*) AS n FROM private_note"),
        await rows("SELECT count(*) AS n FROM session WHERE ended_at IS NOT NULL"),
    ]


async def test_lists_do_not_depend_on_foreign_rows(as_, cast, phone_of) -> None:
    """E5: with Leo's entries or without, Otto's and Eve's lists are the same."""
    paths = ("/api/v1/worklist", "/api/v1/participants", "/api/v1/participants?code_starts=SE01",
             "/api/v1/quarantined-items", "/api/v1/outbox-messages", "/api/v1/inbox")

    async def seen() -> list[tuple[int, str]]:
        answers = [await as_(name).get(path) for name in ("otto", "eve") for path in paths]
        return [(answer.status_code, answer.text) for answer in answers]

    before = await seen()
    phone = phone_of("mia")
    await phone.push(phone.item(), phone.item({"bone": CANARY}, kind="nonsense"))

    assert await seen() == before
