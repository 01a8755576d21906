"""A command may have been sent long before it is decided: by a clock that is behind, in a queue, or after lost races.
What is recorded now comes after all that is recorded, whatever the time was when it was sent.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.errors import Loop, NotLive
from domain.objective import lifecycle as objective_lifecycle
from domain.objective.state import Objective
from domain.personal import Personal
from services.command.loop.batch import CommandResult
from services.command.loop.context import NewEvent
from tests.faults.loop_processes import ANA, Decide, aligned, loop_clients, proposed

pytestmark = pytest.mark.faults

A, B, C = (UUID(int=number) for number in (101, 102, 103))
REASON = Personal(ANA, "The oven broke")


def given_up(id: UUID) -> Decide:
    return lambda ctx: [
        NewEvent("objective", id, event) for event in objective_lifecycle.drop(ctx.need(Objective, id), reason=REASON)
    ]


def taken_up(id: UUID) -> Decide:
    return lambda ctx: [
        NewEvent("objective", id, event)
        for event in objective_lifecycle.reinstate(ctx.need(Objective, id), reason=REASON)
    ]


def test_a_link_that_was_sent_before_its_goals_moved_closes_no_loop(database: str) -> None:
    async def act() -> None:
        async with loop_clients(database, 1) as [client]:
            for id in (A, B, C):
                await client.submit(id, proposed(id))
            sent_at = datetime.now(UTC)
            await client.submit(A, aligned(A, C))
            await client.submit(B, aligned(B, A))
            with pytest.raises(Loop):
                await client.submit(A, aligned(A, B), sent_at)

    asyncio.run(act())


def test_a_command_is_decided_after_those_before_it_in_its_batch_though_they_were_sent_long_ago(database: str) -> None:
    async def act() -> tuple[object, object]:
        long_ago = datetime.now(UTC) - timedelta(minutes=1)
        async with loop_clients(database, 1) as [client]:
            for id in (A, B):
                await client.submit(id, proposed(id))
            await client.submit(A, given_up(A))
            await client.submit(A, taken_up(A))
            acts = client.submit(A, given_up(A), long_ago), client.submit(A, aligned(A, B), long_ago)
            return await asyncio.gather(*acts, return_exceptions=True)

    _, refused = asyncio.run(act())
    assert isinstance(refused, NotLive), refused


def test_a_command_that_finds_its_act_done_in_its_batch_is_answered_what_stands_then(database: str) -> None:
    async def act() -> tuple[CommandResult, CommandResult]:
        async with loop_clients(database, 1) as [client]:
            for id in (A, B):
                await client.submit(id, proposed(id))
            return await asyncio.gather(client.submit(A, aligned(A, B)), client.submit(A, aligned(A, B)))

    first, second = asyncio.run(act())
    assert first == second
    assert first[2:4] == (2, 3)
