"""`migrate`: bring the tables to this version."""

import asyncio

import click

from backend.commands.embedded import prepare_embedded
from backend.commands.start import UNREACHABLE, refuse
from backend.settings import SettingsError, read_settings
from models import migrator


@click.command()
def migrate() -> None:
    """Bring the database to this version; safe to repeat, and to start twice at once."""
    try:
        settings = prepare_embedded(read_settings())
        ran = asyncio.run(migrator.migrate(settings.database_url, progress=_say))
    except SettingsError as fault:
        refuse(str(fault))
    except migrator.MigrationFailed as failure:
        refuse(f"the migration failed and was taken back: {failure}")
    except UNREACHABLE as failure:
        refuse(f"the database can't be reached or changed ({type(failure).__name__})")
    click.echo(f"{len(ran)} migration(s) ran; the database is up to date.")


def _say(line: str) -> None:
    event, _, name = line.partition(" ")
    click.echo(f"{name}: {'done' if event.endswith('_done') else 'running …'}")
