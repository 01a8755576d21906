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

        def move() -> None:
            applied.moved({ONE: 3})
            applied.moved({ONE: 5})

        thread = threading.Thread(target=move)
        thread.start()
        reached = await asyncio.gather(*tasks)
        thread.join()
        return reached

    assert asyncio.run(wait()) == [True, True, False, False]


def test_a_look_is_due_at_once_for_a_reader_that_comes_and_later_for_all_that_wait() -> None:
    applied = AppliedPositions()

    async def look() -> list[list[UUID]]:
        due = asyncio.create_task(applied.next_look(urgent_seconds=0.01, patient_seconds=30))
        await asyncio.sleep(0)
        assert not due.done(), "no reader waits"
        patient = asyncio.create_task(applied.wait_for(ONE, 5, 30))
        looks = [await due]
        urgent = asyncio.create_task(applied.wait_for(OTHER, 5, 30, urgent=True))
        looks += [sorted(await applied.next_look(urgent_seconds=0.01, patient_seconds=30)) for _ in range(2)]
        applied.moved({ONE: 5, OTHER: 5})
        assert [*await asyncio.gather(patient, urgent)] == [True, True]
        return looks

    assert asyncio.run(look()) == [[ONE], [ONE, OTHER], [ONE, OTHER]]


def test_an_urgent_reader_ends_the_pause_of_the_runner() -> None:
    applied = AppliedPositions()

    async def read() -> bool:
        pausing = asyncio.create_task(asyncio.to_thread(applied.pause, 30))
        reading = asyncio.create_task(applied.wait_for(ONE, 5, 30, urgent=True))
        await pausing
        applied.moved({ONE: 5})
        return await reading

    assert asyncio.run(read())
