"""Who waits for a position is woken by the thread that reaches it, and by nothing else."""

import asyncio
import threading
from uuid import UUID

from services.projections.engine.applied_positions import AppliedPositions

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_what_was_reached_before_is_not_waited_for() -> None:
    applied = AppliedPositions()
    applied.moved({ONE: 5})
    assert asyncio.run(applied.wait_for(ONE, 5, 0))


def test_a_position_that_is_not_reached_is_waited_for_no_longer_than_asked() -> None:
    applied = AppliedPositions()
    applied.moved({ONE: 4})
    assert not asyncio.run(applied.wait_for(ONE, 5, 0.01))
    assert applied.waited_for() == []


def test_another_thread_wakes_those_whose_position_it_reaches() -> None:
    applied = AppliedPositions()

    async def wait() -> list[bool]:
        waiting = [applied.wait_for(ONE, position, 30) for position in (3, 5)]
        waiting += [applied.wait_for(ONE, 6, 0.2), applied.wait_for(OTHER, 1, 0.2)]
        tasks = [asyncio.create_task(each) for each in waiting]
        await asyncio.sleep(0)  # Until they wait.
        assert set(applied.waited_for()) == {ONE, OTHER}
        thread = threading.Thread(target=lambda: (applied.moved({ONE: 3}), applied.moved({ONE: 5})))
        thread.start()
        reached = await asyncio.gather(*tasks)
        thread.join()
        return reached

    assert asyncio.run(wait()) == [True, True, False, False]
