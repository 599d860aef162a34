"""The JSON Lines folder: one file per message, named by its id, whole or not there at all."""

import asyncio
import errno
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from backend.forwarding.destinations.answers import Answer, Send, Verdict
from backend.on_disk import sync_folder
from models import OutboxMessage


def folder_sender(folder: str) -> Send:
    async def send(message: OutboxMessage, _now: datetime) -> Answer:
        try:
            return await asyncio.to_thread(_put, Path(folder), message.id, f"{message.payload}\n".encode())
        except OSError as failure:
            return Answer(Verdict.TEMPORARY, "folder_" + errno.errorcode.get(failure.errno or 0, "unusable").lower())

    return send


def _put(folder: Path, message_id: UUID, line: bytes) -> Answer:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{message_id}.jsonl"
    if place.exists():  # we, or another worker, wrote it and died before saying so
        same = place.read_bytes() == line
        return Answer(Verdict.TAKEN) if same else Answer(Verdict.REFUSED, "folder_other_content")
    for leftover in folder.glob(f".{message_id}.*"):
        leftover.unlink(missing_ok=True)
    draft = folder / f".{message_id}.{uuid4().hex}"
    with draft.open("xb") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)
    sync_folder(folder)
    return Answer(Verdict.TAKEN)
