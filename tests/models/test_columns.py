"""Instants, text and ids mean the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tortoise.exceptions import OperationalError

from models import Heartbeat
from models.fields import new_id
from models.statement import identifier, instant, is_postgres, many, rows
from tests.models.rows import NOON

TOKYO = timezone(timedelta(hours=9))
pytestmark = pytest.mark.usefixtures("database")


async def beats() -> None:
    for hour in range(3):
        await Heartbeat.create(worker=f"w{hour}", beat_at=NOON + timedelta(hours=hour), started_at=NOON)


async def test_naive_instant_is_refused_when_written_and_when_compared() -> None:
    naive = datetime(2026, 11, 22, 12)  # noqa: DTZ001
    with pytest.raises(ValueError, match="naive"):
        await Heartbeat.filter(beat_at__lt=naive)
    with pytest.raises(ValueError, match="naive"):
        await Heartbeat.filter(worker="w").update(beat_at=naive)


async def test_filter_with_another_offset_picks_the_right_rows() -> None:
    await beats()
    in_tokyo = (NOON + timedelta(minutes=30)).astimezone(TOKYO)

    found = await Heartbeat.filter(beat_at__lt=in_tokyo).values_list("worker", flat=True)

    assert list(found) == ["w0"]


async def test_update_with_another_offset_writes_the_same_instant() -> None:
    await beats()
    await Heartbeat.filter(worker="w0").update(beat_at=(NOON + timedelta(hours=1, minutes=30)).astimezone(TOKYO))

    ordered = await Heartbeat.filter(beat_at__gte=NOON + timedelta(hours=1)).order_by("beat_at")

    assert [beat.worker for beat in ordered] == ["w1", "w0", "w2"]


async def test_hand_written_statement_compares_instants_as_the_models_do() -> None:
    await beats()
    in_tokyo = (NOON + timedelta(hours=1)).astimezone(TOKYO)

    found = await rows("SELECT worker, beat_at FROM heartbeat WHERE beat_at >= $1 ORDER BY worker", in_tokyo)

    assert [row["worker"] for row in found] == ["w1", "w2"]
    assert instant(found[0]["beat_at"]) == NOON + timedelta(hours=1)
    assert instant(found[0]["beat_at"]).tzinfo is UTC  # type: ignore[union-attr]


async def test_returning_gives_the_rows_of_an_insert_and_of_an_update() -> None:
    epoch = new_id()
    inserted = await rows(
        "INSERT INTO study (id, epoch, seq, created_at) VALUES (1, $1, 4, $2) RETURNING epoch, seq", epoch, NOON
    )
    updated = await rows("UPDATE study SET seq = seq + 1 WHERE epoch = $1 RETURNING seq", epoch)

    assert (identifier(inserted[0]["epoch"]), inserted[0]["seq"]) == (epoch, 4)
    assert updated[0]["seq"] == 5
    assert await rows("UPDATE study SET seq = 0 WHERE id = 2 RETURNING seq") == []


async def test_one_statement_writes_many_rows() -> None:
    await many(
        "INSERT INTO heartbeat (worker, beat_at, started_at) VALUES ($1, $2, $3)",
        [(f"w{number}", NOON.astimezone(TOKYO), NOON) for number in range(5)],
    )

    assert await Heartbeat.filter(beat_at=NOON).count() == 5


async def test_text_of_any_script_comes_back_as_written() -> None:
    text = "Åsa O'Brien; \u202ename\u202c 👧🏽 \\u0000 $1 ?"
    await Heartbeat.create(worker=text, beat_at=NOON, started_at=NOON)

    assert await Heartbeat.filter(worker=text).exists()


async def test_nul_is_why_the_border_refuses_it() -> None:
    """PostgreSQL can't store U+0000, SQLite can: so no text with it may come as far as here."""
    if is_postgres():
        with pytest.raises(OperationalError):
            await Heartbeat.create(worker="a\0b", beat_at=NOON, started_at=NOON)
