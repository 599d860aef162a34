"""What every command does first: read the settings, and refuse calmly, without values, what must not start."""

import asyncio
import socket
import sqlite3
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

import asyncpg
import click
import msgspec
from tortoise.exceptions import BaseORMException

from backend.access.keys import sealed_otherwise
from backend.access.seal import Seal
from backend.clock import utc_now
from backend.commands.embedded import prepare_embedded
from backend.sandbox import sandbox_faults
from backend.settings import Settings, SettingsError, read_settings
from backend.unsafe_settings import faults_in
from backend.wiring import Wiring, prepare_study, wire
from models.database import check_durability, close_database, open_database
from models.migrator import pending_here
from models.protocol import ProtocolError
from models.statement import rows

UNREACHABLE = (
    OSError, TimeoutError, ValueError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, BaseORMException,
)
SEALED_OTHERWISE = (
    "SECRET_KEY is not the one this study was sealed with; put that one back, or run `fracture-diary keys rotate`"
    " (everybody signs in again, staff after `fracture-diary staff reset`)"
)
T = TypeVar("T")


def refuse(*sentences: str) -> NoReturn:
    """Say why nothing is started, and end with exit code 1."""
    click.echo("Not started:", err=True)
    for number, sentence in enumerate(sentences, 1):
        click.echo(f"{number}. {sentence}", err=True)
    raise SystemExit(1)


def refuse_taken_port(host: str, port: int) -> None:
    """A sentence instead of the server's own traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            refuse(f"port {port} can't be listened on here, perhaps another programme does; choose one with --port")


def usable_wiring(**instead: Any) -> Wiring:
    """The wiring of this installation; ends the process when a setting or the protocol can't be used.

    `instead`: settings that the command line overrules; they decide too whether others can reach us.
    """
    try:
        settings = prepare_embedded(msgspec.structs.replace(read_settings(), **instead))
        if faults := faults_in(settings):
            refuse(*faults)
        return wire(settings)
    except (SettingsError, ProtocolError) as fault:
        refuse(*map(str, fault.args))


async def database_faults(settings: Settings, seal: Seal | None = None) -> list[str]:
    """Why this database must not be worked on: unreachable, not migrated, able to lose entries, or (for who lets
    people in, with `seal`) sealed with another key.
    """
    try:
        await open_database(settings.database_url, 1)
        try:
            await rows("SELECT 1 AS one")
            if missing := await pending_here():
                return [f"{len(missing)} migration(s) have not run; run `fracture-diary migrate`"]
            sealed = [SEALED_OTHERWISE] if seal and await sealed_otherwise(seal) else []
            return [*await check_durability(), *await sandbox_faults(settings), *sealed]
        finally:
            await close_database()
    except UNREACHABLE as failure:
        return [f"the database can't be reached ({type(failure).__name__})"]


def refuse_database_faults(settings: Settings, seal: Seal | None = None) -> None:
    if faults := asyncio.run(database_faults(settings, seal)):
        refuse(*faults)


def in_database(wiring: Wiring, work: Coroutine[Any, Any, T]) -> T:
    """Run one piece of work on the open database of a command that ends by itself."""

    async def run() -> T:
        await open_database(wiring.settings.database_url, 2)
        try:
            await prepare_study(wiring, utc_now())
            return await work
        finally:
            await close_database()

    return asyncio.run(run())
