"""The folder destination: one whole file per message."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from backend.clock import utc_now
from backend.forwarding.destinations.answers import Answer, Verdict
from backend.forwarding.destinations.folder import folder_sender
from backend.forwarding.jobs import forward_due
from backend.wiring import Wiring
from models import OutboxMessage
from models.vocabulary import DeliveryState
from tests.cast import Cast
from tests.forwarded import queued


@dataclass
class Message:
    payload: str = '{"kind":"created"}'
    id: UUID = field(default_factory=uuid4)


async def put(folder: Path, message: Message) -> Answer:
    return await folder_sender(str(folder))(message, datetime.now(UTC))  # type: ignore[arg-type]


def names_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_message_becomes_one_file_named_by_its_id(tmp_path: Path) -> None:
    message = Message()
    assert (await put(tmp_path / "new", message)).verdict is Verdict.TAKEN
    [file] = (tmp_path / "new").iterdir()
    assert file.name == f"{message.id}.jsonl"
    assert file.read_text("utf-8") == '{"kind":"created"}\n'


async def test_file_that_is_there_already_counts_as_delivered(tmp_path: Path) -> None:
    message = Message()
    await put(tmp_path, message)
    file = tmp_path / f"{message.id}.jsonl"
    before = file.stat().st_mtime_ns
    assert (await put(tmp_path, message)).verdict is Verdict.TAKEN
    assert file.stat().st_mtime_ns == before


async def test_other_content_under_the_same_id_is_never_overwritten(tmp_path: Path) -> None:
    message = Message()
    (tmp_path / f"{message.id}.jsonl").write_text("something else\n")
    answer = await put(tmp_path, message)
    assert (answer.verdict, answer.error) == (Verdict.REFUSED, "folder_other_content")
    assert (tmp_path / f"{message.id}.jsonl").read_text() == "something else\n"


async def test_half_written_draft_of_a_killed_worker_is_cleared_away(tmp_path: Path) -> None:
    message = Message()
    (tmp_path / f".{message.id}.dead").write_text('{"ki')
    await put(tmp_path, message)
    assert names_in(tmp_path) == [f"{message.id}.jsonl"]


async def test_folder_that_cannot_be_written_is_a_failure_of_the_moment(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = await put(tmp_path / "file" / "folder", Message())
    assert (answer.verdict, answer.error) == (Verdict.TEMPORARY, "folder_enotdir")


async def test_line_is_synced_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr("os.fsync", lambda _handle: seen.append([file.suffix for file in tmp_path.iterdir()]))
    await put(tmp_path, Message())
    [before, after] = seen
    assert ".jsonl" not in before
    assert after == [".jsonl"]


async def test_built_in_destination_is_a_folder_beside_the_data(cast: Cast, study: Wiring) -> None:
    messages = await queued(cast, 3)
    assert await forward_due(study, utc_now()) == 3
    folder = Path(study.settings.data_folder) / "forwarded"
    assert {file.stem for file in folder.iterdir()} == {str(message.id) for message in messages}
    assert {json.loads(file.read_text())["message_id"] for file in folder.iterdir()} == {str(m.id) for m in messages}
    assert {m.state for m in await OutboxMessage.all()} == {DeliveryState.DELIVERED}
    assert await forward_due(study) == 0
