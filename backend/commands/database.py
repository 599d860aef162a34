"""`migrate`: bring the tables to this version, or back to an earlier one that this version knows."""

import asyncio

import click

from backend.commands.embedded import prepare_embedded
from backend.commands.start import UNREACHABLE, refuse
from backend.settings import SettingsError, read_settings
from models import migrator
from models.rollback import lost_by_going_to


@click.command()
@click.option("--to", metavar="NAME", help="Stop at this migration, or go back to it if nothing is lost by that.")
def migrate(to: str | None) -> None:
    """Bring the database to this version; safe to repeat, and to start twice at once."""
    if to is not None and to not in migrator.known():
        refuse("there is no such migration; there are: " + ", ".join(migrator.known()))
    try:
        settings = prepare_embedded(read_settings())
        ran = asyncio.run(_migrate(settings.database_url, to))
    except SettingsError as fault:
        refuse(*map(str, fault.args))
    except migrator.MigrationFailed as failure:
        refuse(f"the migration failed and was taken back: {failure}")
    except UNREACHABLE as failure:
        refuse(f"the database can't be reached or changed ({type(failure).__name__})")
    click.echo(f"{len(ran)} migration(s) ran; the database is {f'at {to}' if to else 'up to date'}.")


async def _migrate(url: str, to: str | None) -> list[str]:
    """Raises MigrationFailed also where going back would lose what was written since."""
    async with migrator.migrating(url):
        if to and (lost := await lost_by_going_to(to)):
            raise migrator.MigrationFailed(
                f"going back would lose what stands in {', '.join(lost)}; restore the backup from before the upgrade"
            )
        return await migrator.migrate_here(to, _say)


def _say(line: str) -> None:
    event, _, name = line.partition(" ")
    click.echo(f"{name}: {'done' if event.endswith('_done') else 'running …'}")
