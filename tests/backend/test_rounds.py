"""Rounds: what arrives together is done together, and nobody pays for anybody else."""

import asyncio

import pytest

from backend.rounds import AT_ONCE, Rounds


class Work:
    """Doubles numbers; refuses what is negative; each round takes until it is released."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.release = asyncio.Event()

    async def __call__(self, pieces: list[int]) -> list[int]:
        self.rounds.append(pieces)
        await self.release.wait()
        if min(pieces) < 0:
            raise ValueError(min(pieces))
        return [2 * piece for piece in pieces]


async def joined(rounds: Rounds[int, int], *pieces: int) -> list["asyncio.Task[int]"]:
    """Callers that have joined, one after the other."""
    tasks = []
    for piece in pieces:
        tasks.append(asyncio.create_task(rounds.join(piece)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    return tasks


async def test_first_comers_start_at_once_and_the_rest_go_together_in_the_next_round():
    work = Work()
    callers = await joined(Rounds(work), *range(6))
    assert work.rounds == [[n] for n in range(AT_ONCE)]

    work.release.set()

    assert await asyncio.gather(*callers) == [0, 2, 4, 6, 8, 10]
    assert work.rounds[AT_ONCE:] == [list(range(AT_ONCE, 6))]


async def test_piece_that_fails_harms_nobody_else():
    work = Work()
    callers = await joined(Rounds(work), 1, 2, 3, -4, 5)
    work.release.set()

    answers = await asyncio.gather(*callers, return_exceptions=True)

    assert answers[:3] + answers[4:] == [2, 4, 6, 10]
    assert isinstance(answers[3], ValueError)


async def test_round_takes_one_piece_per_key_in_order_of_arrival():
    work = Work()
    callers = await joined(Rounds(work, key=lambda piece: piece % 10), 1, 2, 13, 23, 14, 33)
    work.release.set()

    await asyncio.gather(*callers)

    assert all(len({piece % 10 for piece in done}) == len(done) for done in work.rounds)
    thirds = [piece for done in work.rounds for piece in done if piece % 10 == 3]
    assert thirds == [13, 23, 33]


async def test_cancelled_caller_leaves_the_others_their_answers():
    work = Work()
    rounds = Rounds(work)
    callers = await joined(rounds, 1, 2, 3, 4)
    for gone in (callers[0], callers[2]):
        gone.cancel()
    work.release.set()

    assert await asyncio.gather(callers[1], callers[3]) == [4, 8]
    with pytest.raises(asyncio.CancelledError):
        await callers[0]
    assert await rounds.join(5) == 10


async def test_nobody_starves_who_comes_just_when_a_round_ends():
    work = Work()
    work.release.set()
    rounds = Rounds(work)

    async def one_after_the_other(first: int) -> list[int]:
        return [await rounds.join(first + n) for n in range(20)]

    async with asyncio.timeout(5):
        answers = await asyncio.gather(*(one_after_the_other(100 * n) for n in range(3)))

    assert answers == [[2 * (100 * n + m) for m in range(20)] for n in range(3)]
