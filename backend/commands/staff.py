"""`staff add`, `staff reset`: how the first administrator gets in, and the last one who has lost the authenticator."""

import click
import msgspec

from backend.access.actor import SYSTEM
from backend.access.credentials import sign_in_name
from backend.accounts.staff import AddedStaff, add_staff, reset_staff
from backend.border.text_types import DisplayName, EmailAddress
from backend.clock import utc_now
from backend.commands.start import in_database, refuse, refuse_database_faults, usable_wiring
from backend.errors import NotFound, StudyError
from backend.wiring import Wiring
from models import Account
from models.actions import Action
from models.vocabulary import STAFF_ROLES, Role


@click.group()
def staff() -> None:
    """The people who review."""


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="As colleagues see it.")
@click.option("--role", required=True, type=click.Choice(sorted(role.value for role in STAFF_ROLES)))
@click.option("--site", help="Code of a site such as SE01; without it the role holds for the whole study.")
def add(email: str, name: str, role: str, site: str | None) -> None:
    """Add a member of staff and print the one-time link for the first sign-in."""
    wiring = usable_wiring()
    refuse_database_faults(wiring.settings)
    try:
        msgspec.convert(email, EmailAddress)
        msgspec.convert(name, DisplayName)
        added = in_database(wiring, _add(wiring, email, name, (Role(role), site)))
    except msgspec.ValidationError:
        refuse("the e-mail address or the name can't be used")
    except StudyError as refusal:
        refuse(refusal.detail, *(f"{fault['pointer']} {fault['detail']}" for fault in refusal.extra.get("errors", [])))
    _show(added)


@staff.command()
@click.argument("email")
def reset(email: str) -> None:
    """End a lost authenticator, password and all sessions, and print a new one-time link."""
    wiring = usable_wiring()
    refuse_database_faults(wiring.settings)
    try:
        made = in_database(wiring, _reset(wiring, email))
    except NotFound:
        refuse("this address belongs to no member of staff")
    _show(made)


def _show(made: AddedStaff) -> None:
    click.echo(f"Give this link to its owner; it works once, until {made.expires_at:%Y-%m-%d %H:%M} UTC:")
    click.echo(made.link)


async def _add(wiring: Wiring, email: str, name: str, role: tuple[Role, str | None]) -> AddedStaff:
    actor = SYSTEM.acting(Action.STAFF_ADD)
    return await add_staff(actor, wiring, email=email, display_name=name, roles=[role], now=utc_now())


async def _reset(wiring: Wiring, email: str) -> AddedStaff:
    account = await Account.get_or_none(email=sign_in_name(email))
    if account is None:
        raise NotFound
    return await reset_staff(SYSTEM.acting(Action.STAFF_RESET), wiring, account.id, utc_now())
