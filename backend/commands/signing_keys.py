"""`keys rotate`: a new key signs access tokens; the old one verifies until the last token it signed is over."""

import click

from backend.access.keys import rotate_signing_key
from backend.clock import utc_now
from backend.commands.start import in_database, refuse_database_faults, usable_wiring


@click.group()
def keys() -> None:
    """The keys that sign access tokens."""


@keys.command()
def rotate() -> None:
    """Make a new signing key. Nobody is signed out."""
    wiring = usable_wiring()
    refuse_database_faults(wiring.settings)
    key = in_database(wiring, rotate_signing_key(wiring.seal, utc_now()))
    click.echo(f"Key {key.kid} signs from now on; the previous one verifies for 20 minutes more.")
