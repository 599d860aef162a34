"""One's own account: what the app needs to know of itself at each start, and the few things one may change."""

from datetime import datetime
from typing import Any

import msgspec

from backend.access.actor import Actor
from backend.accounts.schemas import AccountChange, Me, OwnParticipant, StaffRoleView, SyncVersions
from backend.audit import Changes, difference, record
from backend.border.text_types import require_timezone
from backend.wiring import Wiring
from models import Account, Participant, Site
from models.participation import who_lost_a_child, words_for
from models.transaction import atomic

KEPT_OUT_OF_THE_TRAIL = "…"
"""Stands for a name in the audit trail: that it changed, not to what."""


async def own_account(actor: Actor, wiring: Wiring, now: datetime) -> Me:
    account = await Account.get(id=actor.account)
    forms = wiring.protocol.file.form.values()
    return Me(
        account_id=account.id, email_verified=account.email_verified_at is not None,
        email_refused=account.mail_refused_at is not None,
        display_name=account.display_name, language=account.language, timezone=account.timezone,
        staff_roles=await _staff_roles(actor), participants=await _participants(actor),
        server_time=now, protocol=wiring.protocol.hash, pain_faces=bool(wiring.faces),
        sync=SyncVersions(max(form.schema for form in forms), wiring.settings.minimum_app_schema),
    )


async def _staff_roles(actor: Actor) -> list[StaffRoleView]:
    if not actor.staff_roles:
        return []
    codes = {site.id: site.code for site in await Site.all()}
    return [StaffRoleView(role, codes[site_id] if site_id else None) for role, site_id in actor.staff_roles]


async def _participants(actor: Actor) -> list[OwnParticipant]:
    """Not through `scope.participants_of`: these are the guardianships themselves, whatever they allow."""
    found = await Participant.filter(id__in=list(actor.guardians)).order_by("code") if actor.guardians else []
    lost = await who_lost_a_child(actor.guardians)
    return [
        OwnParticipant(child.id, child.code, child.state, words_for(child.state, lost_a_child=child.id in lost),
                       link.role, link.relation, sorted(link.capabilities),
                       child.birth_month.strftime("%Y-%m") if child.birth_month else None,
                       child.collection, child.dissented_at is None, child.kind, child.gestational_days,
                       child.enrolled_at, child.observer_rated)
        for child in found
        for link in [actor.guardians[child.id]]
    ]


@atomic
async def change_account(actor: Actor, wanted: AccountChange, now: datetime) -> None:
    """Change display name, language or time zone. Raises InvalidBody for an unknown zone."""
    account = await Account.get(id=actor.account)
    new: dict[str, Any] = {
        name: value.strip() for name, value in msgspec.structs.asdict(wanted).items() if isinstance(value, str)
    }
    if "timezone" in new:
        require_timezone(new["timezone"])
    changes = difference({name: getattr(account, name) for name in new}, new)
    if not changes:
        return
    await account.update_from_dict(new).save(update_fields=list(changes))
    await record(actor, actor.action, account, now, changes=_without_names(changes))


def _without_names(changes: Changes) -> Changes:
    hidden = {"display_name": [KEPT_OUT_OF_THE_TRAIL, KEPT_OUT_OF_THE_TRAIL]}
    return {**changes, **hidden} if "display_name" in changes else changes
