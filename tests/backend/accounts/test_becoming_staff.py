"""Who is staff by the time a session begins has shown a second factor, however close the two came to each other."""

import asyncio
import sqlite3
from contextlib import contextmanager

import asyncpg
import pytest

from backend.participants import redemption
from models import Guardianship, Session, StaffRole
from models.fields import new_id
from models.vocabulary import Role
from tests.cast import PASSWORD

SIGN_IN = "/api/v1/sessions"
REDEEM = "/api/v1/linking-codes/redemption"
ROLE = "INSERT INTO staff_role (id, account_id, role, starts_at) VALUES ($1, $2, 'monitor', $3)"


@pytest.fixture
async def somebody(cast, signs_in):
    """Nora has an authenticator, and no role any more."""
    body = await signs_in("nora", authenticator=True)
    await StaffRole.filter(account_id=cast.nora.id).delete()
    await Session.filter(account_id=cast.nora.id).delete()
    return body


@contextmanager
def sqlite_writer(url):
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.execute("COMMIT")
    connection.close()


async def while_becoming_staff(url, account, now, work):
    """Somebody else's transaction holds the account's row, `work` begins, and then they are staff by commit."""
    if url.startswith("sqlite"):
        with sqlite_writer(url) as writer:
            task = asyncio.ensure_future(work)
            await asyncio.sleep(0.3)
            writer.execute(ROLE.replace("$", "?"), (str(new_id()), str(account), now.isoformat(" ")))
        return await task
    connection = await asyncpg.connect(url)
    async with connection.transaction():
        await connection.execute("SELECT 1 FROM account WHERE id = $1 FOR UPDATE", account)
        task = asyncio.ensure_future(work)
        await asyncio.sleep(1)
        await connection.execute(ROLE, new_id(), account, now)
    await connection.close()
    return await task


async def test_signing_in_waits_for_whoever_is_giving_a_role(somebody, cast, as_, database_url, now):
    signing_in = as_().post(SIGN_IN, json=somebody)

    answer = await while_becoming_staff(database_url, cast.nora.id, now, signing_in)

    assert answer.json()["code"] == "sign_in.code_required"
    assert await Session.filter(account_id=cast.nora.id).count() == 0


async def test_a_code_is_not_redeemed_by_who_became_staff_since_the_password_was_checked(
    somebody, cast, as_, now, monkeypatch
):
    issued = await as_("iris").post(f"/api/v1/participants/{cast.leo.id}/linking-codes",
                                    json={"relation": "step_parent", "role": "guardian"})
    plain = redemption._enter

    async def a_moment_later(wiring, account, shown, at):
        await StaffRole.create(account=account, role=Role.MONITOR, starts_at=now)
        return await plain(wiring, account, shown, at)

    monkeypatch.setattr(redemption, "_enter", a_moment_later)
    answer = await as_().post(REDEEM, json={
        "code": issued.json()["code"], "email": "nora@example.org", "password": PASSWORD, "display_name": "Nora",
        "language": "en", "timezone": "Europe/Stockholm"})

    assert answer.json()["code"] == "sign_in.code_required"
    assert await Session.filter(account_id=cast.nora.id).count() == 0
    assert not await Guardianship.exists(account_id=cast.nora.id)
