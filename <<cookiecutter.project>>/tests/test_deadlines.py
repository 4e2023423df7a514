import asyncio

import pytest

from <<cookiecutter.__package>>.deadlines import Deadlines

SECONDS = 0.05


async def request(deadlines: Deadlines, takes: float) -> str:
    task = deadlines.begin()
    try:
        await asyncio.sleep(takes)
    except asyncio.CancelledError:
        if not deadlines.was_late(task):
            raise
        await asyncio.sleep(0)  # the task can go on, to answer
        return "late"
    finally:
        deadlines.end(task)
    return "in time"


def test_only_what_takes_too_long_is_ended() -> None:
    async def several() -> list[str]:
        deadlines = Deadlines(SECONDS)
        return await asyncio.gather(*(request(deadlines, takes) for takes in (5, 0, 5, 0.01)))

    assert asyncio.run(several()) == ["late", "in time", "late", "in time"]


def test_a_later_request_is_watched_too() -> None:
    async def later() -> str:
        deadlines = Deadlines(SECONDS)
        await request(deadlines, 0)
        await asyncio.sleep(SECONDS)  # by now nobody looks
        return await request(deadlines, 5)

    assert asyncio.run(later()) == "late"


def test_a_request_that_others_cancel_is_not_late() -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(request(Deadlines(SECONDS), 5))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
