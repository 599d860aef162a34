"""After a restore: everything as it was at one moment, a new epoch, and phones that lose nothing."""

import pytest

from backend.access.seal import secret_hash
from backend.access.sessions import Device, start_session
from backend.backup import checking
from backend.backup.checking import check
from backend.backup.making import make_backup, write_backup
from backend.backup.refusals import Differs, DoesNotFit
from backend.backup.restoring import restore
from backend.clock import utc_now
from models import AuditEvent, DiaryEntry, Heartbeat, IdempotencyKey, OutboxMessage, Study
from models.actions import Action
from models.database import close_database, open_database
from models.delivery import claim_due
from models.migrator import migrate, pending_here
from models.statement import is_postgres, rows
from models.vocabulary import SessionKind
from tests.backend.backup.conftest import PASSPHRASE
from tests.forwarded import queued
from tests.ledger import require_whole, state_of

CHANGES_AT_RESTORE = {"study", "audit_event", "heartbeat", "session"}


async def test_operator_finds_every_row_again(back_up, move, phone_of, cast, tmp_path, new_home, now):
    phone = phone_of("mia")
    await phone.push(*(phone.item() for _ in range(3)))
    before = state_of((await phone.pull())["changes"])
    await Heartbeat.create(worker="w", beat_at=now, started_at=now)
    await IdempotencyKey.create(id="a:b", fingerprint="f", created_at=now)
    tallies = await back_up(tmp_path / "a.backup")

    restored = await move(tmp_path / "a.backup", new_home)

    assert restored == sum(tally.rows for tally in tallies.values())
    assert state_of((await phone.pull())["changes"]) == before
    assert await pending_here() == []
    assert await Heartbeat.all().count() == 0
    assert await IdempotencyKey.exists(id="a:b")
    (event,) = await AuditEvent.filter(action=Action.BACKUP_RESTORE)
    study = await Study.get(id=1)
    assert (event.seq, event.changes["epoch"][1]) == (study.seq, str(study.epoch))
    await require_whole(cast.leo.id)


async def test_phone_loads_again_and_keeps_its_outbox(back_up, move, phone_of, cast, tmp_path, new_home):
    phone = phone_of("mia")
    await phone.push(phone.item())
    page = await phone.pull()
    await back_up(tmp_path / "a.backup")
    since = [phone.item(), phone.item()]
    assert [r["status"] for r in await phone.push(since[0])] == ["applied"]  # acknowledged, and lost with the server

    await move(tmp_path / "a.backup", new_home)

    old = await phone.client.get(f"{phone.url}/changes", params={"since": page["cursor"], "epoch": page["epoch"]})
    assert (old.status_code, old.json()["code"]) == (410, "resync_required")
    fresh = await phone.pull()
    assert fresh["epoch"] != page["epoch"]
    assert len(fresh["changes"]) == 1
    assert [r["status"] for r in await phone.push(*since)] == ["applied", "applied"]
    await require_whole(cast.leo.id)


async def test_app_that_refreshed_since_is_refused_and_signs_in_again(
    study, back_up, move, cast, as_, tmp_path, new_home, now
):
    first = await start_session(study.seal, cast.mia.account, Device(SessionKind.APP), now)
    await back_up(tmp_path / "a.backup")
    nobody, tokens = as_(), [first.secret]
    for _ in range(3):
        answer = await nobody.post("/api/v1/sessions/refresh", json={"refresh_token": tokens[-1]})
        tokens.append(answer.json()["refresh_token"])
    late = await start_session(study.seal, cast.ben.account, Device(SessionKind.APP), now)

    await move(tmp_path / "a.backup", new_home, all_signed_in_again=False)

    for token in (tokens[-1], tokens[0], late.secret):
        refused = await nobody.post("/api/v1/sessions/refresh", json={"refresh_token": token})
        assert refused.status_code == 401
    again = await start_session(study.seal, cast.mia.account, Device(SessionKind.APP), now)
    turned = await nobody.post("/api/v1/sessions/refresh", json={"refresh_token": again.secret})
    assert turned.status_code == 200
    assert secret_hash(again.secret) != secret_hash(tokens[-1])


async def test_what_a_worker_held_is_due_again(back_up, move, cast, tmp_path, new_home, now):
    await queued(cast, 2)
    assert len(await claim_due(OutboxMessage, now, 10)) == 2
    await back_up(tmp_path / "a.backup")

    await move(tmp_path / "a.backup", new_home)

    assert len(await claim_due(OutboxMessage, now, 10)) == 2


async def test_study_moves_to_the_other_kind_of_database(
    study, back_up, move, phone_of, cast, tmp_path, other_home, key
):
    """Digest by digest the same rows; numbers and characters that the two databases spell differently included."""
    phone = phone_of("mia")
    odd = {"occurred": "2026-11-20", "note": 'tab\t, line\r\n, \\N, "quoted", å🦴, 1e22', "new": [1.5, 0.1, True, None]}
    await phone.push(phone.item(odd), phone.item())
    await queued(cast, 1)
    tallies = await back_up(tmp_path / "a.backup")
    await move(tmp_path / "a.backup", other_home)
    await close_database()

    back = await write_backup(other_home, tmp_path / "b.backup", PASSPHRASE, key, utc_now())

    assert back.keys() == tallies.keys()
    differing = {name for name, tally in tallies.items() if back[name] != tally}
    assert differing <= CHANGES_AT_RESTORE
    await open_database(other_home, 10)
    assert is_postgres() != study.settings.database_url.startswith("postgresql")
    assert odd.items() <= next(e.data for e in await DiaryEntry.all() if "note" in e.data).items()
    await phone.push(phone.item())


async def test_backup_of_an_older_version_is_migrated_up(bare_home, tmp_path, study, key):
    await close_database()
    old = f"sqlite:///{tmp_path / 'old.db'}"
    await migrate(old, "0002_guards")
    await open_database(old, 2)
    await rows("INSERT INTO site (id, code, name, country, timezone, language)"
               " VALUES ('019373b0-0000-7000-8000-000000000001', 'SE01', 'Stockholm', 'SE', 'Europe/Stockholm', 'sv')")
    await close_database()
    await write_backup(old, tmp_path / "old.backup", PASSPHRASE, key, utc_now())

    await restore(bare_home, tmp_path / "old.backup", PASSPHRASE, utc_now())

    await open_database(bare_home, 2)
    assert await pending_here() == []
    assert (await rows("SELECT code FROM site"))[0]["code"] == "SE01"
    assert (await Study.get(id=1)).epoch


async def test_backup_of_a_newer_version_is_refused(back_up, tmp_path, new_home, study, monkeypatch):
    await back_up(tmp_path / "a.backup")
    ran = checking.known()
    monkeypatch.setattr(checking, "known", lambda: ran[:-1])
    await close_database()

    for refused in (
        restore(new_home, tmp_path / "a.backup", PASSPHRASE, utc_now()),
        check(tmp_path / "a.backup", PASSPHRASE, new_home),
    ):
        with pytest.raises(DoesNotFit, match="newer version"):
            await refused


async def test_study_with_a_reference_that_leads_nowhere_gives_no_good_backup(study, key, tmp_path):
    if is_postgres():
        pytest.skip("PostgreSQL lets nobody switch references off")
    await rows("PRAGMA foreign_keys = OFF")
    await rows("INSERT INTO recovery_code (id, account_id, code_hash) VALUES ('x', 'nobody', 'h')")
    await close_database()

    with pytest.raises(Differs, match="references"):
        await make_backup(study.settings.database_url, tmp_path / "a.backup", PASSPHRASE, key, now=utc_now())

    assert [path.name for path in tmp_path.glob("a.backup*")] == ["a.backup.failed"]


async def test_database_account_that_may_create_none_tries_out_on_sqlite(study, cast, key, tmp_path):
    if not is_postgres():
        pytest.skip("about PostgreSQL")
    await rows("DROP ROLE IF EXISTS reader_of_backups")
    await rows("CREATE ROLE reader_of_backups LOGIN NOCREATEDB IN ROLE pg_read_all_data")
    await close_database()
    url = study.settings.database_url.replace("//postgres:", "//reader_of_backups:", 1)
    try:
        checked = await make_backup(url, tmp_path / "a.backup", PASSPHRASE, key, now=utc_now())
    finally:
        await open_database(study.settings.database_url, 2)
        await rows("DROP ROLE reader_of_backups")

    assert checked.tallies["account"].rows == len(cast.people)
