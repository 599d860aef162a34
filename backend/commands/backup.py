"""`backup`, `restore`: the study in one sealed file, and back. The passphrase comes from the settings or is asked."""

import asyncio
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from backend.backup.checking import Checked, check, level_of
from backend.backup.document import Manifest, opened, read_through
from backend.backup.images import put_images_back
from backend.backup.making import StudyKey, make_backup
from backend.backup.refusals import BackupRefused, DoesNotFit, WrongPassphrase
from backend.backup.restoring import require_empty
from backend.backup.restoring import restore as put_back
from backend.clock import utc_now
from backend.commands.embedded import is_embedded, keep_key, prepare_embedded
from backend.commands.start import UNREACHABLE, refuse
from backend.image_store import ImageStoreError, image_store
from backend.settings import Settings, SettingsError, read_settings
from backend.unsafe_settings import faults_in
from models.migrator import MigrationFailed

SHORTEST = 12
MISSING = "no passphrase: set BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE"
TOO_SHORT = f"the passphrase is shorter than {SHORTEST} characters; whoever finds the file can guess at it for years"
OTHER_KEY = (
    "this backup was sealed with another SECRET_KEY than the one set here; set that one (or, if it is lost for good,"
    " add --other-secret-key: afterwards everybody has to sign in again, staff after `fracture-diary staff reset`)"
)
CARRIES_KEY = "; the backup carries it: --write-secret-key PATH writes it there, then set SECRET_KEY_FILE to that path"
CHECK_BY_HAND = (
    "Before that, check by hand what was ended after the backup was made, for it holds again: guardianships and their"
    " limits, court orders, withdrawals, staff roles, disabled accounts, and passwords and authenticators that were"
    " replaced. Ask each site, and end it again on the staff pages."
)
T = TypeVar("T")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--verify", is_flag=True, help="Make none: try the backup in FILE out.")
def backup(file: Path, verify: bool) -> None:
    """Make a backup while the study goes on, and try it out before saying OK.

    FILE is sealed with a passphrase (BACKUP_PASSPHRASE, or asked) in the age format. Exit codes: 3 wrong
    passphrase, 4 cut or altered, 5 does not fit, 6 came back otherwise than it was.
    """
    settings = _settings()
    begun = time.monotonic()
    checked = _verify(settings, file) if verify else _make(settings, file)
    _say(checked, file, time.monotonic() - begun)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--other-secret-key", is_flag=True, help="Restore although SECRET_KEY is another: it is lost for good.")
@click.option(
    "--write-secret-key", type=click.Path(path_type=Path, dir_okay=False), metavar="PATH",
    help="Restore nothing: write the secret key that the backup of an embedded study carries to PATH.",
)
def restore(file: Path, other_secret_key: bool, write_secret_key: Path | None) -> None:
    """Put a backup back into an empty database, and bring it to this version."""
    settings = _settings()
    passphrase = _passphrase(settings)
    if write_secret_key:
        _write_key(_run(_carried_key(file, passphrase)), write_secret_key)
        return
    begun = time.monotonic()
    rows = _run(_restore(settings, file, passphrase, other_secret_key))
    click.echo(f"Restored: {rows:,} rows in {time.monotonic() - begun:.1f} s.")
    click.echo("Next: `fracture-diary check`, then start `serve` and `worker`. Everybody signs in again; open linking"
               " codes, mailed links and calendar addresses are void. Phones load everything again and keep what"
               " they have not handed in.")
    click.echo(CHECK_BY_HAND)
    if other_secret_key:
        click.echo("Run `fracture-diary keys rotate` now.")


async def _restore(settings: Settings, file: Path, passphrase: str, other_key: bool) -> int:
    with opened(file, passphrase) as document:
        level_of(document)
        key = _key_here(settings, document.manifest, other_key)
    click.echo("reading the whole file …", err=True)
    read_through(file, passphrase)
    if _exists(settings):
        await require_empty(settings.database_url, utc_now())
    if key and (aside := keep_key(settings, key)):
        click.echo(f"Another key lay in DATA_FOLDER; it was kept as {aside.name}.", err=True)
    prepare_embedded(settings)
    click.echo("restoring …", err=True)
    await put_images_back(file, passphrase, image_store(settings))
    return await put_back(settings.database_url, file, passphrase, utc_now())


def _key_here(settings: Settings, manifest: Manifest, other_key: bool) -> str | None:
    """The key to put beside an embedded database, if any. Raises DoesNotFit for a study sealed with another one."""
    if not settings.secret_key and is_embedded(settings) and manifest.own_key:
        return manifest.own_key
    fits = settings.secret_key and StudyKey(settings.secret_key).fingerprint == manifest.key_fingerprint
    if not fits and not other_key:
        raise DoesNotFit(OTHER_KEY + (CARRIES_KEY if manifest.own_key else ""))
    return None


def _exists(settings: Settings) -> bool:
    path = settings.database_url.removeprefix("sqlite:///")
    return path == settings.database_url or Path(path).exists()


async def _carried_key(file: Path, passphrase: str) -> str:
    with opened(file, passphrase) as document:
        if document.manifest.own_key is None:
            raise DoesNotFit("this backup carries no secret key: the study had its own from SECRET_KEY")
        return document.manifest.own_key


def _write_key(key: str, path: Path) -> None:
    if path.exists():
        refuse("PATH exists already")
    path.touch(0o600)
    path.write_text(key + "\n", "ascii")
    click.echo(f"Written to {path}; only you can read it.")


def _verify(settings: Settings, file: Path) -> Checked:
    return _run(_read_and_check(file, _passphrase(settings), settings.database_url))


async def _read_and_check(file: Path, passphrase: str, url: str) -> Checked:
    read_through(file, passphrase)
    return await check(file, passphrase, url)


def _make(given: Settings, file: Path) -> Checked:
    if not _exists(given):
        refuse("there is no database where DATABASE_URL points to")
    if file.exists():
        refuse("FILE exists already; a backup never takes the place of another")
    settings = prepare_embedded(given)
    if faults := faults_in(settings):
        refuse(*faults)
    passphrase = _passphrase(settings, new=True)
    key = StudyKey(settings.secret_key, own=not given.secret_key)
    made = make_backup(
        settings.database_url, file, passphrase, key, now=utc_now(), progress=lambda line: click.echo(line, err=True),
        store=image_store(settings),
    )
    return _run(made)


def _say(checked: Checked, file: Path, seconds: float) -> None:
    size = file.stat().st_size / 1e6
    click.echo(f"OK: {checked.rows:,} rows of {len(checked.tallies)} tables as of {checked.made_at:%Y-%m-%d %H:%M} UTC"
               f" came back as they were; {size:,.1f} MB, {seconds:.1f} s.")
    if checked.images:
        click.echo(f"With it {checked.images:,} images and thumbnails, each read back as it was.")
    if checked.images_missing:
        click.echo(f"To look at: {checked.images_missing} image(s) or thumbnail(s) that the study names are not in"
                   " ATTACHMENT_STORE.")
    if checked.participants_with_gaps:
        click.echo(f"To look at: the audit trail of {checked.participants_with_gaps} participant(s) misses a number,"
                   " in the study itself as in the backup.")


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingsError as fault:
        refuse(*map(str, fault.args))


def _passphrase(settings: Settings, *, new: bool = False) -> str:
    given = settings.backup_passphrase
    if not given and sys.stdin.isatty():
        given = click.prompt("Passphrase of the backup", hide_input=True, confirmation_prompt=new)
    if not given:
        _refused(WrongPassphrase(MISSING))
    if new and len(given) < SHORTEST:
        _refused(WrongPassphrase(TOO_SHORT))
    return given


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except BackupRefused as refusal:
        _refused(refusal)
    except MigrationFailed as failure:
        refuse(f"the tables could not be made and everything was taken back: {failure}")
    except FileNotFoundError:
        refuse("FILE, or the folder it is to stand in, does not exist")
    except PermissionError:
        refuse("FILE, or the folder it is to stand in, may not be read or written by this account")
    except ImageStoreError as failure:
        refuse(f"ATTACHMENT_STORE can't be reached ({type(failure).__name__})")
    except UNREACHABLE as failure:
        refuse(f"the database can't be reached or changed, or the disk is full ({type(failure).__name__})")


def _refused(refusal: BackupRefused) -> NoReturn:
    click.echo(f"Refused: {refusal}.", err=True)
    raise SystemExit(refusal.exit_code)
