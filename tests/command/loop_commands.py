"""Commands for a loop: teams that are formed, renamed and dissolved, alone or many at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Unpack
from uuid import UUID

from domain import team
from domain.team import Team, TeamEvent
from domain.workspace import Workspace
from services.command.loop.batch import CommandResult
from services.command.loop.context import Context, NewEvent
from tests.command.loop_harness import CommandDetails, LoopHarness, loop_harness


def form(
    harness: LoopHarness, id: UUID, name: str = "Oven", **details: Unpack[CommandDetails]
) -> Awaitable[CommandResult]:
    return harness.submit(id, lambda ctx: [NewEvent("team", id, event) for event in _formed(ctx, id, name)], **details)


def _formed(ctx: Context, id: UUID, name: str) -> list[TeamEvent]:
    ctx.need(Workspace, ctx.workspace_id)
    return [] if ctx.get(Team, id) else team.form(name=name, parent_id=None, team_of=lambda _: None)


def rename(harness: LoopHarness, id: UUID, name: str, **details: Unpack[CommandDetails]) -> Awaitable[CommandResult]:
    return harness.submit(
        id, lambda ctx: [NewEvent("team", id, e) for e in team.rename(ctx.need(Team, id), name=name)], **details
    )


def dissolve(harness: LoopHarness, id: UUID) -> Awaitable[CommandResult]:
    return harness.submit(
        id, lambda ctx: [NewEvent("team", id, e) for e in team.dissolve(ctx.need(Team, id), reason=None)]
    )


async def together(*submitted: Awaitable[Any]) -> list[Any]:
    """All in one batch, in this order."""
    return await asyncio.gather(*submitted, return_exceptions=True)


def with_one_loop(database: str, scenario: Callable[[LoopHarness], Awaitable[None]]) -> None:
    async def run() -> None:
        async with loop_harness(database) as one:
            await scenario(one)

    asyncio.run(run())


def with_two_loops(database: str, scenario: Callable[[LoopHarness, LoopHarness], Awaitable[None]]) -> None:
    """Two processes' worth: two loops with a cache and a connection each, on one workspace."""

    async def run() -> None:
        async with loop_harness(database) as one, loop_harness(database, one.workspace_id, one.owner_id) as other:
            await scenario(one, other)

    asyncio.run(run())


async def topics(harness: LoopHarness, stream_id: UUID) -> list[str]:
    return [record.topic for record in await harness.records() if record.stream_id == stream_id]
