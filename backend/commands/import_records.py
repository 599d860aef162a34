"""`import`: what was there before this server, from a CSV file, all of it or nothing."""

from pathlib import Path

import click

from backend.border.problems import database_is_away
from backend.clock import utc_now
from backend.commands.start import in_database, refuse, refuse_database_faults, usable_wiring
from backend.errors import NotFound, RoleMayNot
from backend.records_import.acting import staff_actor
from backend.records_import.bringing_in import Import, Report, bring_in
from backend.records_import.faults import UnusableFile
from backend.records_import.table import MOST_BYTES
from backend.records_import.templates import TEMPLATES, RecordKind, printed
from backend.wiring import Wiring

EVERY = 1000
"""So many rows between two lines of progress."""


def _columns() -> str:
    """The help's list of columns; fractures also take every other question of the protocol's form."""
    lines = []
    for kind, columns in TEMPLATES.items():
        lines += ["\b", f"{kind}:", *(f"  {c.name}{' *' if c.makes_the_kind else ''} – {c.says}" for c in columns), ""]
    return "\n".join([*lines, "* the header must name it; the kind of the file is known by these columns."])


@click.command(name="import", epilog=_columns())
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "email", help="E-mail of the member of staff in whose name it happens.")
@click.option("--dry-run", is_flag=True, help="Do everything, say what would happen, and take it back.")
@click.option("--template", type=click.Choice([kind.value for kind in RecordKind]),
              help="Print the template of this kind and end.")
def import_records(file: Path | None, email: str | None, dry_run: bool, template: RecordKind | None) -> None:
    """Bring in participants, doses, visits or past fractures from FILE.

    CSV in UTF-8 with commas or semicolons; its header says of which kind it is. All rows go in or none. What stands
    already is left as it is; a row that differs from it is an error. Rows that begin with # are remarks.
    """
    wiring = usable_wiring()
    if template:
        click.echo(printed(RecordKind(template), wiring.protocol), nl=False)
        return
    if file is None or email is None:
        raise click.UsageError("FILE and --by EMAIL are needed")
    content = _content(file)
    refuse_database_faults(wiring.settings)
    _say(_report(wiring, content, email, dry_run), dry_run)


def _content(file: Path) -> bytes:
    if file.stat().st_size > MOST_BYTES:
        refuse(f"the file is larger than {MOST_BYTES // 1024**2} MB; bring it in in parts")
    return file.read_bytes()


def _report(wiring: Wiring, content: bytes, email: str, dry_run: bool) -> Report:
    try:
        return in_database(wiring, _bring_in(wiring, content, email, dry_run))
    except UnusableFile as fault:
        refuse(str(fault))
    except NotFound:
        refuse("--by: this address belongs to nobody who can act here")
    except RoleMayNot:
        refuse("--by: no role of this member of staff may bring in records")
    except Exception as failure:
        if not database_is_away(failure):
            raise
        refuse(f"the database was busy or away ({type(failure).__name__}); nothing was stored, try again")


async def _bring_in(wiring: Wiring, content: bytes, email: str, dry_run: bool) -> Report:
    now = utc_now()
    wanted = Import.of(await staff_actor(email, now), wiring, content, now)
    return await bring_in(wanted, dry_run=dry_run, progress=_progress)


def _progress(done: int, of: int) -> None:
    if done % EVERY == 0:
        click.echo(f"{done:,} of {of:,} rows …", err=True)


def _say(report: Report, dry_run: bool) -> None:
    """What happened, or everything that is wrong."""
    faults = report.faults
    if not faults.count:
        ending = "A dry run: nothing was stored." if dry_run else "Stored."
        click.echo(f"{report.kind}: {report.rows:,} rows, {report.new:,} new, {report.unchanged:,} unchanged. {ending}")
        return
    for fault in faults.told:
        click.echo(str(fault), err=True)
    if faults.count > len(faults.told):
        click.echo(f"… and {faults.count - len(faults.told):,} more", err=True)
    errors = "1 error" if faults.count == 1 else f"{faults.count:,} errors"
    click.echo(f"{report.kind}: {errors} in {report.rows:,} rows; nothing was stored.", err=True)
    raise SystemExit(1)
