"""The demo as a person starts it: a fresh folder, the whole way of an entry, and again on what it finds."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyotp

from backend.access.credentials import STEP_SECONDS
from backend.clock import utc_now
from backend.demo.people import address_of
from backend.demo.play import unused_code
from backend.settings import Settings
from models import (
    Account,
    Adjudication,
    Attachment,
    DataQuery,
    DiaryEntry,
    DutyShift,
    Notice,
    OutboxMessage,
    Participant,
    SafetyCase,
    StaffRole,
    Visit,
    WorkItem,
)
from models.database import close_database, open_database
from models.vocabulary import STAFF_ROLES, DeliveryState, EntryKind
from tests.processes import ROOT, environment, free_port


def demo(folder: Path, port: int, *more: str) -> subprocess.CompletedProcess[str]:
    """`python -m backend demo` with no settings at all."""
    nothing = {name.upper() for name in Settings.__struct_fields__}
    bare = {name: value for name, value in environment(Settings()).items() if name not in nothing}
    return subprocess.run(
        [sys.executable, "-m", "backend", "demo", "--once", "--folder", str(folder), "--port", str(port), *more],
        cwd=ROOT, env=bare, capture_output=True, text=True, timeout=180, check=False,
    )


async def counted(folder: Path) -> dict[str, int]:
    await open_database(f"sqlite:///{folder}/study.db", 1)
    try:
        return {
            "children": await Participant.all().count(),
            "entries": await DiaryEntry.all().count(),
            "roles": len(set(await StaffRole.all().values_list("role", flat=True))),
            "sites": len(set(await Participant.all().values_list("site_id", flat=True))),
            "open questions": await DataQuery.filter(state="open").count(),
            "under way": await OutboxMessage.filter(state=DeliveryState.QUEUED).count(),
            "failed": await OutboxMessage.filter(state=DeliveryState.DEAD).count(),
            "missed visits": await Visit.filter(state="missed").count(),
            **await depth_counted(),
        }
    finally:
        await close_database()


async def depth_counted() -> dict[str, int]:
    kinds = Counter(await DiaryEntry.all().values_list("kind", flat=True))
    told = await DiaryEntry.filter(kind="fracture")
    return {
        **{kind: kinds[EntryKind(kind)] for kind in ("follow_up", "pain", "medication", "milestone", "surgery")},
        "two bones": sum(len(entry.data["sites"]) == 2 for entry in told),
        "pain scales": len({entry.data.get("scale") for entry in await DiaryEntry.filter(kind="pain")}),
        "photos": await Attachment.filter(state="stored").count(),
        "open cases": await SafetyCase.filter(state="open").count(),
        "closed cases": await SafetyCase.filter(state="closed").count(),
        "shifts": await DutyShift.all().count(),
        "open work items": await WorkItem.filter(closed_at=None).count(),
        "reminders": await Notice.exclude(told_at=None).count(),
        "judgements": await Adjudication.all().count(),
    }


def test_demo_plays_an_entry_the_whole_way_and_a_second_start_finds_its_data(tmp_path):
    folder = tmp_path / "demo"

    first = demo(folder, free_port())
    made = asyncio.run(counted(folder))
    again = demo(folder, free_port())
    found = asyncio.run(counted(folder))

    assert first.returncode == 0, first.stdout + first.stderr
    assert made["children"] >= 18
    assert made["entries"] > 18 * 52
    assert (made["roles"], made["sites"]) == (len(STAFF_ROLES), 2)
    assert all(made[what] >= 1 for what in ("open questions", "under way", "failed", "missed visits")), made
    assert {what: number for what, number in made.items() if number == 0} == {}
    assert made["pain scales"] >= 3
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Found the study of an earlier start" in again.stdout
    assert (found["children"], found["entries"]) == (made["children"], made["entries"] + 1)
    for said in (first.stdout, again.stdout):
        assert "The study team received it: created, version 2, signature right, once." in said
    assert "Traceback" not in first.stderr + again.stderr
    files = [json.loads(file.read_text()) for file in (folder / "forwarded").glob("*.jsonl")]
    assert len({message["message_id"] for message in files}) == len(files)


async def test_code_that_the_play_used_is_not_the_one_shown_to_the_person(study, cast):
    secret = pyotp.random_base32()
    nora = await Account.create(
        email=address_of("nora", staff=True), display_name="Nora", created_at=cast.now,
        totp_secret=study.seal.close(secret),
    )
    shown = await unused_code(study.seal, "nora", within=0)
    nora.totp_last_step = int(utc_now().timestamp()) // STEP_SECONDS
    await nora.save()

    assert await unused_code(study.seal, "nora", within=0) != shown
