"""A backup while eight phones hand in: all that was acknowledged before its start is there, and nothing half."""

import asyncio

import msgspec
import pytest

from backend.backup.restoring import restore
from backend.clock import utc_now
from models import DiaryEntry, EntryRevision
from models.database import close_database, open_database
from tests.backend.backup.conftest import PASSPHRASE
from tests.ledger import require_whole
from tests.phones import Phone
from tests.processes import serving, started, until, words_of
from tests.wire import client_at

READ = "putting it back"
WRITERS = [("mia", "leo"), ("ben", "leo"), ("eve", "tom"), ("mia", "leo")] * 2


async def hands_in(client, participant_id, acknowledged: set[str], stop: asyncio.Event) -> None:
    phone = Phone(client, participant_id)
    while not stop.is_set():
        acknowledged |= {result["id"] for result in await phone.push(*(phone.item() for _ in range(3)))}


async def backed_up_under_load(study, cast, file, before: int) -> tuple[set[str], set[str]]:
    """What had been acknowledged when the backup began, and when it had read the study."""
    settings = msgspec.structs.replace(study.settings, backup_passphrase=PASSPHRASE)
    acknowledged, stop, clients = set(), asyncio.Event(), []
    with serving(settings) as (_, port):
        work = []
        for name, child in WRITERS:
            clients.append(client_at(port, cast.people[name]))
            work.append(asyncio.create_task(
                hands_in(clients[-1], cast.participants[child].id, acknowledged, stop)
            ))
        await asyncio.to_thread(until, lambda: len(acknowledged) >= before, seconds=60 + before / 10)
        at_start = set(acknowledged)
        with started(settings, "backup", str(file)) as process:
            await asyncio.to_thread(until, lambda: READ in words_of(process), process, 60)
            stop.set()
            await asyncio.gather(*work)
            assert await asyncio.to_thread(process.wait, 240) == 0, words_of(process)
        for client in clients:
            await client.aclose()
    return at_start, acknowledged


async def restored_whole(study, cast, file, home, at_start: set[str], acknowledged: set[str]) -> int:
    await close_database()
    await restore(home, file, PASSPHRASE, utc_now())
    await open_database(home, 4)
    stored = {str(entry_id) for entry_id in await DiaryEntry.all().values_list("id", flat=True)}
    assert at_start <= stored <= acknowledged
    assert await EntryRevision.all().count() == len(stored)
    for child in (cast.leo, cast.tom):
        await require_whole(child.id)
    return len(stored)


async def test_nothing_acknowledged_before_a_backup_is_missing_from_it(study, cast, tmp_path, new_home):
    file = tmp_path / "a.backup"

    at_start, acknowledged = await backed_up_under_load(study, cast, file, before=100)

    assert len(at_start) >= 100
    assert await restored_whole(study, cast, file, new_home, at_start, acknowledged) < len(acknowledged)


@pytest.mark.full
@pytest.mark.parametrize("before", [500, 1_500, 4_000])
async def test_nothing_is_missing_from_backups_of_fuller_studies(before, study, cast, tmp_path, new_home):
    file = tmp_path / "a.backup"

    at_start, acknowledged = await backed_up_under_load(study, cast, file, before)

    await restored_whole(study, cast, file, new_home, at_start, acknowledged)
