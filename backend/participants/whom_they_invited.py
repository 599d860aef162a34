"""Who was invited keeps at most what the inviter has left: capabilities, days, and in the end nothing."""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.accounts.mails import queue_mail
from backend.audit import Changes, record
from backend.participants.invited import came_by, guardianships, inviters_in, is_over
from backend.participants.leaving import cut_off
from models import Account, Guardianship, Participant
from models.vocabulary import MailKind


async def end_at(
    actor: Actor, participant: Participant, link: Guardianship, now: datetime, reason: str | None = None
) -> None:
    """The caller holds the participant's lock."""
    before, link.ends_at = link.ends_at, now
    await link.save(update_fields=["ends_at"])
    gone = await cut_off(participant, link.account_id, now)
    await record(
        actor, actor.action, link, now, participant=participant, reason=reason,
        changes={"ends_at": [told(before), told(now)]} | gone,
    )
    if actor.account_id != link.account_id and reason is None:
        await _tell(link, now)


async def _tell(link: Guardianship, now: datetime) -> None:
    """Whose access somebody else has ended learns that it has, at an address that is proved to be theirs."""
    account = await Account.get(id=link.account_id)
    if account.email_verified_at is not None:
        await queue_mail(account, MailKind.ACCESS_ENDED, now)


async def whom_they_invited(participant: Participant, account_id: UUID, now: datetime) -> list[Guardianship]:
    """Whoever came by this account's invitation, or by that of somebody who did; what is over is left out."""
    links = await guardianships(participant)
    inviters = inviters_in(links)
    found = [link for link in links if not is_over(link, now) and came_by(inviters, link.account_id, account_id)]
    return [link for link in found if link.account_id != account_id]


async def end_with_invited(actor: Actor, participant: Participant, link: Guardianship, now: datetime) -> None:
    """The guardianship and those that came by it. The caller holds the participant's lock."""
    ending = [link, *await whom_they_invited(participant, link.account_id, now)]
    # Each has their account's row taken: in one order, so that two such acts never wait in a circle.
    for one in sorted(ending, key=lambda other: other.account_id):
        await end_at(actor, participant, one, now)


async def narrow_invited(actor: Actor, participant: Participant, link: Guardianship, now: datetime) -> None:
    """The guardianship has become less; so do those that came by it. The caller holds the participant's lock."""
    invited = await whom_they_invited(participant, link.account_id, now)
    left, seen = {link.account_id: link}, {link.id}
    over: list[Guardianship] = []
    while below := [one for one in invited if one.invited_by_id in left and one.id not in seen]:
        for one in below:
            left[one.account_id] = one
            seen.add(one.id)
            if changes := _cut(one, left[_inviter(one)]):
                await _keep(actor, participant, one, changes, now)
            if not one.capabilities:
                over.append(one)
    for one in sorted(over, key=lambda other: other.account_id):
        await end_at(actor, participant, one, now)


def _inviter(link: Guardianship) -> UUID:
    assert link.invited_by_id is not None  # noqa: S101 - they came by an invitation
    return link.invited_by_id


def _cut(link: Guardianship, inviter: Guardianship) -> Changes:
    """What changes about it, once it has no more than its inviter."""
    before = {"capabilities": link.capabilities, "ends_at": told(link.ends_at)}
    link.capabilities = [word for word in link.capabilities if word in inviter.capabilities]
    if inviter.ends_at is not None and (link.ends_at is None or link.ends_at > inviter.ends_at):
        link.ends_at = inviter.ends_at
    after = {"capabilities": link.capabilities, "ends_at": told(link.ends_at)}
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


async def _keep(
    actor: Actor, participant: Participant, link: Guardianship, changes: Changes, now: datetime
) -> None:
    await link.save(update_fields=list(changes))
    await record(actor, actor.action, link, now, participant=participant, changes=changes)


def told(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
