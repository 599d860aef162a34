"""What was ended after a backup was made does not let anybody in again when it is put back."""

import pytest

from backend.access.seal import new_secret, secret_hash
from models import AccountMail, AuditEvent, CalendarFeed, FirstSignInLink, LinkingCode, MailedLink, Session
from models.actions import Action
from models.vocabulary import LinkPurpose, MailKind

REDEEM = "/api/v1/linking-codes/redemption/mine"


@pytest.fixture
async def open_doors(as_, cast, now):
    """A session of Mia's, a code, links of Mia's and Nora's, her calendar's address; and what is over already."""
    issued = await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/linking-codes",
                                    json={"relation": "step_parent", "role": "guardian"})
    later = now.replace(year=now.year + 1)
    for account in (cast.mia.account, cast.ben.account):
        await MailedLink.create(account=account, purpose=LinkPurpose.RESET_PASSWORD, email=account.email,
                                token_hash=secret_hash(account.email), created_at=now, expires_at=later,
                                used_at=now if account is cast.ben.account else None)
    await FirstSignInLink.create(account=cast.nora.account, token_hash=secret_hash(new_secret()), expires_at=later)
    for kind in (MailKind.CHANGE_EMAIL, MailKind.NEW_DEVICE):
        await AccountMail.create(account=cast.mia.account, kind=kind, address="mia.new@example.org", due_at=now,
                                 created_at=now, sealed_link="sealed")
    await CalendarFeed.create(account=cast.mia.account, secret_hash=secret_hash(new_secret()), created_at=now)
    return issued.json()["code"]


async def test_nothing_that_let_somebody_in_then_lets_anybody_in_now(
    open_doors, back_up, move, as_, cast, tmp_path, new_home
):
    await back_up(tmp_path / "a.backup")

    await move(tmp_path / "a.backup", new_home, all_signed_in_again=False)

    for name in ("mia", "nora"):
        assert (await as_(name).get("/api/v1/me")).status_code == 401
    assert await Session.filter(ended_at__isnull=True).count() == 0
    assert await LinkingCode.filter(revoked_at__isnull=True).count() == 0
    assert await MailedLink.filter(used_at__isnull=True).count() == 0
    assert await FirstSignInLink.filter(used_at__isnull=True).count() == 0
    assert await CalendarFeed.filter(revoked_at__isnull=True).count() == 0
    mails = {mail.kind: (mail.state, mail.sealed_link) for mail in await AccountMail.all()}
    assert mails == {MailKind.CHANGE_EMAIL: ("cancelled", None), MailKind.NEW_DEVICE: ("queued", "sealed")}
    (event,) = await AuditEvent.filter(action=Action.BACKUP_RESTORE)
    counts = {name: event.changes[name] for name in ("sessions", "codes", "links")}
    assert counts == {"sessions": [len(cast.people), 0], "codes": [1, 0], "links": [3, 0]}


async def test_code_of_the_backup_is_refused_to_who_signs_in_again(
    open_doors, back_up, move, as_, tmp_path, new_home
):
    await back_up(tmp_path / "a.backup")

    await move(tmp_path / "a.backup", new_home)

    assert (await as_("eve").post(REDEEM, json={"code": open_doors})).json()["code"] == "linking_code.refused"
