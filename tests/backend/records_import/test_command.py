"""`fracture-diary import` as an operator types it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from backend.clock import utc_now
from backend.commands import import_records
from backend.settings import Settings
from backend.wiring import prepare_study, wire
from models import Participant
from models.database import close_database, open_database
from models.protocol import load_protocol
from models.vocabulary import EntryKind
from tests.cast import assemble
from tests.processes import typed

PEOPLE = "code,arm,birth_month\nSE01-901,historical,2015-03\nSE01-902,historical,2016-07\n"


@pytest.fixture
def installation(settings: Settings) -> Settings:
    """A study with the cast, its database closed again."""
    wiring = wire(settings)

    async def fill() -> None:
        await open_database(settings.database_url, 2)
        await prepare_study(wiring, utc_now())
        await assemble(wiring, utc_now() - timedelta(minutes=1))
        await close_database()

    asyncio.run(fill())
    return settings


def enrolled(settings: Settings) -> list[str]:
    async def read() -> list[str]:
        await open_database(settings.database_url, 1)
        codes = await Participant.filter(code__startswith="SE01-9").order_by("code").values_list("code", flat=True)
        await close_database()
        return list(codes)

    return asyncio.run(read())


def bring_in(settings: Settings, tmp_path: Path, content: str | bytes, *more: str, by: str = "nora@example.org"):
    file = tmp_path / "people.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return typed(settings, "import", str(file), "--by", by, *more)


def test_operator_rehearses_and_then_brings_in(installation, tmp_path):
    rehearsed = bring_in(installation, tmp_path, PEOPLE, "--dry-run")
    before = enrolled(installation)
    done = bring_in(installation, tmp_path, "\ufeff" + PEOPLE)
    again = bring_in(installation, tmp_path, PEOPLE.replace(",", ";"))

    assert rehearsed.stdout == "participants: 2 rows, 2 new, 0 unchanged. A dry run: nothing was stored.\n"
    assert before == []
    assert done.stdout == "participants: 2 rows, 2 new, 0 unchanged. Stored.\n"
    assert again.stdout == "participants: 2 rows, 0 new, 2 unchanged. Stored.\n"
    assert enrolled(installation) == ["SE01-901", "SE01-902"]


def test_a_thousand_errors_are_a_hundred_lines_and_a_number(installation, tmp_path, monkeypatch):
    monkeypatch.setattr(import_records, "EVERY", 500)
    rows = "".join(f"SE01-{number},historical,=2015\n" for number in range(1000, 2000))

    ended = bring_in(installation, tmp_path, PEOPLE + rows)

    lines = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert lines[:2] == ["500 of 1,002 rows …", "1,000 of 1,002 rows …"]
    assert lines[2].startswith("row 4, column birth_month: begins like a formula")
    assert lines[102:] == ["… and 900 more", "participants: 1,000 errors in 1,002 rows; nothing was stored."]
    assert enrolled(installation) == []


@pytest.mark.parametrize(("content", "by", "says"), [
    (b"code,arm\n\xff\xfe", "nora@example.org", "not UTF-8"),
    (PEOPLE, "nobody@example.org", "belongs to nobody"),
    (PEOPLE, "max@example.org", "no role of this member of staff"),
    ("a,b\n1,2\n", "nora@example.org", "fits no template"),
])
def test_what_can_not_begin_says_so_calmly(installation, tmp_path, content, by, says):
    ended = bring_in(installation, tmp_path, content, by=by)

    assert (ended.returncode, says in ended.stderr, "Traceback" in ended.stderr) == (1, True, False)


def test_templates_and_help_name_every_column(settings):
    printed = typed(settings, "import", "--template", "fractures").stdout.splitlines()
    said = typed(settings, "import", "--help").stdout

    asked = [name for name, field in load_protocol().form(EntryKind.FRACTURE).field.items()
             if name != "occurred" and field.type != "list"]
    assert printed[0].split(",") == ["participant", "reference", "occurred", "sites", *asked, "confirmed"]
    assert printed[1].startswith("# SE01-901,chart-17,2019-11,")
    assert [line.split(":")[0].strip('"# ') for line in printed[2:]] == printed[0].split(",")
    assert all(f"  {name}" in said for name in ("gestational_age", "given_on", "target_on", "reference", "confirmed"))


def test_file_and_name_are_needed(settings):
    assert "FILE and --by EMAIL are needed" in typed(settings, "import").stderr


@pytest.mark.full
def test_ten_thousand_rows_go_in(installation, tmp_path):
    people = "".join(f"SE01-{number},historical,2015-03\n" for number in range(10_000, 11_000))
    assert bring_in(installation, tmp_path, "code,arm,birth_month\n" + people).returncode == 0
    fractures = "".join(f"SE01-{10_000 + number % 1_000},r{number},2016-0{1 + number % 9},femur:left\n"
                        for number in range(10_000))

    ended = bring_in(installation, tmp_path, "participant,reference,occurred,sites\n" + fractures)

    assert ended.stdout == "fractures: 10,000 rows, 10,000 new, 0 unchanged. Stored.\n"
