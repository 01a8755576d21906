"""In a process without a runner the applied positions are looked up: for readers that wait, and for no others."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from services.projections.engine.applied_poll import poll_applied
from services.projections.engine.applied_positions import AppliedPositions

WORKSPACE = UUID(int=1)


class Database:
    """How far the rows are. It is away when it is first asked, and moves on by one position a look."""

    position = -1

    async def look_up(self, workspaces: Sequence[UUID]) -> Mapping[UUID, int]:
        self.position += 1
        if not self.position:
            raise OSError("away")
        return dict.fromkeys(workspaces, self.position)


def test_a_reader_is_woken_once_the_rows_are_so_far_and_nothing_is_asked_before_and_after() -> None:
    applied, database = AppliedPositions(), Database()

    async def read() -> bool:
        polling = asyncio.create_task(poll_applied(applied, database.look_up, is_fed=lambda: False))
        await asyncio.sleep(0)
        assert database.position == -1, "no reader waits"
        reached = await applied.wait_for(WORKSPACE, 3, 30, urgent=True)
        polling.cancel()
        return reached

    assert asyncio.run(read())
    assert database.position == 3


def test_nothing_is_asked_where_a_runner_of_the_process_says_it() -> None:
    applied, database = AppliedPositions(), Database()

    async def read() -> bool:
        polling = asyncio.create_task(poll_applied(applied, database.look_up, is_fed=lambda: True))
        reached = await applied.wait_for(WORKSPACE, 1, 0.1, urgent=True)
        polling.cancel()
        return reached

    assert not asyncio.run(read())
    assert database.position == -1
