"""How one wants to be told, and when not to be disturbed."""

from datetime import date, datetime
from typing import Any

import msgspec

from backend import audit
from backend.access import scope
from backend.access.actor import Actor
from backend.errors import FindingsRefused, NotFound
from backend.inbox.preference_findings import findings_in
from backend.inbox.preference_schemas import Preferences, PreferencesChange, Reach
from models import Account, NoticePreference
from models.actions import Action
from models.transaction import atomic
from notifications.sending.living_devices import living_devices


async def own_preferences(actor: Actor, now: datetime) -> Preferences:
    """As chosen, or the defaults; and by what one can be reached at all."""
    account = await Account.get(id=actor.account)
    return Preferences.of(await _chosen(account), await _reach(account, now))


@atomic
async def change_preferences(actor: Actor, wanted: PreferencesChange, now: datetime) -> Preferences:
    """Change what was sent; it holds from the next notice on. Raises FindingsRefused."""
    account = await scope.locked_account(actor.account)
    if account is None:
        raise NotFound
    preference = await _chosen(account)
    sent = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    if findings := findings_in(sent, preference, account, now):
        raise FindingsRefused(findings=findings)
    before = {name: _plain(getattr(preference, name)) for name in sent}
    if changes := audit.difference(before, {name: _plain(value) for name, value in sent.items()}):
        values = {**sent, "changed_at": now}
        preference, _ = await NoticePreference.update_or_create(account_id=account.id, defaults=values)
        await audit.record(actor, Action.PREFERENCES_CHANGE, preference, now, changes=changes)
    return Preferences.of(preference, await _reach(account, now))


async def _chosen(account: Account) -> NoticePreference:
    return await NoticePreference.get_or_none(account_id=account.id) or NoticePreference(account_id=account.id)


async def _reach(account: Account, now: datetime) -> Reach:
    devices = len((await living_devices([account.id], now)).get(account.id, ()))
    if account.email_verified_at is None:
        return Reach("unproved", account.phone is not None, devices)
    return Reach("refused" if account.mail_refused_at else "proved", account.phone is not None, devices)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
