"""Opening and closing the database; the same tables on SQLite (one machine) and PostgreSQL (production)."""

from typing import Any
from urllib.parse import unquote, urlsplit

from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection

from models.statement import rows


def tortoise_config(url: str, pool: int = 10, **sqlite_pragmas: Any) -> dict[str, Any]:
    """Tortoise's configuration for `sqlite:///path/file.db` or `postgresql://user:password@host/database`.

    Raises ValueError for another scheme.
    """
    return {
        "connections": {"default": _connection(url, pool, sqlite_pragmas)},
        "apps": {
            "models": {
                "models": ["models"],
                "default_connection": "default",
                "migrations": "models.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str, pool: int, pragmas: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"engine": "models.engines.sqlite", "credentials": _sqlite(parts.path, pragmas)}
    if parts.scheme in ("postgresql", "postgres"):
        return {"engine": "models.engines.asyncpg", "credentials": _postgres(url, pool)}
    raise ValueError("the database URL must begin with sqlite:/// or postgresql://")


def _sqlite(path: str, pragmas: dict[str, Any]) -> dict[str, Any]:
    # synchronous=FULL is what makes an acknowledged entry survive a power cut; see check_durability().
    return {
        "file_path": unquote(path.removeprefix("/")) or ":memory:",
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "busy_timeout": 5000,
        "journal_size_limit": 16 * 1024 * 1024,
        "foreign_keys": "ON",
        **pragmas,
    }


def _postgres(url: str, pool: int) -> dict[str, Any]:
    parts = urlsplit(url)
    host = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair).get("host")
    return {
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or "") or None,
        "host": unquote(host) if host else parts.hostname or "localhost",
        "port": parts.port or 5432,
        "database": parts.path.removeprefix("/"),
        "minsize": 1,
        "maxsize": pool,
        "timeout": 5,
        "server_settings": {"jit": "off", "application_name": "fracture-diary"},
    }


async def open_database(url: str, pool: int = 10) -> None:
    """Connect this process. The schema must have been migrated (see `models.migrator`)."""
    EXECUTOR_CACHE.clear()  # keyed by table, not by dialect: another database may have filled it
    await Tortoise.init(config=tortoise_config(url, pool), _enable_global_fallback=True)


async def close_database() -> None:
    await Tortoise.close_connections()


async def check_durability() -> list[str]:
    """Settings under which an acknowledged entry could be lost, as sentences; empty = durable."""
    if get_connection("default").capabilities.dialect == "postgres":
        found = await rows(
            "SELECT name, setting FROM pg_settings"
            " WHERE name IN ('fsync','synchronous_commit','full_page_writes')"
        )
        return [f"PostgreSQL runs with {r['name']}=off" for r in found if r["setting"] == "off"]
    problems = []
    if (await rows("PRAGMA synchronous"))[0]["synchronous"] < 2:
        problems.append("SQLite runs with synchronous below FULL")
    if not (await rows("PRAGMA foreign_keys"))[0]["foreign_keys"]:
        problems.append("SQLite runs without foreign keys")
    return problems


DEVELOPMENT = tortoise_config("sqlite:///:memory:")
"""For `tortoise makemigrations`, which reads the models and never connects."""
