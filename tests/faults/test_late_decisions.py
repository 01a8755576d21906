"""A command may have been asked long before it is decided: by a clock that is behind, in a queue, or after lost races.
What is recorded now comes after all that is recorded, whatever the time was when it was asked.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.errors import Loop, NotLive
from domain.objective import lifecycle as objective_lifecycle
from domain.personal import Personal
from services.command.loop.context import NewEvent
from tests.faults.loop_processes import ANA, Decide, aligned, desks, proposed

pytestmark = pytest.mark.faults

A, B, C = (UUID(int=number) for number in (101, 102, 103))
REASON = Personal(ANA, "The oven broke")


def given_up(id: UUID) -> Decide:
    return lambda ctx: [
        NewEvent("objective", id, event) for event in objective_lifecycle.drop(ctx.need("objective", id), reason=REASON)
    ]


def taken_up(id: UUID) -> Decide:
    return lambda ctx: [
        NewEvent("objective", id, event)
        for event in objective_lifecycle.reinstate(ctx.need("objective", id), reason=REASON)
    ]


def test_a_link_that_was_asked_for_before_its_goals_moved_closes_no_loop(database: str) -> None:
    async def act() -> None:
        async with desks(database, 1) as [desk]:
            for id in (A, B, C):
                await desk.ask(id, proposed(id))
            asked_at = datetime.now(UTC)
            await desk.ask(A, aligned(A, C))
            await desk.ask(B, aligned(B, A))
            with pytest.raises(Loop):
                await desk.ask(A, aligned(A, B), asked_at)

    asyncio.run(act())


def test_a_command_is_decided_after_those_before_it_in_its_batch_though_they_were_asked_long_ago(database: str) -> None:
    async def act() -> list[object]:
        long_ago = datetime.now(UTC) - timedelta(minutes=1)
        async with desks(database, 1) as [desk]:
            for id in (A, B):
                await desk.ask(id, proposed(id))
            await desk.ask(A, given_up(A))
            await desk.ask(A, taken_up(A))
            acts = desk.ask(A, given_up(A), long_ago), desk.ask(A, aligned(A, B), long_ago)
            return await asyncio.gather(*acts, return_exceptions=True)

    _, refused = asyncio.run(act())
    assert isinstance(refused, NotLive), refused


def test_a_command_that_finds_its_act_done_in_its_batch_is_answered_what_stands_then(database: str) -> None:
    async def act() -> list[object]:
        async with desks(database, 1) as [desk]:
            for id in (A, B):
                await desk.ask(id, proposed(id))
            return await asyncio.gather(desk.ask(A, aligned(A, B)), desk.ask(A, aligned(A, B)))

    first, second = asyncio.run(act())
    assert first == second
    assert first[2:4] == (2, 3)
