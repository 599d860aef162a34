"""Ten guesses at one account's secret in any 15 minutes, wherever they begin; a right try is none."""

import asyncio
import random
from datetime import timedelta

import pytest

from backend.access.limits import GUESSES, WINDOW, count_attempt, count_guess, give_back
from backend.errors import TooManyAttempts
from backend.housekeeping import clear_what_is_over
from models import AttemptCount


async def counted(study, now, whom="mia@example.org"):
    try:
        await count_guess(study.seal, "sign_in", whom, now)
    except TooManyAttempts:
        return False
    return True


async def test_never_more_than_ten_in_any_fifteen_minutes(study, now):
    chance, times, at = random.Random(8), [], now
    for _ in range(400):
        at += timedelta(seconds=chance.choice([0, 1, 20, 200, 899, 900, 901]))
        if await counted(study, at):
            times.append(at)

    crowd = max(sum(first <= time < first + WINDOW for time in times) for first in times)
    assert crowd == GUESSES


async def test_the_tenth_locks_for_fifteen_minutes_and_no_longer(study, now):
    assert [await counted(study, now + timedelta(seconds=n)) for n in range(11)] == [True] * 10 + [False]
    tenth = now + timedelta(seconds=9)

    with pytest.raises(TooManyAttempts) as refused:
        await count_guess(study.seal, "sign_in", "mia@example.org", tenth + WINDOW - timedelta(seconds=30))
    assert refused.value.headers == {"Retry-After": "30"}
    assert await counted(study, tenth + WINDOW), "those refused meanwhile do not prolong it"


async def test_right_try_is_given_back_and_wrong_ones_are_not(study, now):
    for _ in range(9):
        await count_guess(study.seal, "sign_in", "mia", now)
    for _ in range(30):
        await give_back(await count_guess(study.seal, "sign_in", "mia", now))

    assert await counted(study, now, "mia")
    assert not await counted(study, now, "mia")


async def test_those_who_guess_at_once_share_the_ten(study, now):
    tried = await asyncio.gather(*(counted(study, now, " MIA@example.org ") for _ in range(40)))

    assert sum(tried) == GUESSES


async def test_what_is_counted_says_neither_who_nor_what_and_goes_when_it_is_over(study, now):
    await count_guess(study.seal, "sign_in", "mia@example.org", now)
    assert "mia" not in str(await AttemptCount.all().values())

    await clear_what_is_over(study, now + WINDOW - timedelta(seconds=1))
    assert await AttemptCount.all().count() == 1
    await clear_what_is_over(study, now + WINDOW + timedelta(seconds=1))
    assert await AttemptCount.all().count() == 0


async def test_hospital_that_signs_in_steadily_all_day_is_never_locked_out(study, now):
    for minute in range(0, 12 * 60, 2):
        for _ in range(10):
            await count_attempt(study.seal, "sign_in_address", "192.0.2.1", 100, now + timedelta(minutes=minute))
